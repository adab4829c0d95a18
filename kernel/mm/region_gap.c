/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * region_gap.c - finding a free range, from the top down.
 *
 * The walk is in falling order of address and leaves out every subtree without
 * a gap of `need` pages or outside the window. A subtree that is neither has
 * an answer, so it is left only with one, and at most the two paths to the
 * window's edges are walked in vain.
 */
#include "mm/region_tree.h"

/* Where it may grow a neighbour may be, so there the gap does not tell. */
va_t region_bottom(const struct region *r)
{
	const struct region *prev;

	if (!region_grows(r))
		return r->start - ((va_t)r->gap << PAGE_SHIFT);
	prev = region_before(r);
	return prev != NULL ? prev->end : 0;
}

struct wanted {
	uint64_t len, align;
	uint32_t need; /* pages in which it fits wherever they begin */
	va_t lo, hi;   /* the window */
};

/* The highest place in [bottom, top) and the window; page 0 is no place. */
static va_t gap_fit(const struct wanted *w, va_t bottom, va_t top)
{
	va_t at;

	if (bottom < w->lo)
		bottom = w->lo;
	if (top > w->hi)
		top = w->hi;
	if (top < w->len)
		return 0;
	at = round_down(top - w->len, w->align);
	return at >= bottom ? at : 0;
}

/* Is there anything to find among the regions on one side of `r`? */
static struct region *gap_side(const struct wanted *w, const struct region *r,
			       int side)
{
	struct region *c = r->child[side];

	if (c == NULL || c->max_gap < w->need)
		return NULL;
	if (side == 1 ? r->end >= w->hi : r->start <= w->lo)
		return NULL;
	return c;
}

static va_t gap_below(const struct wanted *w, const struct region *r)
{
	va_t top = region_floor(r);

	return gap_fit(w, top - ((uint64_t)r->gap << PAGE_SHIFT), top);
}

static va_t gap_walk(const struct wanted *w, const struct region *r)
{
	const struct region *c;
	bool rising = false;
	va_t at;

	while (r != NULL) {
		c = gap_side(w, r, 1);
		if (!rising && c != NULL) {
			r = c;
			continue;
		}
		at = gap_below(w, r);
		if (at != 0)
			return at;
		c = gap_side(w, r, 0);
		rising = c == NULL;
		if (c != NULL) {
			r = c;
			continue;
		}
		while (r->parent != NULL && r->parent->child[0] == r)
			r = r->parent;
		r = r->parent;
	}
	return 0;
}

static va_t gap_search(const struct region_set *set, const struct wanted *w)
{
	const struct region *last = region_last(set);
	va_t at = gap_fit(w, last != NULL ? last->end : 0, w->hi);

	return at != 0 ? at : gap_walk(w, set->root);
}

va_t region_gap(const struct region_set *set, uint64_t len, uint64_t align,
		va_t lo, va_t hi, va_t hint)
{
	struct wanted w = {.len = len, .align = align};
	va_t at = 0;

	if (hi > MMU_USER_END)
		hi = MMU_USER_END;
	if (lo >= hi || len == 0 || len > hi - lo || align > hi)
		return 0;
	if (((len | align) & PAGE_MASK) != 0 || (align & (align - 1)) != 0)
		return 0;
	w.lo = lo;
	w.hi = round_down(hint, PAGE_SIZE);
	w.need = (uint32_t)((len + align - PAGE_SIZE) >> PAGE_SHIFT);
	if (hint < hi && hint > lo)
		at = gap_search(set, &w);
	w.hi = hi;
	return at != 0 ? at : gap_search(set, &w);
}
