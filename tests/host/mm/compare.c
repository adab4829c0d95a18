/* SPDX-License-Identifier: BSD-2-Clause */
/* compare.c - see compare.h. */
#include "tests/host/mm/compare.h"
#include "mm/ending.h"
#include "mm/kin.h"
#include "mm/mm.h"
#include "mm/paged.h"
#include "mm/private.h"
#include "tests/host/mm/choice.h"
#include "tests/host/mm/machine.h"
#include "tests/host/mm/model.h"
#include "tests/host/mm/pager.h"
#include "tests/host/mm/swap.h"
#include "tests/host/mm/thread.h"
#include "tests/test.h"

static const uint8_t nothing[PAGE_SIZE];

/* The page at `pa` holds these words, and is else 0. */
static void check_words(pa_t pa, const struct words *words)
{
	const uint8_t *page = pa_to_va(pa);

	CHECK(words);
	for (unsigned w = 0; w < 2; w++) {
		uint64_t word;

		memcpy(&word, page + WORD_OFFSET(w), 8);
		CHECK_EQ(word, words->word[w]);
	}
	CHECK(!memcmp(page + 8, nothing, PAGE_SIZE - 16));
}

/* ---- spaces ----------------------------------------------------------------- */

static void check_region(const struct m_page *p, const struct region *r,
			 va_t va)
{
	bool there = r && r->start <= va;

	CHECK_EQ(there, p->mapped);
	if (!there)
		return;
	CHECK_EQ(r->prot, p->prot);
	CHECK_EQ(r->max_prot, p->max_prot);
	CHECK_EQ(r->flags, p->flags | (p->shared ? MAP_SHARED : 0));
	CHECK_EQ(r->object, p->object ? p->object->real : NULL);
	if (p->object)
		CHECK_EQ((r->offset + (va - r->start)) >> PAGE_SHIFT, p->index);
}

static void read_frame(pa_t pa, struct words *words)
{
	for (unsigned w = 0; w < 2; w++)
		memcpy(&words->word[w],
		       (uint8_t *)pa_to_va(pa) + WORD_OFFSET(w), 8);
}

/* What the entry leads to; false: nobody knows. */
static bool entry_words(const struct m_page *p, pte_t leaf, struct words *words)
{
	*words = (struct words){0};
	if (entry_is_swapped(leaf))
		return swap_words(pte_soft_word(leaf), words);
	if (!pte_has_frame(leaf))
		return !p->object;
	if (frame_of(pte_pa(leaf)))
		read_frame(pte_pa(leaf), words);
	return frame_of(pte_pa(leaf)) != NULL;
}

/* Where there is nothing, what was lazy has gone, too. */
static void settle_lazy(struct m_page *p, pte_t leaf)
{
	struct words seen;

	if (p->lazy && !leaf)
		model_forget(p);
	else if (p->lazy && entry_words(p, leaf, &seen))
		model_is_seen(p, &seen);
}

/* Swap has a page that was not written since as it is. */
static void check_copy(pte_t leaf, const struct words *w)
{
	const struct frame *f = private_frame(leaf);
	unsigned slot;
	const struct m_object *o;

	if (!f || !(f->flags & FRAME_SWAPPED))
		return;
	o = swap_area_named(f->index, &slot);
	CHECK(!object_frame_locked(o->real, slot));
	if (f->refs == 1 && !pte_dirty(leaf))
		CHECK(!memcmp(&o->stored[slot], w, sizeof(*w)));
}

static void check_swapped(const struct m_page *p, pte_t leaf)
{
	struct words seen;

	CHECK(p->own);
	if (!swap_words(pte_soft_word(leaf), &seen)) {
		CHECK(p->lost);
		return;
	}
	CHECK_EQ(seen.word[0], p->words.word[0]);
	CHECK_EQ(seen.word[1], p->words.word[1]);
}

/*
 * A private page that is pinned, and there, stays. Of a table in common nobody knows
 * that (kernel/mm/README.md).
 */
static void check_pinned(struct m_page *p, const pte_t *slot, pte_t leaf)
{
	const struct frame *table = slot ? kin_table(slot) : NULL;

	if (!(p->flags & MAP_PINNED) || !p->own)
		p->stays = false;
	else if (p->stays)
		CHECK(pte_has_frame(leaf));
	else if (table && table->refs == 1 && kin_space(table))
		p->stays = pte_has_frame(leaf) && private_frame(leaf);
}

static void check_page(struct m_space *s, unsigned i)
{
	const struct region_set *set = &s->real->regions;
	struct m_page *p = &s->page[i];
	va_t va = page_va(i);
	pte_t *slot, leaf;

	model_at(s, i);
	check_region(p, region_next(set, va), va);
	slot = mmu_leaf_slot_any(&s->real->mmu, va);
	leaf = slot ? pte_load(slot) : 0;
	if (!p->mapped) {
		CHECK_EQ(leaf, 0);
		return;
	}
	settle_lazy(p, leaf);
	check_pinned(p, slot, leaf);
	if (pte_has_frame(leaf)) {
		check_words(pte_pa(leaf), page_words(p));
		check_copy(leaf, page_words(p));
	} else if (leaf) {
		check_swapped(p, leaf);
	} else if (p->own) /* only what was never written is brought anew */
		CHECK(!p->object && !p->words.word[0] && !p->words.word[1]);
}

/* ---- TLBs -------------------------------------------------------------------- */

struct in_memory {
	pte_t leaf;
};

static void check_kept(void *ctx, va_t va, pte_t kept)
{
	const struct in_memory *m = ctx;
	pte_t more = kept & ~m->leaf & (PTE_RWX | PTE_U | PTE_G);

	(void)va;
	CHECK_EQ(pte_pa(kept), pte_pa(m->leaf));
	CHECK_EQ(more, 0);
}

/* Under ad=soft a leaf whose A was cleared looks invalid, and may still be kept. */
static void check_reachable(unsigned hart, va_t va)
{
	struct in_memory m = {hart_in_memory(hart, va)};
	struct space *s = machine_space(hart);
	pte_t *slot =
		pte_soft_ad && !m.leaf ? mmu_leaf_slot(&s->mmu, va) : NULL;

	if (slot && pte_is_leaf(pte_load(slot)))
		m.leaf = pte_load(slot);
	hart_reachable(hart, va, check_kept, &m);
}

static void check_hart(unsigned hart)
{
	struct m_space *s = space_of_real(machine_space(hart));

	for (unsigned i = 0; s && i < PAGES; i++) {
		model_at(s, i);
		check_reachable(hart, page_va(i));
	}
}

/* ---- objects ----------------------------------------------------------------- */

static void check_object_page(struct m_object *o, unsigned index)
{
	const struct frame *f = object_frame_locked(o->real, index);
	const struct words *w = &o->page[index];

	if (f && o->type == OBJECT_PAGED && (f->flags & PAGE_CUT))
		return; /* shown to nobody any more */
	if (f && (o->type == OBJECT_ANONYMOUS || (f->flags & PAGE_HERE)))
		check_words(frame_pa(f), w);
	else if (!f && o->type == OBJECT_ANONYMOUS)
		CHECK(!w->word[0] && !w->word[1]);
	else if (!f && o->type == OBJECT_PAGED && o->pager)
		CHECK(!memcmp(w, &o->stored[index], sizeof(*w)));
}

/* Of one that has neither handle nor region the model does not know the end. */
static void check_object(struct m_object *o)
{
	if (!o->real || !o->held || o->revoked || o->is_area)
		return;
	for (unsigned i = 0; i < o->pages; i++) {
		model_at_object(o, i);
		check_object_page(o, i);
	}
}

static void check_window(const struct m_pager *p)
{
	const struct pager *real = p->real;

	if (!p->alive || !real->window)
		return;
	for (unsigned i = 0; i < real->slots; i++) {
		va_t va = real->window_va + (va_t)i * PAGE_SIZE;
		pte_t *slot = mmu_slot(&p->space->mmu, va, 0);
		const struct frame *f = real->slot[i].frame;

		if (slot && pte_has_frame(pte_load(slot)))
			CHECK(f && pte_pa(pte_load(slot)) == frame_pa(f));
		for (unsigned h = 0; h < HART_COUNT; h++)
			if (machine_space(h) == p->space)
				check_reachable(h, va);
	}
}

/* ---- all of it --------------------------------------------------------------- */

void compare_settle(void)
{
	if (ending_anywhere())
		return;
	for (unsigned i = 0; i < OBJECTS; i++) {
		if (!objects[i].real || objects[i].is_area)
			continue;
		if (objects[i].revoked) /* its pager may get the last of it */
			objects[i].pages = objects[i].shown = 0;
		else
			model_cut(&objects[i]);
	}
}

void compare_some(void)
{
	unsigned hart = machine_hart(), i = choose(PAGES);
	struct m_space *s = space_of_real(machine_space(hart));

	if (!s)
		return;
	model_at(s, i);
	check_reachable(hart, page_va(i));
	check_page(s, i);
}

void compare_now(void)
{
	for (unsigned s = 0; s < SPACES; s++)
		for (unsigned i = 0; spaces[s].real && i < PAGES; i++)
			check_page(&spaces[s], i);
	for (unsigned h = 0; h < HART_COUNT; h++)
		check_hart(h);
	for (unsigned i = 0; i < OBJECTS; i++)
		check_object(&objects[i]);
	for (unsigned i = 0; i < PAGERS; i++)
		check_window(&pagers[i]);
	model_at_nothing();
	threads_check();
}

void compare_all(void)
{
	machine_end_all();
	compare_settle();
	compare_now();
	swap_check();
	mm_check();
}
