/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * region_tree.h - the order of a set's regions; for region*.c alone.
 *
 * An AVL tree by address: heights of siblings differ by 1 at most. Each region
 * knows the gap below it, and the largest in its subtree, so that a search for
 * a free range enters only subtrees that have one.
 *
 *	                  [44,48) gap 8, max 20
 *	                 /                     \
 *	   [10,20) gap 10, max 12       [68,70) gap 20, max 20
 *	                 \
 *	           [32,36) gap 12, max 12
 *
 * Gaps are in pages (the user half has 2^26). The gap below a region ends at
 * its floor, the lowest address that it keeps for itself, and does not change
 * when a region grows down towards its limit.
 */
#ifndef MM_REGION_TREE_H
#define MM_REGION_TREE_H
#include "mm/region.h"

/* Where the free range below `r` ends. */
static inline va_t region_floor(const struct region *r)
{
	if (r->flags & MAP_GROW_DOWN)
		return r->limit - REGION_GUARD;
	return r->start;
}

static inline uint64_t region_max_gap(const struct region *r)
{
	return r != NULL ? r->max_gap : 0;
}

static inline uint64_t region_height(const struct region *r)
{
	return r != NULL ? r->height : 0;
}

static inline bool region_grows(const struct region *r)
{
	return r->flags & MAP_GROW_DOWN;
}

/* The gap below `r` if the region below it ends at `bottom` (0: none there). */
static inline uint32_t region_gap_from(const struct region *r, va_t bottom)
{
	va_t top = region_floor(r);

	return top > bottom ? (uint32_t)((top - bottom) >> PAGE_SHIFT) : 0;
}

/* Where the region below `r` ends, 0 if there is none. */
va_t region_bottom(const struct region *r);

/*
 * The first region that ends above `va`, or NULL; `*prev` is the one before
 * it, the last of all if it is NULL.
 */
struct region *region_between(const struct region_set *set, va_t va,
			      struct region **prev);

/*
 * `r` may be NULL. After its floor changed, or the end of the region below,
 * which is at `bottom`.
 */
void region_regap(struct region *r, va_t bottom);

/* Puts `r` between two neighbours, either NULL at the ends. */
void region_link(struct region_set *set, struct region *r, struct region *prev,
		 struct region *next);

/* Puts `upper` after `r`, at whose end it starts: no gap of another changes. */
void region_link_after(struct region *r, struct region *upper);

/* The gap above `r` becomes its neighbour's by region_regap(), before this. */
void region_unlink(struct region *r);

/* Unlinks the first region without keeping heights and gaps. */
struct region *region_tear(struct region_set *set);

struct region *region_last(const struct region_set *set);

#endif
