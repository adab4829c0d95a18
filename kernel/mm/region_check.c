/* SPDX-License-Identifier: BSD-2-Clause */
/* region_check.c - the invariants of region.h and region_tree.h, walked. */
#include "lib/bits.h"
#include "mm/region_tree.h"

/* The gap below `r` as it should be, from its neighbour. */
static uint32_t measure(const struct region *r)
{
	const struct region *prev = region_before(r);

	return region_gap_from(r, prev != NULL ? prev->end : 0);
}

static const char *check_shape(const struct region *r)
{
	uint64_t h0 = region_height(r->child[0]);
	uint64_t h1 = region_height(r->child[1]);
	uint64_t gap = r->gap;

	for (int side = 0; side < 2; side++) {
		if (r->child[side] != NULL && r->child[side]->parent != r)
			return "a child names its parent";
		if (region_max_gap(r->child[side]) > gap)
			gap = region_max_gap(r->child[side]);
	}
	if (h0 > h1 + 1 || h1 > h0 + 1)
		return "siblings differ in height by 1 at most";
	if (r->height != (h0 > h1 ? h0 : h1) + 1)
		return "the height is one more than the higher child's";
	if (r->gap != measure(r))
		return "the gap reaches from the region below to the floor";
	if (r->max_gap != gap)
		return "the largest gap of a subtree is known";
	return NULL;
}

static const char *check_values(const struct region *r)
{
	if (r->start >= r->end || r->end > MMU_USER_END)
		return "a region is not empty and in the user half";
	if (!is_aligned(r->start | r->end | r->offset, PAGE_SIZE))
		return "a region and its offset are page aligned";
	if ((r->prot & ~r->max_prot) || (r->max_prot & ~PROT_ALL))
		return "the protection is within its maximum";
	if ((r->prot & (PROT_R | PROT_W)) == PROT_W)
		return "what can be written can be read";
	if (r->flags & MAP_FIXED)
		return "MAP_FIXED is of a call, not of a region";
	if ((r->flags & MAP_GROW_DOWN) &&
	    (r->object != NULL || r->limit > r->start ||
	     r->limit < REGION_GUARD))
		return "what grows down is anonymous and above its limit";
	return NULL;
}

static const char *check_neighbour(const struct region *prev,
				   const struct region *r)
{
	uint64_t len = prev->end - prev->start;

	if (prev->end > r->start)
		return "regions are in order and do not overlap";
	if (prev->end == r->start && prev->prot == r->prot &&
	    prev->max_prot == r->max_prot && prev->flags == r->flags &&
	    !(r->flags & MAP_GROW_DOWN) && prev->object == r->object &&
	    (r->object == NULL || prev->offset + len == r->offset))
		return "neighbours that could be one are one";
	return NULL;
}

const char *region_check(const struct region_set *set)
{
	const struct region *prev = NULL;
	const char *broken;
	uint64_t n = 0, pinned = 0;
	bool hit = set->last == NULL;

	if (set->root != NULL && set->root->parent != NULL)
		return "the root has no parent";
	for (const struct region *r = region_first(set); r != NULL;
	     r = region_after(r)) {
		if (r->set != set)
			return "a region names its set";
		broken = check_values(r);
		if (broken == NULL)
			broken = check_shape(r);
		if (broken == NULL && prev != NULL)
			broken = check_neighbour(prev, r);
		if (broken != NULL)
			return broken;
		hit = hit || r == set->last;
		if (r->flags & MAP_PINNED)
			pinned += (r->end - r->start) >> PAGE_SHIFT;
		prev = r;
		n++;
	}
	if (!hit)
		return "the last one found is in the set";
	if (n != set->count)
		return "the count is that of the regions";
	if (pinned != set->pinned)
		return "pinned pages are counted";
	return NULL;
}
