/* SPDX-License-Identifier: BSD-2-Clause */
/* evict.c - private pages out of their leaves: see evict.h. */
#include "mm/evict.h"
#include "lib/assert.h"
#include "mm/count.h"
#include "mm/kin.h"
#include "mm/private.h"
#include "mm/region.h"
#include "mm/space.h"
#include "mm/swap.h"

/* ---- what both ways do ---------------------------------------------------- */

static bool names(pte_t p, const struct frame *f)
{
	return pte_has_frame(p) && pte_pa(p) == frame_pa(f);
}

static va_t address_of(const struct frame *table, const pte_t *slot)
{
	return table->index << (PAGE_SHIFT + 9) | (va_t)kin_place(slot)
							  << PAGE_SHIFT;
}

/* Its region is to keep its pages (ADVISE_PIN). The space is locked. */
static bool is_pinned(struct space *s, va_t va)
{
	const struct region *r;

	if (s->pinned || s->object.dead)
		return true;
	r = s->regions.pinned ? region_find(&s->regions, va) : NULL;
	return r && (r->flags & MAP_PINNED);
}

/* The page had its second chance: A is cleared. */
static bool was_used(pte_t *slot, pte_t p)
{
	if (!pte_is_leaf(p) || !pte_accessed(p))
		return false;
	pte_replace(slot, p, p & ~PTE_A); /* else it is in use right now */
	return true;
}

/* A copy that cannot be brought any more is none. The frame is kept from others. */
static bool has_copy(struct frame *f)
{
	if (!(f->flags & FRAME_SWAPPED))
		return false;
	if (swap_is_good(f->index))
		return true;
	swap_forget(f);
	return false;
}

/* A slot for the page, counted once for it: the one that it has; 0: none. */
static uint64_t slot_for(const struct frame *f)
{
	return f->flags & FRAME_SWAPPED ? f->index : swap_take();
}

/*
 * No leaf names the frame, no hart reaches it, and it has one reference. What it
 * remembers is in the entries now, or forgotten.
 */
static void let_go(struct frame *f, uint64_t entry, bool written)
{
	bool remembers = f->flags & FRAME_SWAPPED;

	if (remembers && f->index != entry)
		swap_put(f->index);
	f->flags = 0;
	count(&mm_counts.stolen, 1);
	if (written)
		frame_put(f);
	else
		swap_out(f, entry);
}

/* ---- of one space alone ------------------------------------------------------ */

#define BATCH 32u

static struct batch {
	struct space *space; /* locked; NULL: none */
	struct mmu_flush flush;
	unsigned n;
	struct going {
		struct frame *frame;
		uint64_t entry;
		bool written; /* swap has it as it is */
	} page[BATCH];
} batch;

void evict_finish(void)
{
	struct space *s = batch.space;

	if (!s)
		return;
	flush_run(&batch.flush);
	for (unsigned i = 0; i < batch.n; i++)
		let_go(batch.page[i].frame, batch.page[i].entry,
		       batch.page[i].written);
	batch.space = NULL;
	batch.n = 0;
	lock_drop(&s->lock);
}

/* The batch is of `s`, which is locked. False: it is busy, or ends. */
static bool begin(struct space *s)
{
	if (batch.space == s && batch.n < BATCH)
		return true;
	evict_finish();
	if (!lock_try(&s->lock))
		return false;
	if (s->object.dead || s->pinned) {
		lock_drop(&s->lock);
		return false;
	}
	batch.space = s;
	flush_begin(&batch.flush, &s->mmu);
	return true;
}

/* In the batch's space, whose leaf `slot` is. */
static int evict_alone(struct frame *f, struct frame *table, pte_t *slot)
{
	pte_t now = pte_load(slot), p;
	bool lazy = entry_is_lazy(now); /* then it need not be kept */
	bool dirty = !has_copy(f) || pte_dirty(now);
	va_t va = address_of(table, slot);
	uint64_t entry = 0;

	if (was_used(slot, now) || is_pinned(batch.space, va))
		return 0;
	if (!lazy && !(entry = slot_for(f)))
		return 0;
	p = lazy ? 0 : entry_of_swap(entry, now);
	if (!pte_replace(slot, now, p)) { /* used just now */
		if (entry && (entry != f->index || !(f->flags & FRAME_SWAPPED)))
			swap_put(entry);
		return 0;
	}
	flush_add(&batch.flush, va, PAGE_SIZE);
	batch.page[batch.n++] = (struct going){f, entry, lazy || !dirty};
	return COST_EVICT;
}

/* ---- of several -------------------------------------------------------------- */

#define SHARERS 32u /* a page that more tables name stays */

struct sharers {
	unsigned n;
	bool in_common; /* one of the tables */
	pte_t *slot[SHARERS];
	struct space *space[SHARERS]; /* locked; NULL: a table in common */
};

static void drop_spaces(struct sharers *sh)
{
	while (sh->n > 0)
		if (sh->space[--sh->n])
			lock_drop(&sh->space[sh->n]->lock);
}

/* One table of the ring. False: the page must stay. */
static bool add_sharer(struct sharers *sh, struct frame *f, struct frame *table,
		       unsigned place)
{
	pte_t *slot = (pte_t *)frame_va(table) + place;
	struct space *s = kin_space(table);

	if (!names(pte_load(slot), f))
		return true; /* nor will it: copies are made under this lock */
	if (sh->n == SHARERS || (s && !lock_try(&s->lock)))
		return false;
	if (s && !names(pte_load(slot), f)) { /* not any more */
		lock_drop(&s->lock);
		return true;
	}
	sh->slot[sh->n] = slot;
	sh->space[sh->n++] = s;
	sh->in_common |= !s;
	return !s || !is_pinned(s, address_of(table, slot));
}

/* Every leaf that names it, with its space locked. */
static bool find_sharers(struct sharers *sh, struct frame *f,
			 struct frame *table, unsigned place)
{
	struct frame *t = table;

	do
		if (!add_sharer(sh, f, t, place))
			return false;
	while ((t = kin_next(t)) != table);
	return sh->n == __atomic_load_n(&f->refs, __ATOMIC_RELAXED);
}

/* Whether any has used it; or written it, since swap has it. */
static bool look_at_all(struct sharers *sh, bool *dirty)
{
	bool used = false;

	for (unsigned i = 0; i < sh->n; i++) {
		pte_t p = pte_load(sh->slot[i]);

		used |= was_used(sh->slot[i], p);
		*dirty |= pte_dirty(p);
	}
	return used;
}

static void forget(struct sharers *sh, va_t va)
{
	if (sh->in_common) { /* who links it is not recorded */
		mmu_forget_everywhere();
		return;
	}
	for (unsigned i = 0; i < sh->n; i++)
		mmu_forget_page(&sh->space[i]->mmu, va);
}

/* None of the leaves has W, for none is the sole owner's; so D stays as it is. */
static int evict_sharers(struct sharers *sh, struct frame *f, va_t va)
{
	bool dirty = !has_copy(f);
	uint64_t entry;

	if (look_at_all(sh, &dirty))
		return 0;
	entry = slot_for(f);
	if (!entry)
		return 0;
	swap_get(entry, sh->n - 1);
	for (unsigned i = 0; i < sh->n; i++)
		pte_swap(sh->slot[i],
			 entry_of_swap(entry, pte_load(sh->slot[i])));
	forget(sh, va);
	__atomic_store_n(&f->refs, 1, __ATOMIC_RELAXED);
	let_go(f, entry, !dirty);
	return COST_EVICT * (int)(sh->n + 1);
}

/* A leaf table that is one no more is none of these; its record tells. */
static bool is_table_of(const struct frame *table, uint64_t span)
{
	return table->state == FRAME_TABLE && table->index == span;
}

static int evict_shared(struct frame *f, struct frame *table, pte_t *slot)
{
	uint64_t span = __atomic_load_n(&table->index, __ATOMIC_RELAXED);
	struct sharers sh;
	int cost = 0;

	evict_finish();
	sh.n = 0;
	sh.in_common = false;
	kin_lock(span);
	if (is_table_of(table, span) && f->owner == (uint64_t)slot &&
	    names(pte_load(slot), f) &&
	    find_sharers(&sh, f, table, kin_place(slot)))
		cost = evict_sharers(&sh, f, address_of(table, slot));
	drop_spaces(&sh);
	kin_drop(span);
	return cost;
}

/* ---- which way ---------------------------------------------------------------- */

/* A frame that is not in use any more, or not yet, has an owner of before. */
static struct frame *table_of(pte_t *slot)
{
	struct frame *t = kin_table(slot);

	return t && t->state == FRAME_TABLE ? t : NULL;
}

int evict_private(struct frame *f)
{
	pte_t *slot = (pte_t *)__atomic_load_n(&f->owner, __ATOMIC_RELAXED);
	struct frame *table = table_of(slot);
	struct space *s = table ? kin_space(table) : NULL;

	if (!table || !__atomic_load_n(&f->refs, __ATOMIC_RELAXED))
		return 0;
	if (!s || f->refs != 1)
		return evict_shared(f, table, slot);
	if (!begin(s))
		return 0;
	if (kin_space(table) != s || f->refs != 1 ||
	    f->owner != (uint64_t)slot || !names(pte_load(slot), f))
		return 0;
	return evict_alone(f, table, slot);
}
