/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ahead.h - reading ahead: who reads a PAGED object in order finds its pages there.
 *
 *	misses  5, then 6: in order. 4 pages ahead are asked for, and one is marked
 *
 *	         5 6 [7 8 9 10]                      window 4, half of it left at 9
 *	                  ^ touched: 8 pages ahead, no wait
 *	         5 6 [7 8 9 10 11 12 13 14 15 16 17] window 8, half of it left at 14
 *	                             ^ touched: 16 ahead, then 32, and so on
 *
 * A window is what the reader has before him: 4, 8, 16, then 32 pages. When he comes
 * to its mark half of it is left, and it is filled up while he goes on; at most
 * AHEAD_BATCH pages at once, which is a step (mm/ending.h). A miss out of order
 * forgets window and mark. An object has one of each: readers at several places hide
 * the order from each other.
 *
 * Nobody waits for these requests, and they fail nothing: without a frame, a node, or
 * a free slot at the pager fewer pages are asked for. The pager sees a PAGEIN as any,
 * with access PROT_R; if it fails, the page is absent again.
 *
 * Who touches the page first makes it a hit, or, if it goes before, it was a waste (count.h).
 * Fault-around shows these pages, too, but not the marked one: there A tells, when the
 * leaf goes.
 *
 * Locking: the object's lock.
 */
#ifndef MM_AHEAD_H
#define MM_AHEAD_H
#include "arch/mmu.h"
#include "mm/paged.h"

#define AHEAD_FIRST 4u
#define AHEAD_MAX   32u
#define AHEAD_BATCH 16u
#define AHEAD_SPARE 128u /* frames that are left to who waits for one */

/* No page is marked. */
#define AHEAD_NO_MARK UINT64_MAX

/* Page `index` has been asked for, for who waits: the one after the last? */
void ahead_in_order_locked(struct object *o, uint64_t index);

static inline void ahead_missed_locked(struct object *o, uint64_t index,
				       unsigned access)
{
	if (index == o->ahead_next && !(access & VIEW_ALONE)) {
		ahead_in_order_locked(o, index);
	} else {
		o->ahead_next = index + 1;
		o->ahead_window = 0;
	}
}

/* The page, which the object has, is touched. */
void ahead_found_locked(struct object *o, struct frame *f, unsigned access);

static inline void ahead_touched_locked(struct object *o, struct frame *f,
					unsigned access)
{
	if ((f->flags & PAGE_AHEAD) || f->index == o->ahead_mark)
		ahead_found_locked(o, f, access);
}

/* It was used, or it goes; only then is it looked at. */
void ahead_used_locked(struct frame *f);
void ahead_gone_locked(struct frame *f);

/* A leaf of `f` goes that says whether it was used. */
static inline void ahead_leaf_goes_locked(struct frame *f, pte_t p)
{
	const unsigned both = PAGE_AHEAD | FRAME_OF_OBJECT;

	if ((f->flags & both) == both && pte_accessed(p))
		ahead_used_locked(f);
}

/* The same where `p` is any leaf without a private frame. No object is locked. */
void ahead_leaf_went(struct frame *f, pte_t p);

static inline void ahead_leaf_goes(pte_t p)
{
	struct frame *f = frame_of(pte_pa(p));

	if (f && (f->flags & PAGE_AHEAD))
		ahead_leaf_went(f, p);
}

#endif
