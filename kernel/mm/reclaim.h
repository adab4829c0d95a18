/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reclaim.h - frames taken back from pages that have not been used for a while:
 * a clock with a second chance.
 *
 *	              .--- hand
 *	   [used A=1] v        A=1: A is cleared, the hand goes on
 *	  [A=0]    [A=0]       A=0: the page goes
 *	   [A=1] [tables]
 *	                       clean, its backing has it:  dropped
 *	the records of all     dirty:  written, dropped when that is answered
 *	frames, in a circle
 *
 * The hand goes over the frame records; the leaves of a page are found by the
 * reverse map (kin.h of private pages, rmap.h of objects'). Private pages go to
 * swap (swap.h), pages of a pager's object to that pager. Left alone: pages of
 * spaces that are pinned (of pagers, and of drivers with DMA memory, without whom
 * nothing could be written), what is busy, anonymous objects, folios.
 *
 *	frames free
 *	  |  above `high`   nothing is done
 *	  |  below `low`    a step before the next user instruction of whoever
 *	  |                 took the frame that crossed it, and by idle harts, up
 *	  |                 to `high`
 *	  |  `reserve`      only pinned spaces, tables and small structures get any;
 *	  |                 who faults does a step himself, or waits for a page to be
 *	  v                 written
 *	  0
 *
 * Locking: one hart at a time is at it (LOCK_CLOCK); all other locks are tried, for
 * this is the way against their order, and what is busy is left for the next
 * round.
 */
#ifndef MM_RECLAIM_H
#define MM_RECLAIM_H
#include "lib/types.h"

struct object;

/*
 * There is somebody to whom pages can go: from now on the marks hold; and if
 * private pages can go, too, that for the reserve.
 */
void reclaim_begin(void);
void reclaim_keep_reserve(void);

extern uint32_t reclaim_wanted; /* reclaim.c's */
static inline bool reclaim_is_wanted(void)
{
	return __atomic_load_n(&reclaim_wanted, __ATOMIC_RELAXED);
}

/*
 * A step, of at most about 20,000 instructions, no lock held; true if another would
 * be of use at once.
 */
bool reclaim_step(void);

/*
 * For who has met -E_NOMEM, no lock held: does a step. 0, try again; -E_WAIT
 * (mm/wait.h): when a page has been written; -E_NOMEM: nothing can be had.
 */
int reclaim_for_me(void);

#ifdef QUIRE_TEST
/* Steps go on until so many frames are free; until reclaim_begin() is called. */
void reclaim_up_to(uint64_t frames);
#endif

/* A pager has answered for a page that it was to write. No lock held. */
void reclaim_written(void);

/* In whose list threads wait for that. */
extern struct object reclaim_room;

#endif
