/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pages.c - walks over the leaf tables of a range. One table holds 512 entries,
 * 2 MiB of addresses; the walk finds it once and runs along it.
 */
#include "mm/pages.h"
#include "lib/assert.h"
#include "mm/ahead.h"
#include "mm/frame_boot.h"
#include "mm/kin.h"
#include "mm/page_kind.h"
#include "mm/private.h"
#include "mm/swap.h"

/* The entries of one leaf table that fall into a range. */
struct run {
	pte_t *slot;
	va_t va;
	unsigned n;
};

/*
 * The next run at or above *va, and moves *va behind it; false at the end.
 * Gigabytes and megabytes without a table are stepped over.
 */
static inline bool next_run(struct mmu *m, va_t *va, va_t end, struct run *r)
{
	while (*va < end) {
		pte_t *slot = mmu_leaf_slot_any(m, *va);
		va_t stop;

		if (!slot) {
			*va = mmu_next_span(m, *va);
			continue;
		}
		stop = round_down(*va, MMU_LEVEL_SIZE(1)) + MMU_LEVEL_SIZE(1);
		if (stop > end)
			stop = end;
		r->slot = slot;
		r->va = *va;
		r->n = (unsigned)((stop - *va) >> PAGE_SHIFT);
		*va = stop;
		return true;
	}
	return false;
}

COLD va_t pages_reach(struct mmu *m, va_t start, va_t end, unsigned *entries)
{
	va_t va = start;
	struct run r;

	while (*entries > 0 && va < end) {
		if (!mmu_leaf_slot_any(m, va)) {
			va = mmu_next_span(m, va);
			--*entries;
			continue;
		}
		if (!next_run(m, &va, end, &r))
			break;
		if (r.n > *entries) {
			va = r.va + ((va_t)*entries << PAGE_SHIFT);
			r.n = *entries;
		}
		*entries -= r.n;
	}
	return va < end ? va : end;
}

/* ---- taking out ------------------------------------------------------ */

void pages_gone_begin(struct pages_gone *g, struct mmu *m)
{
	flush_begin(&g->flush, m);
	g->chain = 0;
	g->commons = 0;
}

static void put_commons(struct pages_gone *g)
{
	while (g->commons > 0)
		frame_put(g->common[--g->commons]);
}

static void chain(struct pages_gone *g, struct frame *f)
{
	f->next = g->chain;
	g->chain = (uint32_t)(f - frame_records) + 1;
}

static void chain_table(struct pages_gone *g, pa_t pa)
{
	struct frame *table = frame_of(pa);

	kin_table_ends(table);
	chain(g, table);
}

/* [lo, hi) has been emptied; there may be no room for the next frame. */
static __attribute__((noinline, cold)) void add_common(struct pages_gone *g,
						       struct frame *f,
						       const pte_t *slot,
						       va_t lo, va_t hi)
{
	if (g->commons == PAGES_COMMON) {
		flush_add(&g->flush, lo, hi - lo);
		pages_gone_flush(g);
		put_commons(g);
	}
	kin_frame_leaves(f, slot);
	g->common[g->commons++] = f;
}

void pages_take_out(struct pages_gone *g, va_t start, va_t end)
{
	bool alone = mmu_is_alone(g->flush.mmu);
	struct run r;
	va_t lo = ~0ul, hi = 0;

	while (next_run(g->flush.mmu, &start, end, &r))
		for (; r.n; r.n--, r.slot++, r.va += PAGE_SIZE) {
			pte_t p = pte_take(r.slot, alone);
			struct frame *f;

			if (!pte_has_frame(p)) {
				if (p)
					swap_put(pte_soft_word(p));
				continue;
			}
			if (lo == ~0ul)
				lo = r.va;
			hi = r.va;
			f = private_frame(p);
			if (f && f->refs == 1)
				chain(g, f);
			else if (f)
				add_common(g, f, r.slot, lo, hi + PAGE_SIZE);
			else
				ahead_leaf_goes(p);
		}
	if (lo != ~0ul)
		flush_add(&g->flush, lo, hi + PAGE_SIZE - lo);
}

COLD void pages_cut_tables(struct pages_gone *g,
			   const struct region_set *regions, va_t start,
			   va_t end)
{
	struct mmu *m = g->flush.mmu;
	uint64_t span = MMU_LEVEL_SIZE(1);
	va_t va = round_down(start, span);

	while (va < end) {
		const struct region *r;

		if (!mmu_leaf_slot_any(m, va)) {
			va = mmu_next_span(m, va);
			continue;
		}
		r = region_next(regions, va);
		if (!r || r->start >= va + span)
			chain_table(g, mmu_cut_table(m, va, &g->flush));
		va += span;
	}
}

/* A step's worth: looks at entries of tables. */
#define CUT_LOOKS 1024u

COLD bool pages_cut_all(struct pages_gone *g, va_t *va)
{
	unsigned looks = CUT_LOOKS;
	pa_t table;

	while ((table = mmu_cut_next(g->flush.mmu, va, &looks, &g->flush)))
		chain_table(g, table);
	return *va >= MMU_USER_END;
}

void pages_gone_flush(struct pages_gone *g)
{
	flush_run(&g->flush);
}

void pages_gone_free(struct pages_gone *g)
{
	frame_put_chain(g->chain);
	g->chain = 0;
	put_commons(g);
}

/* ---- protecting ------------------------------------------------------ */

/*
 * May this leaf have W? A shared page keeps it here and gets it by a fault, which
 * asks the object.
 */
static bool may_write(pte_t p)
{
	return is_sole_owner(p) || (pte_prot(p) & MMU_W);
}

static void protect_entry(pte_t *slot, unsigned prot)
{
	pte_t old = pte_load(slot), p;

	if (!pte_has_frame(old))
		return;
	do {
		p = pte_with_prot(old, prot & ~MMU_W);
		if ((prot & MMU_W) && may_write(old))
			p = pte_with_prot(old, prot);
	} while (p != old && !pte_update(slot, &old, p));
}

static void protect_entries(pte_t *slot, unsigned n, unsigned prot)
{
	for (unsigned i = 0; i < n; i++)
		protect_entry(&slot[i], prot);
}

bool pages_protect_is_quick(const struct mmu *m, unsigned old, unsigned prot)
{
	return prot && !(prot & MMU_W) && old && old != PAGES_MIXED &&
	       !pte_soft_ad && (mmu_is_alone(m) || !(prot & ~old));
}

static __attribute__((noinline)) void
protect_range(struct mmu *m, va_t start, va_t end, unsigned old, unsigned prot)
{
	void (*change)(pte_t *, unsigned, unsigned) = protect_entries;
	struct mmu_flush flush;
	struct run r;

	if (pages_protect_is_quick(m, old, prot))
		change =
			mmu_is_alone(m) ? pte_protect_plain : pte_protect_fewer;
	flush_begin(&flush, m);
	while (next_run(m, &start, end, &r)) {
		change(r.slot, r.n, prot | MMU_U);
		if (old & ~prot)
			flush_add(&flush, r.va, (uint64_t)r.n << PAGE_SHIFT);
	}
	flush_run(&flush);
}

void pages_protect(struct mmu *m, va_t start, va_t end, unsigned old,
		   unsigned prot)
{
	pte_t *slot;

	if (end - start > PAGE_SIZE) {
		protect_range(m, start, end, old, prot);
		return;
	}
	slot = mmu_leaf_slot(m, start); /* one page: what programs do most */
	if (!slot)
		return;
	protect_entry(slot, prot | MMU_U);
	if (old & ~prot)
		mmu_forget_page(m, start);
}

enum page_kind page_kind(pte_t leaf, uint32_t *refs)
{
	struct frame *f = private_frame(leaf);

	*refs = f ? f->refs : 0;
	if (f)
		return PAGE_PRIVATE;
	return pte_pa(leaf) == zero_page ? PAGE_OF_ZEROS : PAGE_OF_OBJECT;
}
