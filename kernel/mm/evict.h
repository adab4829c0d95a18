/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * evict.h - a private page out of every leaf that names it, to swap.
 *
 * Pages of one space go in batches, with one flush:
 *
 *	evict_private(f)   entry: leaf -> slot, atomically against A and D
 *	evict_private(g)
 *	  ...
 *	evict_finish()     one flush; then clean frames are free, dirty ones the
 *	                   swap object's (swap_out), and the space's lock goes
 *
 * The space stays locked meanwhile, so nobody meets an entry whose page is not
 * in swap yet. A page that several tables name, or a table in common, goes by
 * itself, under the lock of its kin.
 *
 * Used by reclaim.c alone, under its lock.
 */
#ifndef MM_EVICT_H
#define MM_EVICT_H
#include "mm/frame.h"

#define COST_EVICT 450

/*
 * The clock's hand is at a private frame, or what looks like one. 0: it was used
 * since, or is to be left alone; else what it has cost.
 */
int evict_private(struct frame *f);

void evict_finish(void);

#endif
