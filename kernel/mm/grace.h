/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * grace.h - memory that another hart may still be looking at.
 *
 * The kernel is an event kernel: a hart that takes an interrupt is in no
 * structure (interrupts are off inside). So what nothing leads to any more may
 * be reused once every hart has taken an interrupt, or waited, since then. That
 * costs the looking side nothing: no lock, no reference, no fence.
 *
 *	kobject_put(last) -> kind->end() -> grace_add() ... -> kind->reclaim()
 *	                                     waiting   every hart has been out
 */
#ifndef MM_GRACE_H
#define MM_GRACE_H
#include "lib/kobject.h"

/* `o` is led to by nothing; kind->reclaim(o) is called later. */
void grace_add(struct kobject *o);

/*
 * This hart holds no pointer without a reference: between two threads, in an
 * interrupt. Reclaims what is due.
 */
void grace_quiet(void);

/*
 * Waits until everything added so far is reclaimed, answering interrupts
 * meanwhile. For tests, from a place as grace_quiet().
 */
void grace_flush(void);

#endif
