/* SPDX-License-Identifier: BSD-2-Clause */
/* space.c - spaces: their life, and mapping into them. */
#include "mm/space.h"
#include "abi/error.h"
#include "abi/handle.h"
#include "lib/assert.h"
#include "mm/count.h"
#include "mm/ending.h"
#include "mm/object.h"
#include "mm/pages.h"
#include "mm/private.h"
#include "mm/slab.h"
#include "mm/span.h"
#include <string.h>

static struct slab_cache spaces =
	SLAB_CACHE_INIT(spaces, "space", sizeof(struct space));
struct list spaces_all = {&spaces_all, &spaces_all};
struct lock spaces_lock = LOCK_INIT(LOCK_SPACES);

static void region_takes_object(struct region *r)
{
	object_region_comes(r->object, r);
}

static void region_drops_object(struct region *r)
{
	object_region_goes(r->object, r);
}

static const struct region_ops object_refs = {region_takes_object,
					      region_drops_object};

/* ---- life ------------------------------------------------------------ */

COLD struct space *space_create(void)
{
	struct space *s = slab_alloc(&spaces);

	if (!s)
		return NULL;
	if (mmu_create(&s->mmu)) {
		slab_free(&spaces, s);
		return NULL;
	}
	lock_init(&s->lock, LOCK_SPACE);
	kobject_init(&s->object, &space_kind);
	region_set_init(&s->regions, &object_refs);
	s->maps = random_maps();
	lock_take(&spaces_lock);
	list_push_back(&spaces_all, &s->all);
	lock_drop(&spaces_lock);
	return s;
}

/* ---- the end --------------------------------------------------------- */

/* What a region costs, in entries. */
#define REGION_ENTRIES 4u

/* A step's worth of its pages; true if it has no more. */
static COLD bool take_pages_out(struct space *s, struct pages_gone *gone)
{
	struct region *r = region_next(&s->regions, s->ending_at);
	unsigned left = ENDING_PAGES;

	for (; r; r = region_after(r)) {
		va_t start = r->start > s->ending_at ? r->start : s->ending_at;

		s->ending_at = pages_reach(&s->mmu, start, r->end, &left);
		pages_take_out(gone, start, s->ending_at);
		if (left < REGION_ENTRIES)
			return s->ending_at == r->end && !region_after(r);
		left -= REGION_ENTRIES;
	}
	ending_spent(ENDING_PAGES - left);
	return true;
}

/* What is in common, pages, regions, tables; a step's worth of one of them. */
static COLD bool end_some(struct space *s, struct pages_gone *gone)
{
	if (!span_leave_locked(s, &s->leaving_at, &gone->flush) ||
	    !take_pages_out(s, gone))
		return false;
	pages_gone_flush(gone); /* before an object can go with its region */
	if (!region_destroy(&s->regions, ENDING_SMALL, NULL, NULL))
		return false;
	return pages_cut_all(gone, &s->cutting_at);
}

/* Nobody runs in it, but a hart may not have left its tables yet. */
static COLD bool space_end(struct kobject *o)
{
	struct space *s = space_of(o);
	struct pages_gone gone;
	bool over;

	if (!o->dead) {
		lock_take(&spaces_lock);
		list_remove(&s->all);
		count_space_ended_locked(s);
		lock_drop(&spaces_lock);
	}
	lock_take(&s->lock);
	o->dead = 1;
	pages_gone_begin(&gone, &s->mmu);
	over = end_some(s, &gone);
	pages_gone_flush(&gone);
	pages_gone_free(&gone);
	lock_drop(&s->lock);
	return over;
}

static COLD void space_reclaim(struct kobject *o)
{
	struct space *s = space_of(o);

	mmu_destroy(&s->mmu); /* fences, then frees the root */
	slab_free(&spaces, s);
}

const struct kind space_kind = {
	.number = KIND_SPACE,
	.name = "space",
	.end = space_end,
	.reclaim = space_reclaim,
};

void space_share(struct space *s)
{
	lock_take(&s->lock); /* whoever walks them alone has done so */
	mmu_share(&s->mmu);
	lock_drop(&s->lock);
}

/* ---- map, unmap, protect --------------------------------------------- */

/* space_pages_at(), inline. */
static inline uint64_t pages_at(va_t addr, uint64_t len)
{
	uint64_t n = round_up(len, PAGE_SIZE); /* 0 if it wraps */

	if (n < len || (addr & PAGE_MASK))
		return 0;
	return range_within(addr, n, SPACE_LOW, SPACE_HIGH) ? n : 0;
}

/* The same where `addr` 0 is anywhere. */
static inline uint64_t pages_of(va_t addr, uint64_t len)
{
	uint64_t n = round_up(len, PAGE_SIZE);

	return addr ? pages_at(addr, len) : n < len ? 0 : n;
}

static unsigned complete(unsigned prot)
{
	return prot & PROT_W ? prot | PROT_R : prot;
}

/* A stack starts with its top page; the rest is for faults to bring. */
static COLD int insert_stack(struct space *s, va_t top, unsigned prot,
			     unsigned flags, va_t limit)
{
	if (limit >= top || !is_aligned(limit, PAGE_SIZE))
		return -E_INVAL;
	return region_insert(&s->regions, top - PAGE_SIZE, top, prot, PROT_ALL,
			     flags, NULL, limit);
}

/* Each of the two below has its own copy: programs map often. */
#define COPIED inline __attribute__((always_inline))

static COPIED int map_locked(struct space *s, va_t *addr, uint64_t len,
			     unsigned prot, unsigned max_prot, unsigned flags,
			     struct object *object, uint64_t offset)
{
	if (*addr == 0 || !(flags & MAP_FIXED)) {
		va_t va = region_gap(&s->regions, len, PAGE_SIZE, SPACE_LOW,
				     SPACE_HIGH, *addr ? *addr + len : s->maps);

		if (!va)
			return -E_NOMEM;
		*addr = va;
	}
	flags &= ~MAP_FIXED;
	if (!object)
		flags |= huge_default;
	if (flags & MAP_GROW_DOWN)
		return insert_stack(s, *addr + len, prot, flags, offset);
	return region_insert(&s->regions, *addr, *addr + len, prot, max_prot,
			     flags, object, offset);
}

static COPIED int map(struct space *s, va_t *addr, uint64_t len, unsigned prot,
		      unsigned max_prot, unsigned flags, struct object *object,
		      uint64_t offset)
{
	unsigned known = MAP_FIXED | MAP_GROW_DOWN | MAP_LABELS;
	int err;

	if (object)
		known ^= MAP_GROW_DOWN | MAP_SHARED;
	len = pages_of(*addr, len);
	if (!len || prot & ~PROT_ALL || flags & ~known)
		return -E_INVAL;
	if ((flags & MAP_FIXED) && !*addr)
		return -E_INVAL;
	lock_take(&s->lock);
	err = map_locked(s, addr, len, complete(prot), max_prot, flags, object,
			 offset);
	lock_drop(&s->lock);
	return err;
}

int space_map(struct space *s, va_t *addr, uint64_t len, unsigned prot,
	      unsigned flags, struct object *object, uint64_t offset)
{
	return map(s, addr, len, prot, PROT_ALL, flags, object, offset);
}

/* Registers cannot be copied, nor executed; pages of swap go to other spaces. */
static bool suits(const struct object *o, unsigned max_prot, unsigned flags)
{
	if (o->is_swap)
		return false;
	return o->type != OBJECT_DEVICE ||
	       ((flags & MAP_SHARED) && !(max_prot & PROT_X));
}

int space_map_object(struct space *s, va_t *addr, uint64_t len, unsigned prot,
		     unsigned max_prot, unsigned flags, struct object *object,
		     uint64_t offset)
{
	if (!suits(object, max_prot, flags))
		return -E_INVAL;
	return map(s, addr, len, prot, max_prot, flags, object, offset);
}

/* What is to be unmapped; and where its pages have gone. */
struct unmapping {
	struct pages_gone gone;
	struct space *s;
	va_t start, end;
};

/*
 * From the first piece on nothing can fail. The pages of a piece go before its
 * region does: the object's last reference may go with the region, and by then no
 * hart may reach its memory.
 */
static void piece_gone(void *ctx, const struct region *r, va_t start, va_t end)
{
	struct unmapping *u = ctx;

	if (u->s->in_common) {
		span_let_go_locked(u->s, u->start, u->end);
		u->start = u->end;
	}
	pages_take_out(&u->gone, start, end);
	if (r->object)
		pages_gone_flush(&u->gone);
}

/* ---- unmap and protect ------------------------------------------------ */

int space_unmap_locked(struct space *s, va_t addr, va_t end)
{
	struct unmapping u;
	int err = s->in_common ? span_own_edges_locked(s, addr, end) : 0;

	if (err)
		return err;
	u.s = s;
	u.start = addr;
	u.end = end;
	pages_gone_begin(&u.gone, &s->mmu);
	err = region_remove(&s->regions, addr, end, piece_gone, &u);
	if (!err) {
		pages_cut_tables(&u.gone, &s->regions, addr, end);
		pages_gone_flush(&u.gone);
		pages_gone_free(&u.gone);
	}
	return err;
}

COLD int space_forget_locked(struct space *s, va_t start, va_t end)
{
	struct pages_gone gone;
	int err = span_own_edges_locked(s, start, end);

	if (err)
		return err;
	span_let_go_locked(s, start, end);
	pages_gone_begin(&gone, &s->mmu);
	pages_take_out(&gone, start, end);
	pages_gone_flush(&gone);
	pages_gone_free(&gone);
	return 0;
}

int space_unmap(struct space *s, va_t addr, uint64_t len)
{
	int err;

	len = pages_at(addr, len);
	if (!len)
		return -E_INVAL;
	lock_take(&s->lock);
	err = space_unmap_locked(s, addr, addr + len);
	lock_drop(&s->lock);
	return err;
}

/* What the pages of the range may now; PAGES_MIXED if regions differ. */
static unsigned protection(struct space *s, va_t addr, va_t end)
{
	const struct region *r = region_find(&s->regions, addr);

	return r && r->end >= end ? r->prot : PAGES_MIXED;
}

static int protect_locked(struct space *s, va_t addr, va_t end, unsigned prot)
{
	unsigned old = protection(s, addr, end);
	int err = s->in_common ? span_own_locked(s, addr, end) : 0;

	if (!err)
		err = region_protect(&s->regions, addr, end, prot);

	if (!err)
		pages_protect(&s->mmu, addr, end, old, prot);
	return err;
}

int space_protect(struct space *s, va_t addr, uint64_t len, unsigned prot)
{
	int err;

	len = space_pages_at(addr, len);
	if (!len || prot & ~PROT_ALL)
		return -E_INVAL;
	lock_take(&s->lock);
	err = protect_locked(s, addr, addr + len, complete(prot));
	lock_drop(&s->lock);
	return err;
}

/* ---- in steps --------------------------------------------------------- */

COLD uint64_t space_pages_at(va_t addr, uint64_t len)
{
	return pages_at(addr, len);
}

/* Where a step on [addr, end) ends that may look at so many entries, and regions. */
static COLD va_t reach(struct space *s, va_t addr, va_t end, unsigned entries,
		       unsigned n)
{
	struct region *r = region_next(&s->regions, addr);
	va_t stop = end;

	for (; r && r->start < end; r = region_after(r))
		if (--n == 0) {
			stop = r->end < end ? r->end : end;
			break;
		}
	return pages_reach(&s->mmu, addr, stop, &entries);
}

/*
 * A step that ends inside a region may need memory for its rest, which the whole
 * would not: if there is none, it is done as a whole.
 */
COLD int space_unmap_step(struct space *s, va_t *addr, uint64_t *len,
			  unsigned unused)
{
	uint64_t bytes = space_pages_at(*addr, *len);
	va_t end = *addr + bytes, stop;
	int err;

	(void)unused;
	if (!bytes)
		return -E_INVAL;
	lock_take(&s->lock);
	/* A page may go with each region. */
	stop = reach(s, *addr, end, ENDING_PAGES, ENDING_SMALL / 2);
	err = space_unmap_locked(s, *addr, stop);
	if (err && stop < end) {
		stop = end;
		err = space_unmap_locked(s, *addr, end);
	}
	lock_drop(&s->lock);
	if (err)
		return err;
	*addr = stop;
	*len = end - stop;
	return 0;
}

/* One that is quick to change goes further, inside one region. */
static COLD va_t protect_reach(struct space *s, va_t addr, va_t end,
			       unsigned prot)
{
	const struct region *r = region_find(&s->regions, addr);
	va_t stop = r && r->end < end ? r->end : end;

	if (!r || stop - addr <= SPACE_SHORT ||
	    !pages_protect_is_quick(&s->mmu, r->prot, prot))
		return reach(s, addr, end, ENDING_PAGES, ENDING_SMALL);
	return reach(s, addr, stop, ENDING_QUICK, ENDING_SMALL);
}

COLD int space_protect_step(struct space *s, va_t *addr, uint64_t *len,
			    unsigned prot)
{
	uint64_t bytes = space_pages_at(*addr, *len);
	va_t end = *addr + bytes, stop;
	int err;

	if (!bytes || prot & ~PROT_ALL)
		return -E_INVAL;
	prot = complete(prot);
	lock_take(&s->lock);
	stop = protect_reach(s, *addr, end, prot);
	err = protect_locked(s, *addr, stop, prot);
	if (err == -E_NOMEM && stop < end) {
		stop = end;
		err = protect_locked(s, *addr, end, prot);
	}
	lock_drop(&s->lock);
	if (err)
		return err;
	*addr = stop;
	*len = end - stop;
	return 0;
}

void space_trim(void)
{
	slab_trim(&spaces);
	slab_trim(&region_cache);
}
