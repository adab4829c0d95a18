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

struct region *region_between(const struct region_set *set, va_t va,
			      struct region **prev)
{
	struct region *r = set->root, *low = NULL, *high = NULL;

	while (r != NULL) {
		if (va < r->end) {
			high = r;
			r = r->child[0];
		} else {
			low = r;
			r = r->child[1];
		}
	}
	*prev = low;
	return high;
}

struct region *region_next(const struct region_set *set, va_t va)
{
	struct region *prev;

	if (region_holds(set->last, va))
		return set->last;
	return region_between(set, va, &prev);
}

struct region *region_find_slow(struct region_set *set, va_t va)
{
	struct region *prev, *r = region_between(set, va, &prev);

	if (r == NULL || va < r->start)
		return NULL;
	set->last = r;
	return r;
}

/* ---- gaps ------------------------------------------------------------ */

/* The largest gap of a subtree, from those of its children. */
static uint64_t tree_max_gap(const struct region *r)
{
	uint64_t gap = r->gap;

	for (int side = 0; side < 2; side++) {
		const struct region *c = r->child[side];

		if (c != NULL && c->max_gap > gap)
			gap = c->max_gap;
	}
	return gap;
}

/* A gap of `old` pages in the subtree of `r` is no more, or is smaller. */
static void tree_lower(struct region *r, uint64_t old)
{
	uint64_t gap;

	do {
		if (r->max_gap != old)
			return;
		gap = tree_max_gap(r);
		if (gap == old)
			return;
		r->max_gap = (uint32_t)gap;
		r = r->parent;
	} while (r != NULL);
}

/* The subtree of `r` has a gap of that many pages. */
static void tree_raise(struct region *r, uint64_t gap)
{
	for (; r != NULL && r->max_gap < gap; r = r->parent)
		r->max_gap = (uint32_t)gap;
}

/* The gap below `r` itself; those above `r` change while theirs is another. */
static void tree_set_gap(struct region *r, uint64_t gap)
{
	uint64_t old = r->gap;

	r->gap = (uint32_t)gap;
	if (gap < old)
		tree_lower(r, old);
	else
		tree_raise(r, gap);
}

void region_regap(struct region *r, va_t bottom)
{
	if (r != NULL)
		tree_set_gap(r, region_gap_from(r, bottom));
}

/* ---- balance --------------------------------------------------------- */

/* What `r` knows of its subtree, from its children. */
static void tree_refresh(struct region *r)
{
	uint64_t gap = r->gap, height = 0;

	for (int side = 0; side < 2; side++) {
		const struct region *c = r->child[side];

		if (c == NULL)
			continue;
		if (c->max_gap > gap)
			gap = c->max_gap;
		if (c->height > height)
			height = c->height;
	}
	r->max_gap = (uint32_t)gap;
	r->height = (uint8_t)(height + 1);
}

/* `new` (may be NULL) takes the place of `old` under its parent. */
static void tree_replace(struct region_set *set, struct region *old,
			 struct region *new)
{
	struct region *up = old->parent;

	if (up == NULL)
		set->root = new;
	else if (up->child[0] == old)
		up->child[0] = new;
	else
		up->child[1] = new;
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
	/* Below `up` are now the gaps that were below `r`. */
	up->max_gap = r->max_gap;
	tree_refresh(r);
	/* Its other child is not higher, or it is soon to rise once more. */
	up->height = r->height + 1;
	return up;
}

static void tree_mend(struct region_set *set, struct region *r);

/*
 * The subtree of `r` is too high on `side`. Not inline, and it calls back at
 * its end: thus tree_mend() needs no stack as long as nothing is to rotate.
 */
static __attribute__((noinline)) void tree_level(struct region_set *set,
						 struct region *r, int side)
{
	struct region *c = r->child[side];
	uint8_t was = r->height;

	if (region_height(c->child[side]) + 1 < c->height)
		tree_rotate(set, c, !side);
	r = tree_rotate(set, r, side);
	if (r->height != was)
		tree_mend(set, r->parent);
}

/* From `r` to the root, or to where the height is what it was. */
static void tree_mend(struct region_set *set, struct region *r)
{
	for (; r != NULL; r = r->parent) {
		uint64_t low = region_height(r->child[0]);
		uint64_t high = region_height(r->child[1]);
		uint64_t height = (low > high ? low : high) + 1;

		if (low > high + 1 || high > low + 1) {
			tree_level(set, r, high > low);
			return;
		}
		if (r->height == height)
			return;
		r->height = (uint8_t)height;
	}
}

/* ---- linking --------------------------------------------------------- */

/*
 * Where `r`, with its gap, would hang below one neighbour and that below the
 * other, both alone, it goes on top of them instead; two rotations would bring
 * it there. This is how a page comes and goes between two regions.
 *
 *	    top           r
 *	   /             / \
 *	 up      ->    up   top
 *	   \
 *	    (r)
 */
static bool tree_wedge(struct region_set *set, struct region *up, int side,
		       struct region *r)
{
	struct region *top = up->parent;

	if (top == NULL || top->child[side] != NULL)
		return false;
	tree_replace(set, top, r);
	top->child[!side] = NULL;
	r->child[!side] = up;
	r->child[side] = top;
	up->parent = top->parent = r;
	r->height = 2;
	top->height = 1;
	r->max_gap = top->max_gap;
	top->max_gap = top->gap;
	return true;
}

/* `r` becomes a leaf with that gap; `up` is NULL in an empty tree. */
static void tree_hang(struct region_set *set, struct region *up, int side,
		      struct region *r, uint32_t gap)
{
	r->child[0] = r->child[1] = NULL;
	r->parent = up;
	r->gap = gap;
	r->max_gap = 0;
	r->height = 1;
	r->set = set;
	set->count++;
	if (up == NULL)
		set->root = r;
	else if (up->height > 1 || !tree_wedge(set, up, side, r))
		up->child[side] = r;
	tree_raise(r, gap);
	/* A leaf below what was one. */
	if (up != NULL && up->height == r->height)
		tree_mend(set, up);
}

void region_link(struct region_set *set, struct region *r, struct region *prev,
		 struct region *next)
{
	uint32_t gap = region_gap_from(r, prev != NULL ? prev->end : 0);

	/* Of two neighbours one has no child on the side of the other. */
	int side = prev != NULL && prev->child[1] == NULL;

	tree_hang(set, side ? prev : next, side, r, gap);
	region_regap(next, r->end);
}

void region_link_after(struct region *r, struct region *upper)
{
	struct region *c = r->child[1];

	if (c == NULL)
		tree_hang(r->set, r, 1, upper, 0);
	else
		tree_hang(r->set, tree_edge(c, 0), 0, upper, 0);
}

/*
 * Puts the next region, which has no lower child, in the place of `r`, which
 * has both. Returns the lowest region whose subtree changed.
 */
static struct region *tree_swap_out(struct region_set *set, struct region *r)
{
	struct region *s = tree_edge(r->child[1], 0);
	struct region *low = s->parent;

	/* As those above know the place; `r` has no gap any more. */
	s->height = r->height;
	s->max_gap = r->max_gap;
	if (low == r) {
		low = s;
	} else {
		tree_adopt(low, 0, s->child[1]);
		tree_adopt(s, 1, r->child[1]);
	}
	tree_adopt(s, 0, r->child[0]);
	tree_replace(set, r, s);
	tree_lower(low, s->gap);
	return low;
}

void region_unlink(struct region *r)
{
	struct region_set *set = r->set;
	struct region *low = r->parent;

	tree_set_gap(r, 0);
	if (r->child[0] == NULL || r->child[1] == NULL)
		tree_replace(set, r, r->child[r->child[0] == NULL]);
	else
		low = tree_swap_out(set, r);
	set->count--;
	if (set->last == r)
		set->last = NULL;
	tree_mend(set, low);
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
