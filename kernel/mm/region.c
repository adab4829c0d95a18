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

/* The end of a region that nothing finds any more. */
static void region_free(struct region *r)
{
	if (r->object != NULL && r->set->ops != NULL)
		r->set->ops->put(r);
	slab_free(&region_cache, r);
}

/* The gap above `r` is its neighbour's already. */
static void region_drop(struct region *r)
{
	region_unlink(r);
	region_free(r);
}

/* Two callers that are not in a hurry: one copy does. */
static __attribute__((noinline)) void region_set_start(struct region *r,
						       va_t start)
{
	va_t bottom = region_bottom(r);

	if (r->object != NULL)
		r->offset += start - r->start;
	r->start = start;
	region_regap(r, bottom);
}

/* What a region says; not where it is linked, which region_link() writes. */
static void region_copy(struct region *to, const struct region *from)
{
	assert(to);
	to->start = from->start;
	to->end = from->end;
	to->prot = from->prot;
	to->max_prot = from->max_prot;
	to->flags = from->flags;
	to->object = from->object;
	to->offset = from->offset;
	to->in_object = (struct list){NULL, NULL};
}

/* `upper`, fresh memory, becomes the part of `r` from `at` on. */
static void region_split(struct region *r, va_t at, struct region *upper)
{
	assert(at > r->start && at < r->end);
	region_copy(upper, r);
	upper->start = at;
	if (r->object != NULL)
		upper->offset += at - r->start;
	r->end = at;
	region_link_after(r, upper);
	region_get(upper);
}

/* Makes `b` part of `a` before it. Rare, so one copy does. */
static __attribute__((noinline)) void region_absorb(struct region *a,
						    struct region *b)
{
	a->end = b->end;
	region_drop(b);
}

/* ---- insert ---------------------------------------------------------- */

static int insert_decode(const struct region *r)
{
	if (!range_ok(r->start, r->end))
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

/*
 * `new` is what region_copy() copies; a neighbour takes it in or it is linked.
 * Not inline, or it shares the registers of a call with eight arguments.
 */
static __attribute__((noinline)) int insert_perform(struct region_set *set,
						    const struct region *new)
{
	struct region *prev, *r;
	struct region *next = region_between(set, new->start, &prev);

	if (next != NULL && next->start < new->end)
		return -E_EXIST;
	if (region_joins(prev, new)) {
		prev->end = new->end;
		region_regap(next, new->end);
		if (region_joins(prev, next))
			region_absorb(prev, next);
		return 0;
	}
	if (region_joins(new, next)) {
		region_set_start(next, new->start);
		return 0;
	}
	r = slab_alloc_dirty(&region_cache);
	if (r == NULL)
		return -E_NOMEM;
	region_copy(r, new);
	region_link(set, r, prev, next);
	set->last = r;
	region_get(r);
	return 0;
}

int region_insert(struct region_set *set, va_t start, va_t end, unsigned prot,
		  unsigned max_prot, unsigned flags, struct object *object,
		  uint64_t offset)
{
	struct region new;
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
	return err != 0 ? err : insert_perform(set, &new);
}

/* ---- remove ---------------------------------------------------------- */

/* [start, end) of `r` goes, and its pins. */
static inline void unpin(const struct region *r, va_t start, va_t end)
{
	if (r->flags & MAP_PINNED)
		r->set->pinned -= (end - start) >> PAGE_SHIFT;
}

static int remove_inside(struct region *r, va_t start, va_t end,
			 region_gone *gone, void *ctx)
{
	struct region *upper = slab_alloc_dirty(&region_cache);

	if (upper == NULL)
		return -E_NOMEM;
	unpin(r, start, end);
	if (gone != NULL)
		gone(ctx, r, start, end);
	region_split(r, end, upper);
	r->end = start;
	region_regap(upper, start);
	return 0;
}

/* What of [start, end) lies in `r`, before `next`; that is not its middle. */
static void remove_piece(struct region *r, struct region *next, va_t start,
			 va_t end, region_gone *gone, void *ctx)
{
	if (start < r->start)
		start = r->start;
	if (end > r->end)
		end = r->end;
	unpin(r, start, end);
	if (gone != NULL)
		gone(ctx, r, start, end);
	if (start > r->start) {
		r->end = start;
		region_regap(next, start);
	} else if (end < r->end) {
		region_set_start(r, end);
	} else {
		region_regap(next, region_bottom(r));
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
		remove_piece(r, next, start, end, gone, ctx);
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
		region_free(r);
	}
	return set->root == NULL;
}

/* ---- protect --------------------------------------------------------- */

/* All of [start, end) from `r` on may have `prot`; gives the last region. */
static int protect_decode(struct region *r, va_t start, va_t end, unsigned prot,
			  struct region **last)
{
	for (va_t at = start;; r = region_after(r)) {
		if (r == NULL || r->start > at)
			return -E_NOMEM;
		if (prot & ~r->max_prot)
			return -E_ACCES;
		at = r->end;
		if (at >= end)
			break;
	}
	*last = r;
	return 0;
}

/*
 * Sets `prot` from `r` on, of which the last ends at `end` or goes on with the
 * same protection, and joins what then can be.
 */
static void protect_perform(struct region *r, va_t end, unsigned prot)
{
	struct region *prev = region_before(r);

	do {
		if (r->start < end)
			r->prot = (uint8_t)prot;
		if (region_joins(prev, r))
			region_absorb(prev, r);
		else
			prev = r;
		if (prev->end > end)
			return;
		r = region_after(prev);
	} while (r != NULL && r->start <= end);
}

int region_protect(struct region_set *set, va_t start, va_t end, unsigned prot)
{
	struct region *first, *last, *low = NULL, *high = NULL;
	int err;

	prot = prot_whole(prot);
	if (!range_ok(start, end) || (prot & ~PROT_ALL))
		return -E_INVAL;
	first = region_next(set, start);
	err = protect_decode(first, start, end, prot, &last);
	if (err != 0)
		return err;
	if (first->start < start && first->prot != prot) {
		low = slab_alloc_dirty(&region_cache);
		if (low == NULL)
			return -E_NOMEM;
	}
	if (last->end > end && last->prot != prot) {
		high = slab_alloc_dirty(&region_cache);
		if (high == NULL) {
			slab_free(&region_cache, low);
			return -E_NOMEM;
		}
		region_split(last, end, high);
	}
	if (low != NULL) {
		region_split(first, start, low);
		first = low;
	}
	protect_perform(first, end, prot);
	return 0;
}

/* ---- flags ----------------------------------------------------------- */

/* The part of `r` in the range, split off; it has a structure for each end. */
static COLD struct region *cut_out(struct region *r, va_t start, va_t end,
				   struct region *spare[2])
{
	if (r->end > end) {
		region_split(r, end, spare[1]);
		spare[1] = NULL;
	}
	if (r->start < start) {
		region_split(r, start, spare[0]);
		r = spare[0];
		spare[0] = NULL;
	}
	return r;
}

static COLD struct region *set_flags(struct region *r, unsigned flags)
{
	unpin(r, r->start, r->end);
	r->flags = flags;
	if (flags & MAP_PINNED)
		r->set->pinned += (r->end - r->start) >> PAGE_SHIFT;
	return r;
}

/* Gives the one that `a`, or `b` after it, is now. */
static COLD struct region *join(struct region *a, struct region *b)
{
	if (!region_joins(a, b))
		return b;
	region_absorb(a, b);
	return a;
}

COLD int region_set_flags(struct region_set *set, va_t start, va_t end,
			  unsigned off, unsigned on)
{
	struct region *spare[2] = {slab_alloc_dirty(&region_cache),
				   slab_alloc_dirty(&region_cache)};
	struct region *r = region_next(set, start);
	int err = spare[0] && spare[1] ? 0 : -E_NOMEM;

	for (; r != NULL && r->start < end && !err; r = region_after(r)) {
		unsigned flags = (r->flags & ~off) | on;

		if (flags != r->flags)
			r = set_flags(cut_out(r, start, end, spare), flags);
		r = join(region_before(r), r);
	}
	if (r != NULL)
		join(region_before(r), r);
	slab_free(&region_cache, spare[0]);
	slab_free(&region_cache, spare[1]);
	return err;
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
	if (r->flags & MAP_PINNED)
		set->pinned += (r->start - start) >> PAGE_SHIFT;
	/* The gap below ends at the limit's guard, so the tree stays true. */
	r->start = start;
	set->last = r;
	return 0;
}
