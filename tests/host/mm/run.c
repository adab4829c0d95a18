/* SPDX-License-Identifier: BSD-2-Clause */
/* run.c - the driver: see run.h. */
#include "tests/host/mm/run.h"
#include "mm/frame_boot.h"
#include "mm/mm.h"
#include "tests/host/mm/choice.h"
#include "tests/host/mm/compare.h"
#include "tests/host/mm/machine.h"
#include "tests/host/mm/model.h"
#include "tests/host/mm/ops.h"
#include "tests/host/mm/pager.h"
#include "tests/host/mm/swap.h"
#include "tests/host/mm/thread.h"
#include "tests/test.h"
#include <inttypes.h>
#include <stdio.h>

static const struct op *const tables[] = {
	touch_ops, map_ops,	change_ops, space_ops,	object_ops,
	pager_ops, machine_ops, swap_ops,   advise_ops,
};
#define TABLES (sizeof(tables) / sizeof(tables[0]))

static const struct machine_kind kinds[KINDS] = {
	{"many ASIDs, hardware A/D", 100, 16, true, false, false},
	{"many ASIDs, A/D by fault", 100, 16, false, false, false},
	{"16 ASIDs, hardware A/D", 100, 4, true, false, false},
	{"no ASIDs, hardware A/D", 100, 0, true, false, false},
	{"many ASIDs, ad=soft", 100, 16, true, true, false},
	{"no ASIDs, ad=soft", 50, 0, true, true, false},
	{"no ASIDs, A/D by fault", 50, 0, false, false, false},
	{"full fences only", 100, 16, true, false, true},
};

const char *run_kind_name(unsigned kind)
{
	return kinds[kind].name;
}

unsigned run_every = 64, run_now = 8;

/* ---- where ------------------------------------------------------------------- */

static struct {
	uint64_t seed, step;
	unsigned kind;
	const char *op;
} at;

const char *run_where(void)
{
	static char s[240];

	snprintf(s, sizeof(s),
		 "seed %" PRIu64 " (%s), step %" PRIu64 ", %s; %s", at.seed,
		 kinds[at.kind].name, at.step, at.op ? at.op : "-",
		 model_where());
	return s;
}

/* ---- choosing ----------------------------------------------------------------- */

/*
 * A run likes some operations more than others, and some not at all, but for the
 * first of each table, so that runs come to where an even mixture never does.
 */
#define OPS_MAX 64u
static struct {
	const struct op *op[OPS_MAX];
	unsigned weight[OPS_MAX], count, sum;
	unsigned failing; /* percent of operations for which memory runs out */
	unsigned left;	  /* frames that are left free; 0: all */
} mixture;

static void mix(void)
{
	static const uint8_t likings[] = {0, 1, 2, 2, 2, 2, 4, 8};
	static const uint8_t failings[] = {0, 0, 4, 40};
	static const uint16_t lefts[] = {0, 0, 0, 400, 300, 230};

	ops_begin();
	mixture.failing = CHOOSE(failings);
	mixture.left = CHOOSE(lefts);
	machine_reclaim_at_faults(chance(25));
	mixture.count = mixture.sum = 0;
	for (unsigned t = 0; t < TABLES; t++)
		for (const struct op *op = tables[t]; op->name; op++) {
			unsigned n = mixture.count++;

			CHECK(n < OPS_MAX);
			mixture.op[n] = op;
			mixture.weight[n] = op->weight * CHOOSE(likings);
			if (op == tables[t] && !mixture.weight[n])
				mixture.weight[n] = op->weight;
			mixture.sum += mixture.weight[n];
		}
}

static const struct op *any_op(void)
{
	unsigned n = choose(mixture.sum), i = 0;

	while (n >= mixture.weight[i])
		n -= mixture.weight[i++];
	return mixture.op[i];
}

/* ---- running ------------------------------------------------------------------ */

static void step(void)
{
	const struct op *op = any_op();

	model_at_nothing();
	at.op = op->name;
	if (chance(70))
		machine_use(choose(HART_COUNT));
	if (chance(mixture.failing))
		machine_fail_after(choose(8), chance(50));
	op->run();
	machine_fail_after(-1, false);
	compare_settle();
	compare_some();
	if (at.step % run_now == 0)
		compare_now();
	if (at.step % run_every == 0)
		compare_all();
}

static void begin(unsigned kind)
{
	machine_build();
	machine_begin(&kinds[kind]);
	model_begin();
	threads_begin();
	pagers_begin();
	mix();
}

/* All that programs hold goes. */
static void end(void)
{
	compare_all();
	at.op = "the end of all";
	for (unsigned i = 0; i < SPACES; i++)
		if (spaces[i].real) {
			machine_leave(spaces[i].real);
			threads_kill(&spaces[i]);
			space_put(spaces[i].real);
			spaces[i].real = NULL;
		}
	machine_squeeze(UINT64_MAX);
	machine_end_all();
	swap_end_all();
	for (unsigned i = 0; i < PAGERS; i++)
		if (pagers[i].alive)
			pager_ends(&pagers[i], false);
	for (unsigned i = 0; i < OBJECTS; i++)
		if (objects[i].real && objects[i].held)
			object_put(objects[i].real);
	machine_end();
	mm_check();
}

static void run(unsigned kind, uint64_t n)
{
	uint64_t before;

	at.kind = kind;
	begin(kind);
	machine_end();
	before = frames_free();
	if (mixture.left)
		machine_squeeze(mixture.left);
	for (at.step = 1; at.step <= n && !choices_are_over(); at.step++)
		step();
	end();
	CHECK_EQ(frames_free(), before);
}

void run_by_seed(unsigned kind, uint64_t seed, uint64_t n)
{
	at.seed = seed;
	choose_by_seed(seed);
	run(kind, n);
}

void run_by_bytes(const uint8_t *bytes, size_t n)
{
	at.seed = 0;
	choose_by_bytes(bytes, n);
	run(choose(KINDS), UINT64_MAX);
}
