/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * grace.h - memory that another hart may still be looking at.
 *
 * The kernel is an event kernel: a hart that takes an interrupt is in no
 * structure (interrupts are off inside), and one that goes on to another thread
 * has left them. So what nothing leads to any more may be reused once every
 * hart has been quiet since then. That costs the looking side nothing: no lock,
 * no reference, no fence.
 *
 *	kind->end() has ended it -> grace_add() ... -> kind->reclaim()
 *	(mm/ending.h)               waiting   every hart has been out
 */
#ifndef MM_GRACE_H
#define MM_GRACE_H
#include "arch/cpu.h"
#include "lib/atomic.h"
#include "lib/kobject.h"

/* `o` is led to by nothing; kind->reclaim(o) is called later. */
void grace_add(struct kobject *o);

/*
 * This hart holds no pointer without a reference, and runs on tables that
 * somebody holds: another thread was switched to, an interrupt came from user
 * mode, the idle loop. Cheap; to be called often.
 */
static inline void grace_quiet(void)
{
	struct cpu *c = this_cpu();

	store_release(&c->quiet, c->quiet + 1);
}

/* What there is to do: nothing, when there is time, or soon. */
enum { GRACE_NOTHING, GRACE_ADDED, GRACE_BATCH };
extern uint32_t grace_state; /* grace.c's */

static inline bool grace_has_work(void)
{
	return __atomic_load_n(&grace_state, __ATOMIC_RELAXED) != GRACE_NOTHING;
}

static inline bool grace_is_due(void)
{
	return __atomic_load_n(&grace_state, __ATOMIC_RELAXED) == GRACE_BATCH;
}

/*
 * Reclaims what is due; with `all` few things are a batch, too. From a place as
 * grace_quiet(); no lock held.
 */
void grace_work(bool all);

/*
 * Waits until everything has ended and is reclaimed, answering interrupts
 * meanwhile. For tests, from a place as grace_quiet().
 */
void grace_flush(void);

#endif
