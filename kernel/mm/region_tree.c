/* SPDX-License-Identifier: BSD-2-Clause */
/* region_tree.c - an AVL tree with the largest gap: see region_tree.h. */
#include "mm/region_tree.h"
#include "lib/assert.h"

/* ---- walking --------------------------------------------------------- */

/* The outermost region of a subtree, on one side. */
static struct region *tree_edge(struct region *r, int side)
{
	while (r != NULL && r->child[side] != NULL)
		r = r->child[side];
	return r;
}

/* The neighbour: the near edge of that subtree, or the turn on the way up. */
static struct region *tree_step(const struct region *r, int side)
{
	struct region *up = r->parent;

	if (r->child[side] != NULL)
		return tree_edge(r->child[side], !side);
	while (up != NULL && up->child[side] == r) {
		r = up;
		up = r->parent;
	}
	return up;
}

struct region *region_first(const struct region_set *set)
{
	return tree_edge(set->root, 0);
}

struct region *region_last(const struct region_set *set)
{
	return tree_edge(set->root, 1);
}

struct region *region_after(const struct region *r)
{
	return tree_step(r, 1);
}

struct region *region_before(const struct region *r)
{
	return tree_step(r, 0);
}

struct region *region_next(const struct region_set *set, va_t va)
{
	struct region *r = set->root, *best = NULL;

	while (r != NULL) {
		if (va >= r->end) {
			r = r->child[1];
			continue;
		}
		best = r;
		if (va >= r->start)
			break;
		r = r->child[0];
	}
	return best;
}

struct region *region_find_slow(struct region_set *set, va_t va)
{
	struct region *r = region_next(set, va);

	if (r == NULL || va < r->start)
		return NULL;
	set->last = r;
	return r;
}

/* ---- balance and gaps ------------------------------------------------ */

uint32_t region_measure(const struct region *r)
{
	const struct region *prev = region_before(r);
	va_t bottom = prev != NULL ? prev->end : 0;
	va_t top = region_floor(r);

	return top > bottom ? (uint32_t)((top - bottom) >> PAGE_SHIFT) : 0;
}

/* What `r` knows of its subtree, from its children. Did anything change? */
static bool tree_refresh(struct region *r)
{
	unsigned h0 = region_height(r->child[0]);
	unsigned h1 = region_height(r->child[1]);
	uint32_t gap = r->gap;
	uint8_t height = (uint8_t)((h0 > h1 ? h0 : h1) + 1);

	for (int side = 0; side < 2; side++) {
		if (region_max_gap(r->child[side]) > gap)
			gap = region_max_gap(r->child[side]);
	}
	if (height == r->height && gap == r->max_gap)
		return false;
	r->height = height;
	r->max_gap = gap;
	return true;
}

/* `new` (may be NULL) takes the place of `old` under its parent. */
static void tree_replace(struct region_set *set, struct region *old,
			 struct region *new)
{
	struct region *up = old->parent;

	if (up == NULL)
		set->root = new;
	else
		up->child[up->child[1] == old] = new;
	if (new != NULL)
		new->parent = up;
}

static void tree_adopt(struct region *up, int side, struct region *r)
{
	up->child[side] = r;
	if (r != NULL)
		r->parent = up;
}

/* The child of `r` on `side` rises into its place; returns it. */
static struct region *tree_rotate(struct region_set *set, struct region *r,
				  int side)
{
	struct region *up = r->child[side];

	tree_replace(set, r, up);
	tree_adopt(r, side, up->child[!side]);
	tree_adopt(up, !side, r);
	tree_refresh(r);
	tree_refresh(up);
	return up;
}

/* From `r` to the root, or to where nothing changes any more. */
static void tree_mend(struct region_set *set, struct region *r)
{
	for (; r != NULL; r = r->parent) {
		int lean = (int)region_height(r->child[1]) -
			   (int)region_height(r->child[0]);
		int side = lean > 0;
		struct region *c = r->child[side];

		if (lean >= -1 && lean <= 1) {
			if (!tree_refresh(r))
				return;
			continue;
		}
		if (region_height(c->child[!side]) >
		    region_height(c->child[side]))
			tree_rotate(set, c, !side);
		r = tree_rotate(set, r, side);
	}
}

void region_regap(struct region_set *set, struct region *r)
{
	if (r == NULL)
		return;
	r->gap = region_measure(r);
	tree_mend(set, r);
}

/* ---- linking --------------------------------------------------------- */

void region_link(struct region_set *set, struct region *r, struct region *prev,
		 struct region *next)
{
	r->child[0] = r->child[1] = r->parent = NULL;
	r->height = 0;
	r->set = set;
	/* Of two neighbours one has no child on the side of the other. */
	if (prev != NULL && prev->child[1] == NULL)
		tree_adopt(prev, 1, r);
	else if (next != NULL)
		tree_adopt(next, 0, r);
	else
		set->root = r;
	set->count++;
	region_regap(set, r);
	region_regap(set, next);
}

/*
 * Puts the next region `s`, which has no lower child, in the place of `r`.
 * Returns the lowest region whose subtree changed.
 */
static struct region *tree_swap_out(struct region_set *set, struct region *r,
				    struct region *s)
{
	struct region *low = s->parent;

	if (low == r) {
		low = s;
	} else {
		tree_adopt(low, 0, s->child[1]);
		tree_adopt(s, 1, r->child[1]);
	}
	tree_adopt(s, 0, r->child[0]);
	tree_replace(set, r, s);
	/* What the regions above reckon with, until tree_mend() comes by. */
	s->height = r->height;
	s->max_gap = r->max_gap;
	return low;
}

void region_unlink(struct region_set *set, struct region *r)
{
	struct region *next = region_after(r);
	struct region *low = r->parent;

	if (r->child[0] != NULL && r->child[1] != NULL)
		low = tree_swap_out(set, r, next);
	else
		tree_replace(set, r, r->child[r->child[0] == NULL]);
	set->count--;
	if (set->last == r)
		set->last = NULL;
	tree_mend(set, low);
	region_regap(set, next);
}

struct region *region_tear(struct region_set *set)
{
	struct region *r = region_first(set);

	if (r != NULL) {
		tree_replace(set, r, r->child[1]);
		set->count--;
	}
	set->last = NULL;
	return r;
}
