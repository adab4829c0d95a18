/* SPDX-License-Identifier: BSD-2-Clause */
/* space.c - spaces: their life, and mapping into them. */
#include "mm/space.h"
#include "abi/error.h"
#include "abi/handle.h"
#include "lib/assert.h"
#include "mm/object.h"
#include "mm/pages.h"
#include "mm/private.h"
#include "mm/slab.h"
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

struct space *space_create(void)
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
	lock_take(&spaces_lock);
	list_push_back(&spaces_all, &s->all);
	lock_drop(&spaces_lock);
	return s;
}

/* Nobody runs in it, but a hart may not have left its tables yet. */
static void space_end(struct kobject *o)
{
	struct space *s = space_of(o);
	struct pages_gone gone;

	lock_take(&spaces_lock);
	list_remove(&s->all);
	lock_drop(&spaces_lock);
	lock_take(&s->lock);
	o->dead = 1;
	pages_gone_begin(&gone, &s->mmu);
	for (struct region *r = region_first(&s->regions); r;
	     r = region_after(r))
		pages_take_out(&gone, r->start, r->end);
	pages_gone_flush(&gone);
	pages_gone_free(&gone);
	region_destroy_all(&s->regions, NULL, NULL);
	lock_drop(&s->lock);
}

static void space_reclaim(struct kobject *o)
{
	struct space *s = space_of(o);

	mmu_destroy(&s->mmu); /* fences, then frees the tables */
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

/* The length in whole pages; 0 if [addr, addr+len) is no range of pages. */
static inline uint64_t pages_of(va_t addr, uint64_t len)
{
	uint64_t n = round_up(len, PAGE_SIZE); /* 0 if it wraps */

	if (n < len || (addr & PAGE_MASK))
		return 0;
	return addr == 0 || range_within(addr, n, SPACE_LOW, SPACE_HIGH) ? n
									 : 0;
}

static unsigned complete(unsigned prot)
{
	return prot & PROT_W ? prot | PROT_R : prot;
}

/* A stack starts with its top page; the rest is for faults to bring. */
static int insert_stack(struct space *s, va_t top, unsigned prot,
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
				     SPACE_HIGH, *addr ? *addr + len : 0);

		if (!va)
			return -E_NOMEM;
		*addr = va;
	}
	flags &= ~MAP_FIXED;
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

/* Registers cannot be copied, nor executed. */
static bool suits(const struct object *o, unsigned max_prot, unsigned flags)
{
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

/*
 * The pages of a piece go before its region does: the object's last reference
 * may go with the region, and by then no hart may reach its memory.
 */
static void piece_gone(void *ctx, const struct region *r, va_t start, va_t end)
{
	struct pages_gone *gone = ctx;

	pages_take_out(gone, start, end);
	if (r->object)
		pages_gone_flush(gone);
}

int space_unmap(struct space *s, va_t addr, uint64_t len)
{
	struct pages_gone gone;
	int err;

	len = pages_of(addr, len);
	if (!len || !addr)
		return -E_INVAL;
	lock_take(&s->lock);
	pages_gone_begin(&gone, &s->mmu);
	err = region_remove(&s->regions, addr, addr + len, piece_gone, &gone);
	if (!err) {
		pages_cut_tables(&gone, &s->regions, addr, addr + len);
		pages_gone_flush(&gone);
		pages_gone_free(&gone);
	}
	lock_drop(&s->lock);
	return err;
}

/* What the pages of the range may now; PAGES_MIXED if regions differ. */
static unsigned protection(struct space *s, va_t addr, va_t end)
{
	const struct region *r = region_find(&s->regions, addr);

	return r && r->end >= end ? r->prot : PAGES_MIXED;
}

int space_protect(struct space *s, va_t addr, uint64_t len, unsigned prot)
{
	unsigned old;
	int err;

	len = pages_of(addr, len);
	if (!len || !addr || prot & ~PROT_ALL)
		return -E_INVAL;
	prot = complete(prot);
	lock_take(&s->lock);
	old = protection(s, addr, addr + len);
	err = region_protect(&s->regions, addr, addr + len, prot);
	if (!err)
		pages_protect(&s->mmu, addr, addr + len, old, prot);
	lock_drop(&s->lock);
	return err;
}

/* ---- listing --------------------------------------------------------- */

static void describe(struct space *s, const struct region *r,
		     struct region_info *to)
{
	*to = (struct region_info){
		.start = r->start,
		.end = r->end,
		.prot = r->prot,
		.flags = r->flags,
		.offset = r->object ? r->offset : 0,
		.resident = pages_resident(&s->mmu, r->start, r->end),
	};
	if (r->object)
		strncpy(to->name, r->object->name, sizeof(to->name) - 1);
}

int space_list(struct space *s, va_t from, struct region_info *to, unsigned max)
{
	unsigned n = 0;

	lock_take(&s->lock);
	for (struct region *r = region_next(&s->regions, from); r && n < max;
	     r = region_after(r))
		describe(s, r, &to[n++]);
	lock_drop(&s->lock);
	return (int)n;
}

uint64_t space_resident(struct space *s)
{
	uint64_t n = 0;

	lock_take(&s->lock);
	for (struct region *r = region_first(&s->regions); r;
	     r = region_after(r))
		n += pages_resident(&s->mmu, r->start, r->end);
	lock_drop(&s->lock);
	return n;
}

uint64_t space_tables(struct space *s)
{
	uint64_t n;

	lock_take(&s->lock);
	n = mmu_tables(&s->mmu);
	lock_drop(&s->lock);
	return n;
}

void space_trim(void)
{
	slab_trim(&spaces);
	slab_trim(&region_cache);
}
