/* SPDX-License-Identifier: BSD-2-Clause */
/* window.c - what a pager sees of its requests: see window.h. */
#include "mm/window.h"
#include "abi/error.h"
#include "lib/assert.h"
#include "mm/frame.h"
#include "mm/pager.h"
#include "mm/space.h"

static va_t slot_va(const struct pager *p, unsigned slot)
{
	return p->window_va + ((va_t)slot << PAGE_SHIFT);
}

/* The window's leaf tables exist from the start: opening allocates nothing. */
static int make_tables(struct pager *p)
{
	struct space *s = p->space;
	pte_t *first, *last;
	int err;

	lock_take(&s->lock);
	err = mmu_make_slot(&s->mmu, p->window_va, 0, &first);
	if (!err)
		err = mmu_make_slot(&s->mmu, slot_va(p, p->slots - 1), 0,
				    &last);
	if (!err && last - first == p->slots - 1)
		p->leaves = first;
	lock_drop(&s->lock);
	return err;
}

int window_create(struct pager *p)
{
	int err;

	p->window = object_alloc(OBJECT_WINDOW, "window", p->slots);
	if (!p->window)
		return -E_NOMEM;
	p->window->pager = p;
	err = space_map_object(
		p->space, &p->window_va, (uint64_t)p->slots << PAGE_SHIFT,
		PROT_R | PROT_W, PROT_R | PROT_W, MAP_SHARED, p->window, 0);
	if (err) {
		p->window_va = 0;
		return err;
	}
	return make_tables(p);
}

void window_destroy(struct pager *p)
{
	if (!p->window)
		return;
	lock_take(&p->window->lock);
	p->window->pager = NULL;
	lock_drop(&p->window->lock);
}

/* The window's own region is still where the slot's page belongs. */
static const struct region *region_of(const struct pager *p, va_t va,
				      unsigned slot)
{
	const struct list *e = p->window->regions.next;
	const struct region *r;

	if (e == &p->window->regions)
		return NULL;
	r = container_of(e, struct region, in_object);
	if (!region_holds(r, va) ||
	    r->offset + (va - r->start) != (uint64_t)slot << PAGE_SHIFT)
		return NULL;
	return r;
}

/* With its region a window has its tables. */
static inline pte_t *leaf_of(const struct pager *p, va_t va, unsigned slot)
{
	return p->leaves ? p->leaves + slot : mmu_leaf_slot(&p->space->mmu, va);
}

static unsigned slot_prot(const struct pager_slot *s)
{
	return s->kind == PAGER_PAGEIN ? MMU_RW : MMU_R;
}

/*
 * Only this space shows the window, so its lock guards the window's list of
 * regions, too.
 */
void window_open_locked(struct pager *p, unsigned slot)
{
	const struct pager_slot *s = &p->slot[slot];
	va_t va = slot_va(p, slot);
	const struct region *r;
	pte_t *leaf;

	if (!lock_try(&p->space->lock))
		return;
	r = region_of(p, va, slot);
	leaf = r ? leaf_of(p, va, slot) : NULL;
	if (leaf && !pte_load(leaf) && (r->prot & PROT_R)) {
		unsigned prot = r->prot & slot_prot(s);

		pte_publish(leaf, pte_touch(pte_leaf(frame_pa(s->frame),
						     prot | MMU_U),
					    prot & MMU_W));
	}
	lock_drop(&p->space->lock);
}

void window_close(struct pager *p, unsigned slot, const struct frame *f)
{
	struct space *s = p->space;
	va_t va = slot_va(p, slot);
	pte_t *leaf, old;

	lock_take(&s->lock);
	leaf = region_of(p, va, slot) ? leaf_of(p, va, slot)
				      : mmu_leaf_slot(&s->mmu, va);
	old = leaf ? pte_load(leaf) : 0;
	if (pte_has_frame(old) && pte_pa(old) == frame_pa(f)) {
		pte_swap(leaf, 0);
		mmu_forget_page(&s->mmu, va);
	}
	lock_drop(&s->lock);
}

int window_show_locked(struct object *o, uint64_t index, unsigned access,
		       struct object_view *v)
{
	struct pager *p = o->pager;
	struct pager_slot s = {0};

	if (p && index < p->slots) {
		lock_take(&p->lock);
		s = p->slot[index];
		lock_drop(&p->lock);
	}
	if (!s.frame || s.kind == PAGER_DIRTY)
		return -E_FAULT;
	*v = (struct object_view){frame_pa(s.frame), slot_prot(&s) & MMU_W};
	return access == PROT_W && !v->writable ? -E_ACCES : 0;
}
