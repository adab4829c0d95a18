/* SPDX-License-Identifier: BSD-2-Clause */
/* sharers.c - every leaf of a private frame: see sharers.h. */
#include "mm/sharers.h"
#include "mm/huge.h"
#include "mm/kin.h"
#include "mm/region.h"
#include "mm/space.h"

struct frame *sharers_table(pte_t *slot)
{
	struct frame *t = kin_table(slot);

	return t && t->state == FRAME_TABLE ? t : NULL;
}

bool sharers_names(pte_t *slot, const struct frame *f)
{
	pte_t p = pte_load(slot);

	return pte_has_frame(p) && pte_pa(p) == frame_pa(f);
}

va_t sharers_address(const struct frame *table, const pte_t *slot)
{
	return table->index << (PAGE_SHIFT + 9) | (va_t)kin_place(slot)
							  << PAGE_SHIFT;
}

bool sharers_is_pinned(struct space *s, va_t va)
{
	const struct region *r;

	if (s->pinned || s->object.dead)
		return true;
	r = s->regions.pinned ? region_find(&s->regions, va) : NULL;
	return r && (r->flags & MAP_PINNED);
}

/* One table of the ring. False: the page must stay. */
static bool add(struct sharers *sh, struct frame *f, struct frame *table,
		unsigned place)
{
	pte_t *slot = (pte_t *)frame_va(table) + place;
	struct space *s = kin_space(table);

	if (!sharers_names(slot, f))
		return true; /* nor will it: copies are made under this lock */
	if (sh->n == SHARERS || (s && !lock_try(&s->lock)))
		return false;
	if (s && !sharers_names(slot, f)) { /* not any more */
		lock_drop(&s->lock);
		return true;
	}
	sh->slot[sh->n] = slot;
	sh->space[sh->n++] = s;
	sh->in_common |= !s;
	sh->is_pinned |= s && sharers_is_pinned(s, sh->va);
	return !(table->flags & FRAME_WHOLE) && !(s && s->object.dead);
}

/* Every leaf that names it, with its space locked. */
static bool find(struct sharers *sh, struct frame *f, struct frame *table,
		 unsigned place)
{
	struct frame *t = table;

	do
		if (!add(sh, f, t, place))
			return false;
	while ((t = kin_next(t)) != table);
	return sh->n == __atomic_load_n(&f->refs, __ATOMIC_RELAXED);
}

bool sharers_lock(struct sharers *sh, struct frame *f)
{
	pte_t *slot = (pte_t *)__atomic_load_n(&f->owner, __ATOMIC_RELAXED);
	struct frame *table = sharers_table(slot);

	sh->n = 0;
	sh->in_common = sh->is_pinned = false;
	sh->span = table ? __atomic_load_n(&table->index, __ATOMIC_RELAXED) : 0;
	kin_lock(sh->span);
	if (!table || table->state != FRAME_TABLE || table->index != sh->span ||
	    f->owner != (uint64_t)slot || !sharers_names(slot, f))
		return false;
	sh->va = sharers_address(table, slot);
	return find(sh, f, table, kin_place(slot));
}

void sharers_drop(struct sharers *sh)
{
	while (sh->n > 0)
		if (sh->space[--sh->n])
			lock_drop(&sh->space[sh->n]->lock);
	kin_drop(sh->span);
}

void sharers_forget(struct sharers *sh)
{
	if (sh->in_common) { /* who links it is not recorded */
		mmu_forget_everywhere();
		return;
	}
	for (unsigned i = 0; i < sh->n; i++)
		mmu_forget_page(&sh->space[i]->mmu, sh->va);
}
