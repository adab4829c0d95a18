/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * around.h - fault-around: a read that faults shows the neighbours of its page,
 * too, if they are there already.
 *
 *	          | a window of AROUND_PAGES, aligned |
 *	region  [==================================================]
 *	entry       .  .  x  .  F  .  .  .  -  .  .  m
 *	            |     |     |           |        +-- read ahead's mark: it is to fault
 *	            |     |     |           +-- not there: never asked for
 *	            |     |     +-- the page that faulted
 *	            |     +-- not empty: left alone
 *	            +-- empty: shown as a read of it would be, but A is clear
 *
 * Only pages that need no work to be shown: of a run that exists, and of a PAGED
 * object those that are HERE. Without A, whoever looks for pages that nobody uses
 * (reclaim) is not misled; but a machine that does not set A itself would fault for
 * each, which is what this is to spare it. The first such fault tells
 * (around_met_old()), and from then on these entries have A.
 */
#ifndef MM_AROUND_H
#define MM_AROUND_H
#include "mm/region.h"

#define AROUND_PAGES 16u

/*
 * Whether a touch of one page says that its neighbours will be wanted: here and
 * for reading ahead (ahead.h). What a program advises about a region belongs here.
 */
static inline bool region_wants_neighbours(const struct region *r)
{
	return !(r->flags & MAP_RANDOM);
}

/*
 * The page of `va` was just shown at `slot`, for a read or to execute, in a leaf
 * table of the space's own: now those around it. Of a run, as the first leaf shows
 * it; of a PAGED object. The space is locked; no object is.
 */
void around_run(const struct region *r, pte_t *slot, va_t va);
void around_paged(struct mmu *m, const struct region *r, pte_t *slot, va_t va);

/* A leaf without A has faulted, in a space that no other hart is in. */
void around_met_old(void);
extern bool around_by_hand; /* so this machine leaves A to the software */

#endif
