/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * buddy.h - the lists of free folios, one an order, behind frame.c.
 *
 * Freeing joins a folio with its buddy, the neighbour whose number differs in
 * one bit, as long as that is free and of the same order.
 *
 *	order 2   [    4    ]              free: one list for each order
 *	order 1   [ 2  ][ 2  ]      <-->   taken apart: the upper half goes
 *	order 0   [1][1][1][1]             back, the lower is split again
 *
 * Locking: one lock (LOCK_FRAME), taken inside.
 */
#ifndef MM_BUDDY_H
#define MM_BUDDY_H
#include "mm/frame.h"

/*
 * A folio of `order`, off the lists; NULL: there is none that large. The
 * record of its head is the caller's to fill, its tails are TAIL.
 */
struct frame *buddy_take(unsigned order);

/*
 * Of the `n` neighbours from `f` on, those that are on the lists leave them, and are
 * CLAIMED, the caller's. No folio may stick out.
 */
void buddy_claim(struct frame *f, uint64_t n);

/* `n` neighbours from `f` on become free, whatever folios they were. */
void buddy_give(struct frame *f, uint64_t n);

/* The `n` single frames of an array become free. */
void buddy_give_each(struct frame *const *f, uint64_t n);

/* The same as buddy_give() for RAM that was never free before. */
void buddy_add(struct frame *f, uint64_t n);

uint64_t buddy_free(void);  /* frames on the lists */
uint64_t buddy_total(void); /* frames that were ever added */

#endif
