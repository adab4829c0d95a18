/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * grace.c - two lists: what is added now, and the batch that waits for every
 * hart to have been quiet since it was closed.
 *
 *	adding ----- close: note every hart's count, IPI ----> batch
 *	batch  ----- every count has moved ------------------> reclaim()
 */
#include "mm/grace.h"
#include "arch/interrupt.h"
#include "lib/atomic.h"
#include "lib/bits.h"
#include "lib/lock.h"

/* So many make a batch worth an interrupt to every hart. */
#define BATCH 16

uint32_t grace_state;
static struct {
	struct lock lock;
	struct kobject *adding, *batch;
	uint32_t added;
	uint64_t quiet[MAX_HARTS]; /* counts when the batch was closed */
} grace = {.lock = LOCK_INIT(LOCK_GRACE)};

/*
 * Objects hold one another in chains of any length, which end link by link: what
 * ends while another is ending waits its turn, so that the stack stays short.
 */
static struct ending {
	bool busy;
	struct kobject *next;
} endings[MAX_HARTS];

static void end_all(struct ending *e, struct kobject *o)
{
	e->busy = true;
	while (o) {
		o->kind->end(o);
		grace_add(o);
		o = e->next;
		if (o)
			e->next = o->next;
	}
	e->busy = false;
}

static __attribute__((noinline)) void last_went(struct kobject *o)
{
	struct ending *e = &endings[this_cpu()->index];

	if (!e->busy) {
		end_all(e, o);
		return;
	}
	o->next = e->next;
	e->next = o;
}

void kobject_put(struct kobject *o)
{
	uint32_t before = __atomic_fetch_sub(&o->refs, 1, __ATOMIC_ACQ_REL);

	assert(before > 0);
	if (before == 1)
		last_went(o);
}

static bool has_passed_locked(void)
{
	for (unsigned i = 0; i < cpu_count; i++)
		if (__atomic_load_n(&cpus[i].quiet, __ATOMIC_ACQUIRE) ==
		    grace.quiet[i])
			return false;
	return true;
}

/* Closes what was added, if no batch is on its way. */
static bool close_locked(void)
{
	if (grace.batch || !grace.adding)
		return false;
	grace.batch = grace.adding;
	grace.adding = NULL;
	grace.added = 0;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	for (unsigned i = 0; i < cpu_count; i++)
		grace.quiet[i] =
			__atomic_load_n(&cpus[i].quiet, __ATOMIC_RELAXED);
	return true;
}

static void set_state_locked(void)
{
	uint32_t state = GRACE_NOTHING;

	if (grace.batch)
		state = GRACE_BATCH;
	else if (grace.adding)
		state = GRACE_ADDED;
	store_relaxed(&grace_state, state);
}

static void tell_other_harts(void)
{
	for (unsigned i = 0; i < cpu_count; i++)
		if (i != this_cpu()->index)
			interrupt_send(i);
}

void grace_add(struct kobject *o)
{
	bool closed = false;

	lock_take(&grace.lock);
	o->next = grace.adding;
	grace.adding = o;
	if (++grace.added >= BATCH)
		closed = close_locked();
	set_state_locked();
	lock_drop(&grace.lock);
	if (closed)
		tell_other_harts();
}

/* The batch, if its time has come. */
static struct kobject *take_batch(void)
{
	struct kobject *batch = NULL;

	lock_take(&grace.lock);
	if (grace.batch && has_passed_locked()) {
		batch = grace.batch;
		grace.batch = NULL;
	}
	set_state_locked();
	lock_drop(&grace.lock);
	return batch;
}

static void reclaim(struct kobject *o)
{
	while (o) {
		struct kobject *next = o->next;

		o->kind->reclaim(o);
		o = next;
	}
}

void grace_work(bool all)
{
	bool closed = false;

	reclaim(take_batch());
	lock_take(&grace.lock);
	if (all || grace.added >= BATCH)
		closed = close_locked();
	set_state_locked();
	lock_drop(&grace.lock);
	if (closed)
		tell_other_harts();
}

void grace_flush(void)
{
	while (grace_has_work()) {
		interrupt_poll();
		grace_quiet();
		grace_work(true);
	}
}
