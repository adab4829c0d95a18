/* SPDX-License-Identifier: BSD-2-Clause */
/* region.c - insert, remove, protect, grow: see region.h. */
#include "mm/region.h"
#include "lib/assert.h"
#include "lib/bits.h"
#include "mm/region_tree.h"

struct slab_cache region_cache =
	SLAB_CACHE_INIT(region_cache, "region", sizeof(struct region));

void region_set_init(struct region_set *set, const struct region_ops *ops)
{
	*set = (struct region_set){.ops = ops};
}

/* ---- pieces ---------------------------------------------------------- */

static bool range_ok(va_t start, va_t end)
{
	return start < end && end <= MMU_USER_END &&
	       is_aligned(start | end, PAGE_SIZE);
}

/* Sv39 has no pages that can be written and not read. */
static unsigned prot_whole(unsigned prot)
{
	return prot & PROT_W ? prot | PROT_R : prot;
}

static bool region_grows(const struct region *r)
{
	return r->flags & MAP_GROW_DOWN;
}

/* `b` begins where `a` ends, and both could be one. Either may be NULL. */
static bool region_joins(const struct region *a, const struct region *b)
{
	return a != NULL && b != NULL && a->end == b->start &&
	       a->prot == b->prot && a->max_prot == b->max_prot &&
	       a->flags == b->flags && !region_grows(a) &&
	       a->object == b->object &&
	       (a->object == NULL ||
		a->offset + (a->end - a->start) == b->offset);
}

static void region_get(struct region *r)
{
	if (r->object != NULL && r->set->ops != NULL)
		r->set->ops->get(r);
}

/* The end of a region that is unlinked already. */
static void region_drop(struct region *r)
{
	if (r->object != NULL && r->set->ops != NULL)
		r->set->ops->put(r);
	slab_free(&region_cache, r);
}

static void region_set_end(struct region *r, va_t end)
{
	r->end = end;
	region_regap(r->set, region_after(r));
}

static void region_set_start(struct region *r, va_t start)
{
	if (r->object != NULL)
		r->offset += start - r->start;
	r->start = start;
	region_regap(r->set, r);
}

/* What a region says; not where it is linked. */
static void region_copy(struct region *to, const struct region *from)
{
	to->start = from->start;
	to->end = from->end;
	to->prot = from->prot;
	to->max_prot = from->max_prot;
	to->flags = from->flags;
	to->object = from->object;
	to->offset = from->offset;
}

/* `upper`, fresh memory, becomes the part of `r` from `at` on. */
static void region_split(struct region *r, va_t at, struct region *upper)
{
	struct region *next = region_after(r);

	assert(at > r->start && at < r->end);
	region_copy(upper, r);
	upper->start = at;
	if (r->object != NULL)
		upper->offset += at - r->start;
	r->end = at;
	region_link(r->set, upper, r, next);
	region_get(upper);
}

/* Makes `b` part of `a` before it. */
static void region_absorb(struct region *a, struct region *b)
{
	a->end = b->end;
	region_unlink(a->set, b);
	region_drop(b);
}

/* ---- insert ---------------------------------------------------------- */

static int insert_decode(const struct region *r)
{
	if (!range_ok(r->start, r->end) || (r->max_prot & ~PROT_ALL))
		return -E_INVAL;
	if (r->prot & ~r->max_prot)
		return -E_ACCES;
	if (!is_aligned(r->offset, PAGE_SIZE))
		return -E_INVAL;
	if (region_grows(r) && (r->object != NULL || r->limit > r->start ||
				r->limit < REGION_GUARD))
		return -E_INVAL;
	if (r->object != NULL && r->offset + (r->end - r->start) < r->offset)
		return -E_INVAL;
	return 0;
}

int region_insert(struct region_set *set, va_t start, va_t end, unsigned prot,
		  unsigned max_prot, unsigned flags, struct object *object,
		  uint64_t offset)
{
	struct region new; /* what region_copy() copies */
	struct region *prev, *next, *r;
	int err;

	if ((prot | max_prot) & ~PROT_ALL)
		return -E_INVAL;
	new.start = start;
	new.end = end;
	new.prot = (uint8_t)prot_whole(prot);
	new.max_prot = (uint8_t)prot_whole(max_prot);
	new.flags = flags & ~MAP_FIXED;
	new.object = object;
	new.offset = object != NULL || region_grows(&new) ? offset : 0;
	err = insert_decode(&new);
	if (err != 0)
		return err;
	next = region_next(set, start);
	if (next != NULL && next->start < end)
		return -E_EXIST;
	prev = next != NULL ? region_before(next) : region_last(set);

	if (region_joins(prev, &new)) {
		region_set_end(prev, end);
		if (region_joins(prev, next))
			region_absorb(prev, next);
		return 0;
	}
	if (region_joins(&new, next)) {
		region_set_start(next, start);
		return 0;
	}
	r = slab_alloc(&region_cache);
	if (r == NULL)
		return -E_NOMEM;
	region_copy(r, &new);
	region_link(set, r, prev, next);
	region_get(r);
	return 0;
}

/* ---- remove ---------------------------------------------------------- */

static int remove_inside(struct region *r, va_t start, va_t end,
			 region_gone *gone, void *ctx)
{
	struct region *upper = slab_alloc(&region_cache);

	if (upper == NULL)
		return -E_NOMEM;
	if (gone != NULL)
		gone(ctx, r, start, end);
	region_split(r, end, upper);
	region_set_end(r, start);
	return 0;
}

/* What of [start, end) lies in `r`, and that is not its middle. */
static void remove_piece(struct region *r, va_t start, va_t end,
			 region_gone *gone, void *ctx)
{
	if (start < r->start)
		start = r->start;
	if (end > r->end)
		end = r->end;
	if (gone != NULL)
		gone(ctx, r, start, end);
	if (start > r->start) {
		region_set_end(r, start);
	} else if (end < r->end) {
		region_set_start(r, end);
	} else {
		region_unlink(r->set, r);
		region_drop(r);
	}
}

int region_remove(struct region_set *set, va_t start, va_t end,
		  region_gone *gone, void *ctx)
{
	struct region *r, *next;

	if (!range_ok(start, end))
		return -E_INVAL;
	r = region_next(set, start);
	if (r != NULL && r->start < start && r->end > end)
		return remove_inside(r, start, end, gone, ctx);
	for (; r != NULL && r->start < end; r = next) {
		next = region_after(r);
		remove_piece(r, start, end, gone, ctx);
	}
	return 0;
}

bool region_destroy(struct region_set *set, uint64_t max, region_gone *gone,
		    void *ctx)
{
	struct region *r;

	for (; max > 0; max--) {
		r = region_tear(set);
		if (r == NULL)
			break;
		if (gone != NULL)
			gone(ctx, r, r->start, r->end);
		region_drop(r);
	}
	return set->root == NULL;
}

/* ---- protect --------------------------------------------------------- */

/* All of [start, end) from `r` on may have `prot`; gives the last region. */
static int protect_decode(struct region *r, va_t start, va_t end, unsigned prot,
			  struct region **last)
{
	for (va_t at = start; at < end; r = region_after(r)) {
		if (r == NULL || r->start > at)
			return -E_NOMEM;
		if (prot & ~r->max_prot)
			return -E_ACCES;
		at = r->end;
		*last = r;
	}
	return 0;
}

/* Sets `prot` where regions end at the edges, and joins what then can be. */
static void protect_perform(struct region *r, va_t start, va_t end,
			    unsigned prot)
{
	struct region *prev;

	for (; r != NULL && r->start <= end; r = region_after(r)) {
		if (r->start >= start && r->start < end)
			r->prot = (uint8_t)prot;
		prev = region_before(r);
		if (region_joins(prev, r)) {
			region_absorb(prev, r);
			r = prev;
		}
	}
}

int region_protect(struct region_set *set, va_t start, va_t end, unsigned prot)
{
	struct region *first, *last = NULL, *node[2] = {NULL, NULL};
	bool cut[2];
	int err;

	prot = prot_whole(prot);
	if (!range_ok(start, end) || (prot & ~PROT_ALL))
		return -E_INVAL;
	first = region_next(set, start);
	err = protect_decode(first, start, end, prot, &last);
	if (err != 0)
		return err;
	cut[0] = first->start < start && first->prot != prot;
	cut[1] = last->end > end && last->prot != prot;
	for (int i = 0; i < 2; i++) {
		if (!cut[i])
			continue;
		node[i] = slab_alloc(&region_cache);
		if (node[i] == NULL) {
			slab_free(&region_cache, node[0]);
			return -E_NOMEM;
		}
	}
	if (cut[1])
		region_split(last, end, node[1]);
	if (cut[0])
		region_split(first, start, node[0]);
	protect_perform(first, start, end, prot);
	return 0;
}

/* ---- growth ---------------------------------------------------------- */

int region_grow_down(struct region_set *set, va_t va)
{
	struct region *r = region_next(set, va);
	const struct region *prev;
	va_t start = round_down(va, PAGE_SIZE);

	if (r == NULL || !region_grows(r) || va >= r->start || start < r->limit)
		return -E_NOENT;
	prev = region_before(r);
	if (prev != NULL && prev->end + REGION_GUARD > start)
		return -E_NOENT;
	/* The gap below ends at the limit's guard, so the tree stays true. */
	r->start = start;
	set->last = r;
	return 0;
}
