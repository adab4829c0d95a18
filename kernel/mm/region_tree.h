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

static inline uint32_t region_max_gap(const struct region *r)
{
	return r != NULL ? r->max_gap : 0;
}

static inline unsigned region_height(const struct region *r)
{
	return r != NULL ? r->height : 0;
}

/* The gap below `r` as it should be, from its neighbour. */
uint32_t region_measure(const struct region *r);

/* `r` may be NULL. After its floor or the end of its neighbour changed. */
void region_regap(struct region_set *set, struct region *r);

/* Puts `r` between two neighbours, either NULL at the ends. */
void region_link(struct region_set *set, struct region *r, struct region *prev,
		 struct region *next);

void region_unlink(struct region_set *set, struct region *r);

/* Unlinks the first region without keeping heights and gaps. */
struct region *region_tear(struct region_set *set);

struct region *region_last(const struct region_set *set);

#endif
