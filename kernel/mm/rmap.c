/* SPDX-License-Identifier: BSD-2-Clause */
/* rmap.c - from an object's page to its leaves: see rmap.h. */
#include "mm/rmap.h"
#include "abi/error.h"
#include "mm/ahead.h"
#include "mm/frame.h"
#include "mm/space.h"

/* True if the leaf lost something. */
static bool limit_leaf(pte_t *slot, struct frame *f, bool keep)
{
	pte_t old = pte_load(slot), p;
	pa_t pa = frame_pa(f);

	do {
		if (!pte_has_frame(old) || pte_pa(old) != pa)
			return false;
		p = keep ? pte_with_prot(old, pte_prot(old) & ~MMU_W) : 0;
	} while (p != old && !pte_update(slot, &old, p));
	if (!keep)
		ahead_leaf_goes_locked(f, old);
	return p != old;
}

/* The region's part of the pages; its space is locked. */
static void limit_region(struct object *o, struct space *s,
			 const struct region *r, uint64_t first, uint64_t end,
			 bool keep)
{
	uint64_t low = r->offset >> PAGE_SHIFT;
	uint64_t high = low + ((r->end - r->start) >> PAGE_SHIFT);
	struct mmu_flush flush;
	uint64_t *place;

	if (first < low)
		first = low;
	if (end > high)
		end = high;
	flush_begin(&flush, &s->mmu);
	for (; (place = radix_next(&o->radix, &first, end)); first++) {
		va_t va = r->start + ((first - low) << PAGE_SHIFT);
		pte_t *slot = s->in_common ? mmu_leaf_slot_any(&s->mmu, va)
					   : mmu_leaf_slot(&s->mmu, va);
		struct frame *f = (struct frame *)*place;

		/* In common: another may have changed it, not flushed here. */
		if (slot && (limit_leaf(slot, f, keep) || s->in_common))
			flush_add(&flush, va, PAGE_SIZE);
	}
	flush_run(&flush);
}

int rmap_limit_locked(struct object *o, uint64_t first, uint64_t count,
		      bool keep)
{
	list_for_each (e, &o->regions) {
		struct region *r = container_of(e, struct region, in_object);
		struct space *s = container_of(r->set, struct space, regions);

		if (keep && !(r->flags & MAP_SHARED))
			continue; /* it has no W to lose */
		if (!lock_try(&s->lock))
			return -E_AGAIN;
		limit_region(o, s, r, first, first + count, keep);
		lock_drop(&s->lock);
	}
	return 0;
}

/* Clears A; true if it was set. No fence: an A that is late only delays ageing. */
static bool leaf_was_used(pte_t *slot, pa_t pa)
{
	pte_t p = pte_load(slot);

	if (!pte_is_leaf(p) || pte_pa(p) != pa || !pte_accessed(p))
		return false;
	while (pte_is_leaf(p) && !pte_update(slot, &p, p & ~PTE_A))
		;
	return true;
}

int rmap_used_locked(struct object *o, uint64_t index)
{
	pa_t pa = frame_pa(object_frame_locked(o, index));
	bool used = false;

	list_for_each (e, &o->regions) {
		struct region *r = container_of(e, struct region, in_object);
		struct space *s = container_of(r->set, struct space, regions);
		va_t va = r->start + (index << PAGE_SHIFT) - r->offset;
		pte_t *slot;

		if (index < r->offset >> PAGE_SHIFT || va >= r->end)
			continue;
		if (!lock_try(&s->lock))
			return -E_AGAIN;
		slot = mmu_leaf_slot_any(&s->mmu, va);
		used |= s->pinned || (r->flags & MAP_PINNED) ||
			(slot && leaf_was_used(slot, pa));
		lock_drop(&s->lock);
	}
	return used;
}
