/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sharers.h - from a private frame to every leaf that names it, held still: for who
 * takes the page out of all of them, or puts another frame in its place.
 *
 * This is the way against the order of locks: from the frame, by its owner, to a
 * table, its ring (kin.h) and each table's space, which are tried. Nothing that was
 * read before they are locked counts.
 */
#ifndef MM_SHARERS_H
#define MM_SHARERS_H
#include "arch/mmu.h"
#include "mm/frame.h"

struct space;

#define SHARERS 32u /* a page that more tables name stays where it is */

struct sharers {
	unsigned n;
	bool in_common; /* one of the tables is */
	bool is_pinned; /* a region or space is to keep its pages in memory */
	va_t va;	/* the same in all */
	uint64_t span;	/* whose lock of kin is held */
	pte_t *slot[SHARERS];
	struct space *space[SHARERS]; /* locked; NULL: a table in common */
};

/*
 * False: the page must stay. Afterwards sharers_drop(), in any case. No lock of a
 * space is held.
 */
bool sharers_lock(struct sharers *sh, struct frame *f);
void sharers_drop(struct sharers *sh);

/* The leaves have been changed: no hart uses what they were. */
void sharers_forget(struct sharers *sh);

/* ---- of one leaf, under its space's lock ------------------------------------ */

/*
 * The table that the slot is in, or NULL: the owner of a frame that is not in use
 * any more, or not yet, is one of before.
 */
struct frame *sharers_table(pte_t *slot);

bool sharers_names(pte_t *slot, const struct frame *f);
va_t sharers_address(const struct frame *table, const pte_t *slot);

/* The page's region, or its space, is to keep its pages (ADVISE_PIN). */
bool sharers_is_pinned(struct space *s, va_t va);

#endif
