/* SPDX-License-Identifier: BSD-2-Clause */
/* object.c - memory objects: their life, and the pages of the simple kinds. */
#include "mm/object.h"
#include "abi/error.h"
#include "abi/handle.h"
#include "arch/layout.h"
#include "lib/assert.h"
#include "lib/bits.h"
#include "mm/ahead.h"
#include "mm/ending.h"
#include "mm/frame.h"
#include "mm/paged.h"
#include "mm/pager.h"
#include "mm/region.h"
#include "mm/slab.h"
#include "mm/window.h"
#include <string.h>

static struct slab_cache objects =
	SLAB_CACHE_INIT(objects, "object", sizeof(struct object));

/* ---- life ------------------------------------------------------------- */

COLD struct object *object_alloc(enum object_type type, const char *name,
				 uint64_t pages)
{
	struct object *o = slab_alloc(&objects);

	if (!o)
		return NULL;
	kobject_init(&o->kobject, &object_kind);
	lock_init(&o->lock, LOCK_OBJECT);
	o->type = (uint8_t)type;
	o->pages = pages;
	o->shown_from = o->held_from = o->unwritten_from = NO_PAGE;
	list_init(&o->regions);
	list_init(&o->waiting);
	radix_init(&o->radix, object_is_run(o) ? 0 : pages);
	strncpy(o->name, name, OBJECT_NAME - 1);
	return o;
}

/* Frames without a neighbour among them cost twice what a page does. */
#define GIVE_BACK (ENDING_PAGES / 2)

/* Up to GIVE_BACK of its frames go; gives how many. */
static COLD unsigned give_back(struct object *o)
{
	uint64_t *i = &o->given_back, *place;
	uint32_t chain = 0;
	unsigned n = 0;

	for (; n < GIVE_BACK && o->resident; n++, ++*i) {
		struct frame *f;

		place = radix_next(&o->radix, i, o->radix.size);
		if (!place)
			break;
		f = (struct frame *)*place;
		ahead_gone_locked(f);
		o->resident--;
		f->flags = 0;
		f->next = chain;
		chain = (uint32_t)(f - frame_records) + 1;
	}
	frame_put_chain(chain);
	ending_spent(2 * n);
	return n;
}

/* Neither a region nor a request names it, so nobody else is here. */
static COLD bool object_end(struct kobject *k)
{
	struct object *o = object_of(k);

	assert(list_empty(&o->regions));
	k->dead = 1;
	if (o->pager && o->type == OBJECT_PAGED) {
		pager_forget(o->pager, o);
		o->pager = NULL; /* it may end before the next step */
	}
	if (give_back(o) > ENDING_SMALL)
		return false; /* enough for one step, if not for good */
	if (!radix_clear(&o->radix, ENDING_SMALL))
		return false;
	if (o->folio)
		frame_put(o->folio);
	return true;
}

static void object_reclaim(struct kobject *k)
{
	slab_free(&objects, object_of(k));
}

const struct kind object_kind = {
	.number = KIND_OBJECT,
	.name = "object",
	.end = object_end,
	.revoke = object_revoke_all,
	.reclaim = object_reclaim,
};

void object_trim(void)
{
	slab_trim(&objects);
}

/* ---- runs --------------------------------------------------------------- */

/* Zeroed memory of its own for all pages. */
static COLD bool adopt_folio(struct object *o)
{
	unsigned order = o->pages <= 1 ? 0 : bit_highest(o->pages - 1) + 1;

	if (order >= FRAME_ORDERS)
		return false;
	o->folio = frame_alloc(order, FRAME_USED, FRAME_ZERO);
	if (!o->folio)
		return false;
	o->folio->owner = (uint64_t)o;
	o->folio->index = 0;
	store_release(&o->folio->flags, FRAME_OF_OBJECT);
	o->base = frame_pa(o->folio);
	return true;
}

COLD struct object *object_physical(const char *name, pa_t pa, uint64_t bytes)
{
	struct object *o =
		object_alloc(OBJECT_PHYSICAL, name,
			     round_up(bytes, PAGE_SIZE) >> PAGE_SHIFT);

	if (!o)
		return NULL;
	o->base = pa;
	if (is_aligned(pa, PAGE_SIZE))
		return o;
	if (!adopt_folio(o)) {
		object_put(o);
		return NULL;
	}
	memcpy(frame_va(o->folio), pa_to_va(pa), bytes);
	return o;
}

COLD struct object *object_dma(uint64_t pages)
{
	struct object *o = object_alloc(OBJECT_DMA, "dma", pages);

	assert(pages > 0 && pages <= OBJECT_DMA_MAX);
	if (o && !adopt_folio(o)) {
		object_put(o);
		return NULL;
	}
	return o;
}

/* RISC-V physical addresses have 56 bits. */
#define PA_END (1ul << 56)

COLD struct object *object_device(pa_t pa, uint64_t bytes, int *err)
{
	pa_t start = round_down(pa, PAGE_SIZE), end;
	struct object *o;

	*err = -E_INVAL;
	if (!bytes || !range_within(pa, bytes, 0, PA_END))
		return NULL;
	end = round_up(pa + bytes, PAGE_SIZE);
	*err = -E_ACCES;
	if (ranges_overlap(start, end, frame_base,
			   frame_base + (frame_count << PAGE_SHIFT)))
		return NULL;
	*err = -E_NOMEM;
	o = object_alloc(OBJECT_DEVICE, "device", (end - start) >> PAGE_SHIFT);
	if (!o)
		return NULL;
	o->base = start;
	*err = 0;
	return o;
}

/* ---- pages -------------------------------------------------------------- */

void object_add_locked(struct object *o, uint64_t *place, struct frame *f,
		       uint64_t index, unsigned flags)
{
	f->owner = (uint64_t)o;
	f->index = index;
	f->next = f->prev = 0;
	/* Whoever sees the flag sees the owner: reclaim.c. */
	store_release(&f->flags, (uint16_t)(FRAME_OF_OBJECT | flags));
	*place = (uint64_t)f;
	o->resident++;
}

void object_remove_locked(struct object *o, struct frame *f)
{
	uint64_t *place = radix_find(&o->radix, f->index);

	assert(place && *place == (uint64_t)f && !(f->flags & PAGE_DIRTY));
	*place = 0;
	o->resident--;
	f->flags = 0;
}

struct object *object_anonymous(uint64_t pages)
{
	assert(pages <= OBJECT_PAGES_MAX);
	return object_alloc(OBJECT_ANONYMOUS, "shared", pages);
}

static int show_anonymous_locked(struct object *o, uint64_t index,
				 struct object_view *v)
{
	uint64_t *place = radix_make(&o->radix, index);
	struct frame *f;

	if (!place)
		return -E_NOMEM;
	f = (struct frame *)*place;
	if (!f) {
		f = frame_alloc(0, FRAME_USED, FRAME_ZERO);
		if (!f)
			return -E_NOMEM;
		object_add_locked(o, place, f, index, 0);
	}
	*v = (struct object_view){frame_pa(f), true};
	return 0;
}

static __attribute__((noinline)) int show_other(struct object *o,
						uint64_t index, unsigned access,
						struct object_view *v)
{
	int err;

	if (object_is_run(o)) {
		*v = (struct object_view){object_page(o, index), true};
		return v->pa ? 0 : -E_FAULT;
	}
	lock_take(&o->lock);
	if (index >= o->pages)
		err = -E_FAULT;
	else if (o->type == OBJECT_ANONYMOUS)
		err = show_anonymous_locked(o, index, v);
	else
		err = window_show_locked(o, index, access, v);
	lock_drop(&o->lock);
	return err;
}

/* Step 5 of a page fault, where the region has an object. */
int object_show(struct object *o, uint64_t index, unsigned access,
		struct object_view *v)
{
	if (o->type == OBJECT_PAGED)
		return paged_show(o, index, access, v);
	return show_other(o, index, access, v);
}

COLD pa_t object_peek(struct object *o, uint64_t index, bool *writable)
{
	struct object_view v = {0};
	struct frame *f;

	*writable = true;
	if (object_is_run(o))
		return object_page(o, index);
	if (o->type == OBJECT_WINDOW) {
		window_show_locked(o, index, 0, &v);
		*writable = v.writable;
		return v.pa;
	}
	f = object_frame_locked(o, index);
	if (!f)
		return 0;
	if (o->type == OBJECT_PAGED)
		*writable = page_is_writable(f);
	return frame_pa(f);
}

/* ---- regions ------------------------------------------------------------ */

COLD void object_region_comes(struct object *o, struct region *r)
{
	object_get(o);
	lock_take(&o->lock);
	list_push_front(&o->regions, &r->in_object);
	if (r->flags & MAP_SHARED)
		o->shared++;
	lock_drop(&o->lock);
}

/* Of those that could write the last went, and there are dirty pages. */
static bool is_left_dirty(const struct object *o, const struct region *r)
{
	return (r->flags & MAP_SHARED) && !o->shared && o->dirty && o->pager &&
	       !o->kobject.dead;
}

COLD void object_region_goes(struct object *o, struct region *r)
{
	bool begins = false;

	lock_take(&o->lock);
	list_remove(&r->in_object);
	if (r->flags & MAP_SHARED)
		o->shared--;
	if (is_left_dirty(o, r)) {
		begins = !o->at_work;
		o->at_work = true;
		o->unwritten_from = 0;
		if (begins)
			object_get(o);
	}
	lock_drop(&o->lock);
	if (begins)
		object_begin_work(o, false);
	kobject_put_later(&o->kobject);
}
