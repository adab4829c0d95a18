/* SPDX-License-Identifier: BSD-2-Clause */
/* window.c - what a pager sees of its requests: see window.h. */
#include "mm/window.h"
#include "abi/error.h"
#include "lib/assert.h"
#include "mm/frame.h"
#include "mm/pager.h"
#include "mm/space.h"
#include "mm/span.h"

static va_t slot_va(const struct pager *p, uint64_t slot)
{
	return p->window_va + ((va_t)slot << PAGE_SHIFT);
}

/* The window's leaf tables exist from the start: opening allocates nothing. */
static int make_tables(struct pager *p)
{
	struct space *s = p->space;
	pte_t *leaf;
	int err;

	lock_take(&s->lock);
	err = span_own_locked(s, p->window_va, slot_va(p, p->slots));
	if (!err)
		err = span_slot_locked(s, p->window_va, &leaf);
	if (!err)
		err = span_slot_locked(s, slot_va(p, p->slots - 1), &leaf);
	lock_drop(&s->lock);
	return err;
}

COLD int window_create(struct pager *p)
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

/*
 * The window's own region is still where the slot's page belongs, or NULL. Only
 * this space shows the window, so its lock guards the window's list of regions,
 * too; and nobody but window_create() maps it, so that each page lies where it
 * did then, or nowhere.
 */
static inline const struct region *region_of(const struct pager *p, va_t va)
{
	const struct list *e = p->window->regions.next;
	const struct region *r;

	if (e == &p->window->regions)
		return NULL;
	r = container_of(e, struct region, in_object);
	return region_holds(r, va) ? r : NULL;
}

static unsigned slot_prot(const struct pager_slot *s)
{
	return s->kind == PAGER_PAGEIN ? MMU_RW : MMU_R;
}

/* Shows the slot's page in its leaf: with its region the window has its tables. */
static inline __attribute__((always_inline)) void
open_leaf(struct pager *p, uint64_t slot, va_t va, pte_t *leaf)
{
	const struct pager_slot *s = &p->slot[slot];
	const struct region *r = region_of(p, va);

	if (r && !pte_load(leaf) && (r->prot & PROT_R)) {
		unsigned prot = r->prot & slot_prot(s);
		pte_t shown =
			pte_touch(pte_leaf(frame_pa(s->frame), prot | MMU_U),
				  prot & MMU_W);

		p->shown[slot] = shown;
		pte_publish(leaf, shown);
	}
}

static __attribute__((noinline, cold)) void open_far(struct pager *p,
						     uint64_t slot)
{
	va_t va = slot_va(p, slot);

	open_leaf(p, slot, va, mmu_leaf_slot_far(&p->space->mmu, va));
	lock_drop(&p->space->lock);
}

/* A leaf, if its space has found the window's leaf table last. */
void window_open_locked(struct pager *p, uint64_t slot)
{
	struct space *s = p->space;
	va_t va = slot_va(p, slot);

	if (!lock_try(&s->lock))
		return;
	if (!mmu_leaf_is_near(&s->mmu, va)) {
		open_far(p, slot);
		return;
	}
	open_leaf(p, slot, va, mmu_leaf_slot_near(&s->mmu, va));
	lock_drop(&s->lock);
}

/*
 * The pager has given itself other rights, or brought the page by a fault, or
 * there is no such page any more. Lets the space's lock go.
 */
static __attribute__((noinline, cold)) void
close_slowly(struct space *s, va_t va, const struct frame *f)
{
	pte_t *leaf = mmu_leaf_slot(&s->mmu, va);
	pte_t old = leaf ? pte_load(leaf) : 0;

	if (pte_has_frame(old) && pte_pa(old) == frame_pa(f)) {
		pte_swap(leaf, 0);
		mmu_forget_page(&s->mmu, va);
	}
	lock_drop(&s->lock);
}

void window_close(struct pager *p, uint64_t slot, const struct frame *f)
{
	struct space *s = p->space;
	va_t va = slot_va(p, slot);
	pte_t *leaf = NULL, shown;

	lock_take(&s->lock);
	shown = p->shown[slot];
	p->shown[slot] = 0; /* the frame may become anybody's */
	if (mmu_leaf_is_near(&s->mmu, va))
		leaf = mmu_leaf_slot_near(&s->mmu, va);
	if (!leaf || pte_load(leaf) != shown) {
		close_slowly(s, va, f);
		return;
	}
	pte_swap(leaf, 0);
	mmu_forget_page(&s->mmu, va);
	lock_drop(&s->lock);
}

COLD int window_show_locked(struct object *o, uint64_t index, unsigned access,
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
	return (access & PROT_W) && !v->writable ? -E_ACCES : 0;
}
