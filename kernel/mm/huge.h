/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * huge.h - leaves of 2 MiB. A leaf table that is full, of frames that follow one
 * another, need not be walked: the entry that leads to it becomes a leaf, and the
 * table stays behind it, as it is.
 *
 *	level 1                          the frames: 512 in a row, aligned
 *	[leaf 2 MiB] ------------------> [f0][f1][f2] ... [f511]
 *	     :                            ^  |owner
 *	     :  found by the first        |  v
 *	     :..frame's owner ..........> [p0][p1][p2] ... [p511]  the table
 *
 * So nothing else changes. Each page is private memory as any other: its record,
 * its references, its place in the reverse map (kin.h). To split the leaf is to
 * store the pointer again; it needs no memory, and cannot fail. Who is about to
 * change an entry does so first (span_own_locked(), span_let_go_locked()); a clone
 * folds the table away (span.h); the clock ages the leaf as one page, and splits it
 * when it has not been used for a round.
 *
 * Building: a write to an absent page of a region that wants large leaves
 * (MAP_HUGE), all of whose 2 MiB lie in the region, takes a folio of 512 frames, if
 * one is at hand, and fills it in steps: what is there already is copied, the rest
 * is zeroed. Each step ends the fault, which happens again; the page that faulted
 * is filled last. So a first touch is 18 faults, told as one, and no step takes
 * longer than others do. Where there is no folio, or something in the table must
 * stay as it is, the fault brings its page alone.
 *
 *	empty, or small pages --> being filled --> all there: one leaf
 *	                               |
 *	                               +--> given up: what is there stays, as small
 *	                                    pages; the frames not used go back
 *
 * Locking: the space's lock. Frames that wait to be filled are CLAIMED.
 */
#ifndef MM_HUGE_H
#define MM_HUGE_H
#include "arch/mmu.h"
#include "mm/frame.h"

struct region;
struct space;

#define HUGE_PAGES 512u
#define HUGE_ORDER 9u

/* frame.flags of a leaf table that stands behind a leaf. */
#define FRAME_WHOLE 32u

/* Being filled, in a space. */
struct huge_folio {
	struct frame *first; /* NULL: nothing is */
	va_t span;	     /* for these 2 MiB */
	uint16_t next, left; /* the next page; how many there are yet, around */
	uint16_t refused;    /* faults elsewhere that wanted one, too */
};

/* Does the entry of level 1 map memory? As it stands in memory. */
static inline bool entry_is_huge(pte_t in_memory)
{
	return in_memory & PTE_RWX;
}

/* Regions of anonymous memory want large leaves from the start: `huge=always`. */
extern unsigned huge_default; /* 0, or MAP_HUGE */

/*
 * A write, to a page that is not there, in the region; its entry is `slot`. 0: the
 * fault is to happen again; 1: the page has to be brought alone.
 */
int huge_touch_locked(struct space *s, const struct region *r, va_t va,
		      pte_t *slot);

/* The table behind a leaf. */
struct frame *huge_table(pte_t leaf);

/* `pointer` maps 2 MiB: it leads to the table again. Flushes. */
void huge_split_locked(struct space *s, pte_t *pointer);

/* The leaf is taken away from before `table`, by who flushes himself. */
void huge_ends_locked(struct space *s, struct frame *table);

/*
 * For the clock, at one of the pages behind a leaf: `slot` is its entry. At the first
 * of them, if A is clear, the leaf is split, and the pages count as not used; false.
 * All others are left alone until then.
 */
bool huge_was_used_locked(struct space *s, pte_t *slot, va_t va);

/* What is being filled of [start, end) stays in small pages. */
void huge_give_up_locked(struct space *s, va_t start, va_t end);

#endif
