/* SPDX-License-Identifier: BSD-2-Clause */
/* evict.c - private pages out of their leaves: see evict.h. */
#include "mm/evict.h"
#include "lib/assert.h"
#include "mm/count.h"
#include "mm/kin.h"
#include "mm/private.h"
#include "mm/sharers.h"
#include "mm/space.h"
#include "mm/swap.h"

/* ---- what both ways do ---------------------------------------------------- */

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
	va_t va = sharers_address(table, slot);
	uint64_t entry = 0;

	if (sharers_is_pinned(batch.space, va))
		return 0;
	if (table->flags & FRAME_WHOLE) {
		if (huge_was_used_locked(batch.space, slot, va))
			return 0;
		now = pte_load(slot);
	}
	if (was_used(slot, now))
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

/* None of the leaves has W, for none is the sole owner's; so D stays as it is. */
static int evict_sharers(struct sharers *sh, struct frame *f)
{
	bool dirty = !has_copy(f);
	uint64_t entry;

	if (sh->is_pinned || look_at_all(sh, &dirty))
		return 0;
	entry = slot_for(f);
	if (!entry)
		return 0;
	swap_get(entry, sh->n - 1);
	for (unsigned i = 0; i < sh->n; i++)
		pte_swap(sh->slot[i],
			 entry_of_swap(entry, pte_load(sh->slot[i])));
	sharers_forget(sh);
	__atomic_store_n(&f->refs, 1, __ATOMIC_RELAXED);
	let_go(f, entry, !dirty);
	return COST_EVICT * (int)(sh->n + 1);
}

static int evict_shared(struct frame *f)
{
	struct sharers sh;
	int cost = 0;

	evict_finish();
	if (sharers_lock(&sh, f))
		cost = evict_sharers(&sh, f);
	sharers_drop(&sh);
	return cost;
}

/* ---- which way ---------------------------------------------------------------- */

int evict_private(struct frame *f)
{
	pte_t *slot = (pte_t *)__atomic_load_n(&f->owner, __ATOMIC_RELAXED);
	struct frame *table = sharers_table(slot);
	struct space *s = table ? kin_space(table) : NULL;

	if (!table || !__atomic_load_n(&f->refs, __ATOMIC_RELAXED))
		return 0;
	if (!s || f->refs != 1)
		return evict_shared(f);
	if (!begin(s))
		return 0;
	if (kin_space(table) != s || f->refs != 1 ||
	    f->owner != (uint64_t)slot || !sharers_names(slot, f))
		return 0;
	return evict_alone(f, table, slot);
}
