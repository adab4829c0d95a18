/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * swap.c - more memory than the machine has: pages go to a pager that keeps them
 * in fewer bytes than they have, and come back as they were.
 *
 * Every page that the client fills holds one number, over and over, so for most a
 * disk of a word a page is enough. The pager is a task of its own: a pager's space
 * keeps its pages, the client's is what is to be swapped.
 */
#include "check.h"
#include "forked.h"
#include "pager.h"
#include <stdbool.h>

#define REQUEST 1ul
#define OVER	1ul
#define SLOTS	(96ul << 8) /* 96 MiB */
#define WORDS	(PAGE / 8)

static struct forked child;
static struct pager pager;
static uint64_t area;
#define WHOLE 512u

static uint64_t disk[SLOTS];	     /* the number */
static bool is_whole[SLOTS];	     /* or, */
static uint16_t place[SLOTS];	     /* which of */
static uint64_t whole[WHOLE][WORDS]; /* the others: stacks, variables */
static unsigned whole_used;
static uint64_t failing; /* the next so many requests are not met */
static uint64_t written, brought, refused;

/* ---- the pager ------------------------------------------------------------- */

static bool is_one_number(const uint64_t *page)
{
	for (unsigned i = 1; i < WORDS; i++)
		if (page[i] != page[0])
			return false;
	return true;
}

static void keep(uint64_t slot, const uint64_t *page)
{
	is_whole[slot] = !is_one_number(page);
	disk[slot] = page[0];
	if (!is_whole[slot])
		return;
	if (!place[slot]) {
		CHECK(whole_used + 1 < WHOLE);
		place[slot] = (uint16_t)++whole_used;
	}
	memcpy(whole[place[slot]], page, PAGE);
}

static void give(uint64_t slot, uint64_t *page)
{
	if (is_whole[slot])
		memcpy(page, whole[place[slot]], PAGE);
	else
		for (unsigned i = 0; i < WORDS; i++)
			page[i] = disk[slot];
}

static struct pager_answer serve(const struct pager_request *q)
{
	struct pager_answer a = {.slot = q->slot, .kind = PAGER_DONE};
	uint64_t *page = (uint64_t *)q->address;

	CHECK(q->index > 0 && q->index < SLOTS);
	if (q->kind == PAGER_WRITEBACK) {
		keep(q->index, page);
		written++;
		return a;
	}
	CHECK_EQ(q->kind, PAGER_PAGEIN);
	give(q->index, page);
	brought++;
	a.kind = PAGER_SUPPLY;
	a.prot = RW;
	return a;
}

static void open_swap(void)
{
	struct pager_setup setup = {
		.notification = (uint64_t)notification_create(),
		.bits = REQUEST,
		.slots = 32,
	};
	long o;

	child.over = setup.notification;
	CHECK_EQ(pager_open(&pager, &setup), 0);
	o = object_create(pager.handle, SLOTS * PAGE, 0);
	CHECK(o > 0);
	area = (uint64_t)o;
	CHECK_EQ(swap_add(HANDLE_MACHINE, (uint64_t)o, 0), -E_INVAL);
	CHECK_EQ(swap_add(HANDLE_MACHINE, (uint64_t)o, SLOTS), -E_INVAL);
	CHECK_EQ(swap_add((uint64_t)o, (uint64_t)o, 1), -E_TYPE);
	CHECK_EQ(swap_add(HANDLE_MACHINE, (uint64_t)o, 1), 0);
	CHECK_EQ(swap_add(HANDLE_MACHINE, (uint64_t)o, 1), -E_BUSY);
}

/* Until the child has ended: its status. */
static long serve_child(void)
{
	struct pager_request q;
	struct task_info info;
	uint64_t got = 0;

	for (;;) {
		while (pager_next(&pager, &q)) {
			struct pager_answer a = serve(&q);

			if (failing && failing--) {
				a = (struct pager_answer){.kind = PAGER_FAIL,
							  .slot = q.slot,
							  .error = E_IO};
				refused++;
			}
			pager_put(&pager, &a);
			if (pager.put - pager.ring->answers_taken >= 16)
				CHECK_EQ(pager_submit(pager.handle, 0, 0, NULL),
					 0);
		}
		CHECK_EQ(pager_submit(pager.handle, REQUEST | 2, NEVER, &got),
			 0);
		if (got & 2)
			break;
	}
	CHECK_EQ(task_info(child.task, &info), 0);
	CHECK_EQ(handle_close(child.task), 0);
	return info.fault ? 1000 + (long)info.fault : info.status;
}

/* ---- the clients ------------------------------------------------------------ */

static uint64_t random_state = 1;

static uint64_t random_number(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

static void write_page(volatile uint64_t *page, uint64_t number)
{
	for (unsigned i = 0; i < WORDS; i++)
		page[i] = number;
}

/* Is the page as it was written? */
static bool holds(const volatile uint64_t *page, uint64_t number)
{
	return page[0] == number && page[WORDS / 2] == number &&
	       page[WORDS - 1] == number;
}

static volatile uint64_t *at;
static volatile uint64_t *begin; /* in common: not 0, the client may */

/* A third more than there is. */
static uint64_t too_many(void)
{
	struct memory_info m;

	memory_info(&m);
	return m.free + m.free / 3;
}

static int sequential(uint64_t pages)
{
	struct memory_info m;

	for (uint64_t i = 0; i < pages; i++)
		write_page(at + i * WORDS, i + 1);
	for (unsigned round = 0; round < 2; round++)
		for (uint64_t i = 0; i < pages; i++)
			if (!holds(at + i * WORDS, i + 1))
				return 1;
	memory_info(&m);
	return m.swapped > pages / 4 ? 0 : 2;
}

static int at_random(uint64_t pages)
{
	uint32_t *model =
		(uint32_t *)space_map(SELF, NULL, pages * 4, RW, 0, NULL);

	for (uint64_t i = 0; i < 3 * pages; i++) {
		uint64_t page = random_number() % pages;

		if (model[page] && !holds(at + page * WORDS, model[page]))
			return 3;
		if (i % 3)
			continue;
		model[page] = (uint32_t)random_number() | 1;
		write_page(at + page * WORDS, model[page]);
	}
	return 0;
}

/* What is only read after it has come back goes again without being written. */
static int clean(uint64_t pages)
{
	struct memory_info before, after;

	for (uint64_t i = 0; i < pages; i++)
		write_page(at + i * WORDS, i + 1);
	memory_info(&before);
	for (unsigned round = 0; round < 4; round++)
		for (uint64_t i = 0; i < pages; i++)
			if (!holds(at + i * WORDS, i + 1))
				return 4;
	memory_info(&after);
	if (after.mm.swapped_in - before.mm.swapped_in < 2 * pages)
		return 5;
	return after.mm.swapped_out - before.mm.swapped_out < pages ? 0 : 6;
}

int forked_child(uint64_t argument)
{
	int (*client[])(uint64_t pages) = {sequential, at_random, clean};
	int err = 0;

	(void)argument;
	while (!*begin)
		thread_yield();
	for (unsigned i = 0; i < 3 && !err; i++) {
		uint64_t pages = too_many();

		at = (volatile uint64_t *)space_map(SELF, NULL, pages * PAGE,
						    RW, 0, NULL);
		err = client[i](pages);
		if (space_unmap(SELF, (const void *)at, pages * PAGE))
			err = 99;
	}
	return err;
}

/* All but so many pages go to the pager, whose space keeps them. */
#define LEFT 2500u

static void take_most(void)
{
	struct memory_info m;
	uint64_t n;
	char *all;

	CHECK_EQ(memory_info(&m), 0);
	n = m.free > LEFT ? m.free - LEFT : 0;
	all = (char *)space_map(SELF, NULL, n * PAGE + PAGE, RW, 0, NULL);
	for (uint64_t i = 0; i < n; i++)
		all[i * PAGE] = 1;
}

int main(void)
{
	struct memory_info m;
	long o;

	child.over = (uint64_t)notification_create();
	CHECK_EQ(memory_info(&m), 0);
	if (m.total > 40000)
		return 0; /* such a machine takes long to fill */
	thread_schedule(SELF, PRIORITY_DEFAULT, 1); /* few remote fences */
	o = object_create(SELF, PAGE, 0);
	begin = (volatile uint64_t *)space_map_object(
		SELF, NULL, PAGE, RW | MAP_SHARED, (uint64_t)o, 0);
	CHECK_EQ(fork_off(&child, 0), 0);
	open_swap();
	take_most();
	*begin = 1;
	CHECK_EQ(handle_watch(child.task, child.over, 2), 0);
	CHECK_EQ(serve_child(), 0);
	CHECK_EQ(memory_info(&m), 0);
	printf("# %lu written, %lu brought; %lu scanned, %lu stolen\n", written,
	       brought, m.mm.scanned, m.mm.stolen);
	while (m.slots_free != m.slots) /* the child's space may end still */
		CHECK_EQ(memory_info(&m), 0);
	CHECK_EQ(swap_remove(HANDLE_MACHINE, area), 0);
	CHECK_EQ(swap_remove(HANDLE_MACHINE, area), -E_INVAL);
	return 0;
}
