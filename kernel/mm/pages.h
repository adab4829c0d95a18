/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pages.h - what happens to the pages of a range of a space: taken out,
 * protected, counted. The regions are the caller's business, and so is the lock.
 *
 * Taking out goes in an order that keeps a frame from its next owner while some
 * hart may still reach it:
 *
 *	pages_gone_begin   an empty chain
 *	pages_take_out     entries emptied, their frames on the chain
 *	pages_cut_tables   tables that no region needs any more, too
 *	pages_gone_flush   one flush for all of it
 *	pages_gone_free    the frames go back
 */
#ifndef MM_PAGES_H
#define MM_PAGES_H
#include "arch/mmu.h"
#include "mm/region.h"

#define PAGES_COMMON 32u

struct pages_gone {
	struct mmu_flush flush;
	uint32_t chain; /* frames, by number + 1 through frame.next */

	/* Frames that others have, too, and might chain at the same moment. */
	unsigned commons;
	struct frame *common[PAGES_COMMON];
};

/*
 * Where a walk from `start` on has to stop that may look at so many entries of
 * leaf tables, a long hole for one; *entries loses those up to there. `end`, or
 * less and no entries are left.
 */
va_t pages_reach(struct mmu *m, va_t start, va_t end, unsigned *entries);

void pages_gone_begin(struct pages_gone *g, struct mmu *m);
void pages_take_out(struct pages_gone *g, va_t start, va_t end);
void pages_cut_tables(struct pages_gone *g, const struct region_set *regions,
		      va_t start, va_t end);
/*
 * All tables but the root, of a space that no thread runs in any more and that
 * has no pages left; as many as a step's worth from *va on, which moves on: true
 * when that were the last.
 */
bool pages_cut_all(struct pages_gone *g, va_t *va);
void pages_gone_flush(struct pages_gone *g);
void pages_gone_free(struct pages_gone *g);

/*
 * Gives the pages in the range the protection `prot` (PROT_*); W only where it
 * was, or where the frame is private and not shared, so that copy-on-write and
 * the first write to a shared page go on being seen.
 * `old` is what they had so far, or PAGES_MIXED; what is lost is flushed.
 */
#define PAGES_MIXED (~0u)
void pages_protect(struct mmu *m, va_t start, va_t end, unsigned old,
		   unsigned prot);

/* Leaves stay leaves and none gains W: ten instructions do for each, not 70. */
bool pages_protect_is_quick(const struct mmu *m, unsigned old, unsigned prot);

#endif
