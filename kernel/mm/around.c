/* SPDX-License-Identifier: BSD-2-Clause */
/* around.c - what is shown together with a page that faulted: see around.h. */
#include "mm/around.h"
#include "mm/ahead.h"
#include "mm/object.h"
#include "mm/paged.h"

bool around_by_hand;

COLD void around_met_old(void)
{
	store_relaxed(&around_by_hand, true);
}

/* A leaf that nobody has used yet; `write`: it has W. */
static inline pte_t unused(pte_t p, bool write)
{
	return around_by_hand ? pte_touch(p, write) : pte_without_ad(p);
}

/* The window: pages [first, end) of the object, the first one shown by *slot. */
struct around {
	pte_t *slot;
	uint64_t first, end;
};

static inline struct around around(const struct region *r, pte_t *slot, va_t va)
{
	va_t low = round_down(va, AROUND_PAGES * PAGE_SIZE);
	va_t high = low + AROUND_PAGES * PAGE_SIZE;
	uint64_t pages = __atomic_load_n(&r->object->pages, __ATOMIC_RELAXED);
	struct around w;

	if (low < r->start)
		low = r->start;
	if (high > r->end)
		high = r->end;
	w.slot = slot - ((va - low) >> PAGE_SHIFT);
	w.first = (r->offset + (low - r->start)) >> PAGE_SHIFT;
	w.end = w.first + ((high - low) >> PAGE_SHIFT);
	if (w.end > pages)
		w.end = pages;
	return w;
}

void around_run(const struct region *r, pte_t *slot, va_t va)
{
	struct around w = around(r, slot, round_down(va, PAGE_SIZE));
	pte_t p = pte_load(slot);
	pa_t pa = object_page(r->object, w.first);

	if (w.first < w.end && pa)
		pte_fill_empty(w.slot, w.end - w.first,
			       unused(pte_leaf(pa, pte_prot(p)), false));
}

/* The object is locked: no page becomes HERE, or ceases to be. */
static inline void show_each(const struct region *r, struct around w)
{
	const uint64_t mark = r->object->ahead_mark;
	const unsigned prot = r->prot | MMU_U;
	const bool shared = r->flags & MAP_SHARED;
	const pte_t leaf[] = {unused(pte_leaf(0, prot & ~MMU_W), false),
			      unused(pte_leaf(0, prot), true)};

	for (; w.first < w.end; w.first++, w.slot++) {
		const struct frame *f;

		if (!pte_is_empty(w.slot))
			continue;
		f = object_frame_locked(r->object, w.first);
		if (!f || !page_is_to_be_seen(f) || w.first == mark)
			continue;
		pte_publish(w.slot, leaf[shared && page_is_writable(f)] |
					    pte_leaf(frame_pa(f), 0));
	}
}

void around_paged(struct mmu *m, const struct region *r, pte_t *slot, va_t va)
{
	struct object *o = r->object;

	lock_take(&o->lock);
	if (r->prot & PROT_X)
		mmu_sync_code(m); /* a pager may just have written them */
	show_each(r, around(r, slot, round_down(va, PAGE_SIZE)));
	lock_drop(&o->lock);
}
