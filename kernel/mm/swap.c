/* SPDX-License-Identifier: BSD-2-Clause */
/* swap.c - slots, and what goes in and out of them: see swap.h. */
#include "mm/swap.h"
#include "abi/error.h"
#include "arch/page.h"
#include "lib/assert.h"
#include "lib/bits.h"
#include "mm/count.h"
#include "mm/frame.h"
#include "mm/paged.h"
#include "mm/pager.h"
#include "mm/reclaim.h"

struct swap_area {
	struct object *object; /* referenced; NULL: no area yet */
	uint64_t first, end;   /* slots */
	uint64_t next;	       /* to be looked at for a free one */
	uint64_t free;
	uint16_t *uses; /* of each slot */
	bool closed;	/* nothing is put there any more: swap_remove.c */
	bool found;	/* in this round of it */
};

static struct swap_area areas[SWAP_AREAS];
static struct lock adding = LOCK_INIT(LOCK_SPACES);

/* A count that is full stays so: the slot is lost, the page is not. */
#define USES_MAX UINT16_MAX

static __attribute__((noinline)) struct swap_area *area_of(uint64_t entry)
{
	return &areas[swap_area_of(entry)];
}

static uint64_t slot_of(uint64_t entry)
{
	return entry & (BIT(SWAP_AREA_SHIFT) - 1);
}

static struct object *object_in(const struct swap_area *a)
{
	return __atomic_load_n(&a->object, __ATOMIC_ACQUIRE);
}

/* ---- areas ---------------------------------------------------------------- */

static uint16_t *make_counts(uint64_t n)
{
	uint64_t frames =
		round_up(n * sizeof(uint16_t), PAGE_SIZE) >> PAGE_SHIFT;
	unsigned order = frames <= 1 ? 0 : bit_highest(frames - 1) + 1;
	struct frame *f = NULL;

	if (order < FRAME_ORDERS)
		f = frame_alloc(order, FRAME_SLAB, FRAME_ZERO);
	return f ? frame_va(f) : NULL;
}

/* Pages are handed over to spaces, so no leaf may show them, now or later. */
static bool close_off(struct object *o)
{
	bool may;

	lock_take(&o->lock);
	may = list_empty(&o->regions) && !o->at_work;
	o->is_swap = may;
	lock_drop(&o->lock);
	return may;
}

static int add_locked(struct object *o, uint64_t first)
{
	struct swap_area *a = areas;

	for (; a < areas + SWAP_AREAS && a->object; a++)
		if (a->object == o)
			return -E_BUSY;
	if (a == areas + SWAP_AREAS)
		return -E_BUSY;
	a->uses = make_counts(o->pages);
	if (!a->uses)
		return -E_NOMEM;
	if (!close_off(o)) {
		frame_put(frame_of(va_to_pa(a->uses)));
		return -E_BUSY;
	}
	a->first = a->next = first;
	a->end = o->pages;
	a->free = o->pages - first;
	a->closed = false;
	object_get(o);
	__atomic_store_n(&a->object, o, __ATOMIC_RELEASE);
	reclaim_keep_reserve();
	return 0;
}

int swap_add(struct object *o, uint64_t first)
{
	int err;

	if (o->type != OBJECT_PAGED || !first || first >= o->pages ||
	    o->pages > BIT(SWAP_AREA_SHIFT))
		return -E_INVAL;
	lock_take(&adding);
	err = add_locked(o, first);
	lock_drop(&adding);
	return err;
}

void swap_figures(uint64_t *slots, uint64_t *free)
{
	*slots = *free = 0;
	for (unsigned i = 0; i < SWAP_AREAS; i++)
		if (object_in(&areas[i])) {
			*slots += areas[i].end - areas[i].first;
			*free += areas[i].free;
		}
}

bool swap_has_room(void)
{
	for (unsigned i = 0; i < SWAP_AREAS; i++)
		if (object_in(&areas[i]) && areas[i].free)
			return true;
	return false;
}

/* ---- an area's end (swap_remove.c) ---------------------------------------- */

int swap_close(struct object *o, uint64_t *area)
{
	struct swap_area *a = areas;

	while (a < areas + SWAP_AREAS && object_in(a) != o)
		a++;
	if (a == areas + SWAP_AREAS)
		return -E_INVAL;
	lock_take(&o->lock);
	a->closed = true;
	lock_drop(&o->lock);
	*area = (uint64_t)(a - areas);
	return 0;
}

void swap_reopen(uint64_t area)
{
	areas[area].closed = false;
}

void swap_found(uint64_t area, bool found)
{
	areas[area].found |= found;
}

int swap_end(uint64_t area)
{
	struct swap_area *a = &areas[area];
	struct object *o = a->object;
	bool used, found = a->found;

	a->found = false;
	lock_take(&adding);
	lock_take(&o->lock);
	used = a->free != a->end - a->first;
	if (!used)
		__atomic_store_n(&a->object, NULL, __ATOMIC_RELEASE);
	lock_drop(&o->lock);
	lock_drop(&adding);
	if (used)
		return found ? -E_STEP : -E_BUSY;
	frame_put(frame_of(va_to_pa(a->uses)));
	object_put(o);
	return 0;
}

/* ---- slots ---------------------------------------------------------------- */

/* How many slots are looked at for a free one. */
#define LOOKS 1024u

/* Nobody uses it, nor is its page on its way still. */
static bool is_free_locked(struct swap_area *a, uint64_t slot)
{
	uint64_t *place;

	if (a->uses[slot])
		return false;
	place = radix_make(&a->object->radix, slot);
	return place && !*place;
}

/* A free slot, or 0. */
static uint64_t find_locked(struct swap_area *a)
{
	for (unsigned n = LOOKS; n > 0; n--) {
		uint64_t slot = a->next++;

		if (a->next >= a->end)
			a->next = a->first;
		if (is_free_locked(a, slot))
			return slot;
	}
	return 0;
}

/* It keeps what it is given: nothing of it is to end, and there is a pager. */
static bool is_good_locked(const struct swap_area *a)
{
	return !a->closed && !a->object->kobject.dead &&
	       pager_lives_locked(a->object);
}

bool swap_is_good(uint64_t entry)
{
	struct swap_area *a = area_of(entry);
	bool good;

	lock_take(&a->object->lock);
	good = is_good_locked(a);
	lock_drop(&a->object->lock);
	return good;
}

static uint64_t take_from(struct swap_area *a)
{
	struct object *o = object_in(a);
	uint64_t slot = 0;

	if (!o || !a->free)
		return 0;
	lock_take(&o->lock);
	if (a->object == o && is_good_locked(a))
		slot = find_locked(a);
	if (slot) {
		a->uses[slot] = 1;
		a->free--;
	}
	lock_drop(&o->lock);
	return slot;
}

uint64_t swap_take(void)
{
	for (uint64_t i = 0; i < SWAP_AREAS; i++) {
		uint64_t slot = take_from(&areas[i]);

		if (slot)
			return i << SWAP_AREA_SHIFT | slot;
	}
	return 0;
}

void swap_get(uint64_t entry, unsigned n)
{
	struct swap_area *a = area_of(entry);
	uint16_t *uses = &a->uses[slot_of(entry)];

	lock_take(&a->object->lock);
	*uses = *uses > USES_MAX - n ? USES_MAX : (uint16_t)(*uses + n);
	lock_drop(&a->object->lock);
}

/* One use less; true if it was the last: then the slot is free. */
static bool put_locked(struct swap_area *a, uint64_t slot)
{
	uint16_t *uses = &a->uses[slot];

	assert(*uses > 0);
	if (*uses == USES_MAX)
		return false;
	if (--*uses)
		return false;
	a->free++;
	return true;
}

void swap_put(uint64_t entry)
{
	struct swap_area *a = area_of(entry);
	struct object *o = a->object;
	struct frame *f;

	lock_take(&o->lock);
	if (put_locked(a, slot_of(entry))) {
		f = object_frame_locked(o, slot_of(entry));
		if (f)
			paged_forget_locked(o, f);
	}
	lock_drop(&o->lock);
}

void swap_forget(struct frame *f)
{
	uint64_t before = __atomic_fetch_and(
		&f->head, ~FRAME_FLAGS(FRAME_SWAPPED), __ATOMIC_RELAXED);

	if (before & FRAME_FLAGS(FRAME_SWAPPED)) /* others might, too */
		swap_put(f->index);
}

uint64_t swap_uses(void)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < SWAP_AREAS; i++)
		for (uint64_t s = areas[i].first;
		     areas[i].object && s < areas[i].end; s++)
			n += areas[i].uses[s];
	return n;
}

/* ---- out ------------------------------------------------------------------ */

void swap_out(struct frame *f, uint64_t entry)
{
	struct object *o = area_of(entry)->object;
	uint64_t *place;

	lock_take(&o->lock);
	place = radix_find(&o->radix, slot_of(entry));
	if (o->kobject.dead || !place) { /* revoked: nothing is kept there */
		frame_put(f);
	} else {
		object_add_locked(o, place, f, slot_of(entry),
				  PAGE_HERE | PAGE_DIRTY);
		o->dirty++;
		if (paged_write_back_locked(o, f))
			f->flags |= PAGE_GOING;
		count(&mm_counts.swapped_out, 1);
	}
	lock_drop(&o->lock);
}

/* ---- in ------------------------------------------------------------------- */

/* The only use is the caller's: the frame leaves the object. */
static void hand_over_locked(struct swap_area *a, struct frame *f,
			     uint64_t entry)
{
	struct object *o = a->object;
	bool dirty = f->flags & PAGE_DIRTY; /* it could not be written */

	if (dirty) {
		f->flags &= (uint16_t)~PAGE_DIRTY;
		o->dirty--;
	}
	object_remove_locked(o, f);
	f->owner = 0;
	if (dirty) {
		put_locked(a, slot_of(entry));
	} else {
		f->index = (uint32_t)entry;
		f->flags = FRAME_SWAPPED;
	}
}

static int in_locked(struct swap_area *a, uint64_t entry, struct frame **f)
{
	struct object *o = a->object;
	struct frame *page;
	int err = -E_IO;

	page = o->kobject.dead ? NULL
			       : paged_page_locked(o, slot_of(entry), &err);
	if (!page)
		return err;
	if (a->uses[slot_of(entry)] == 1) {
		hand_over_locked(a, page, entry);
		*f = page;
		return 0;
	}
	*f = frame_alloc(0, FRAME_USED, 0);
	if (!*f)
		return -E_NOMEM;
	page_copy(frame_va(*f), frame_va(page));
	put_locked(a, slot_of(entry));
	return 0;
}

int swap_in(uint64_t entry, struct frame **f)
{
	struct swap_area *a = area_of(entry);
	int err;

	lock_take(&a->object->lock);
	err = in_locked(a, entry, f);
	lock_drop(&a->object->lock);
	if (!err)
		count(&mm_counts.swapped_in, 1);
	return err;
}
