/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * grace.c - three lists: what is added now, the batch that waits for every hart
 * to have been quiet since it was closed, and what has waited.
 *
 *	adding ----- close: note every hart's count, IPI ----> batch
 *	batch  ----- every count has moved ------------------> due
 *	due    ----- some at each call of grace_work() ------> reclaim()
 */
#include "mm/grace.h"
#include "arch/interrupt.h"
#include "lib/atomic.h"
#include "lib/bits.h"
#include "lib/lock.h"
#include "mm/ending.h"

/* So many make a batch worth an interrupt to every hart. */
#define BATCH 16

uint32_t grace_state;
static struct {
	struct lock lock;
	struct kobject *adding, *batch, *due;
	uint32_t added;
	uint32_t at_work;	   /* harts that are reclaiming */
	uint64_t quiet[MAX_HARTS]; /* counts when the batch was closed */
} grace = {.lock = LOCK_INIT(LOCK_GRACE)};

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

	if (grace.batch || grace.due)
		state = GRACE_BATCH;
	else if (grace.adding || grace.at_work)
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

/* So many are reclaimed at a time. */
#define RECLAIM 16

/* What is due, up to RECLAIM; a list. */
static struct kobject *take_due(void)
{
	struct kobject *some, **end = &some;

	lock_take(&grace.lock);
	if (!grace.due && grace.batch && has_passed_locked()) {
		grace.due = grace.batch;
		grace.batch = NULL;
	}
	some = grace.due;
	for (unsigned n = 0; *end && n < RECLAIM; n++)
		end = &(*end)->next;
	grace.due = *end;
	*end = NULL;
	grace.at_work += some != NULL;
	set_state_locked();
	lock_drop(&grace.lock);
	return some;
}

static void reclaim(struct kobject *o)
{
	if (!o)
		return;
	while (o) {
		struct kobject *next = o->next;

		o->kind->reclaim(o);
		o = next;
	}
	lock_take(&grace.lock);
	grace.at_work--;
	lock_drop(&grace.lock); /* grace_work() goes on and sets the state */
}

void grace_work(bool all)
{
	bool closed = false;

	reclaim(take_due());
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
	while (ending_anywhere() || grace_has_work()) {
		interrupt_poll();
		grace_quiet();
		ending_step();
		grace_work(true);
	}
}
