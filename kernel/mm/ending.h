/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ending.h - what nobody holds any more ends, in steps.
 *
 *	kobject_put(last) --> kind->end(), as often as it says "more"
 *	                  --> grace_add() --> kind->reclaim()
 *
 * The first step is done at once, by the hart that put the last reference; what
 * is left stays in that hart's list. It then takes an interrupt before the
 * next instruction of user mode (interrupt_again()), and each such interrupt does
 * one more step. So a thread that ends much goes on when that is done, and
 * whoever is more urgent, and every interrupt, waits for one step at most.
 *
 * Objects hold one another in chains of any length, which end link by link: what
 * loses its last reference while another is ending waits its turn, so that the
 * stack stays short.
 */
#ifndef MM_ENDING_H
#define MM_ENDING_H
#include "arch/cpu.h"
#include "lib/kobject.h"

/* One step takes about 20,000 instructions at most; for those who end: */
#define ENDING_PAGES 102u  /* taken out of a space or an object */
#define ENDING_QUICK 1024u /* entries of leaf tables changed in place */
#define ENDING_SMALL 32u   /* regions, handles, threads told */

/* An object of any kind, and a thread told, cost as much as so many pages. */
#define ENDING_WHOLE  9u
#define ENDING_THREAD 4u

/*
 * Of a step so much has been used up, told by kind->end(): several objects may end
 * in one, but not if each takes a step's worth.
 */
void ending_spent(unsigned pages);

/* This hart has something that has not ended yet. */
static inline bool ending_has_work(void)
{
	return this_cpu()->ending != NULL;
}

/*
 * Work on something that lives on, done like an end: `o`, a part of it, goes to its
 * end by kind->end(), in steps, whatever becomes of the thread that began it. The
 * caller has a reference for the work, which the last step is to put.
 */
static inline void ending_begin(struct kobject *o, const struct kind *kind)
{
	kobject_init(o, kind);
	kobject_put(o);
}

/*
 * One step, or nothing. From a place as grace_quiet() (mm/grace.h), no lock
 * held.
 */
void ending_step(void);

/*
 * The hart was interrupted while it ran a thread of this priority: one step, if
 * that thread is not more urgent than those that left the work behind.
 */
void ending_interrupt(unsigned priority);

/* Has any hart something left? For who waits until all is over. */
bool ending_anywhere(void);

#endif
