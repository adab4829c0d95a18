/* SPDX-License-Identifier: BSD-2-Clause */
/* compare.c - see compare.h. */
#include "tests/host/mm/compare.h"
#include "mm/ending.h"
#include "mm/mm.h"
#include "mm/paged.h"
#include "mm/private.h"
#include "tests/host/mm/choice.h"
#include "tests/host/mm/machine.h"
#include "tests/host/mm/model.h"
#include "tests/host/mm/pager.h"
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

static void check_page(struct m_space *s, unsigned i)
{
	const struct region_set *set = &s->real->regions;
	struct m_page *p = &s->page[i];
	const struct words *w;
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
	w = page_words(p);
	if (pte_has_frame(leaf))
		check_words(pte_pa(leaf), w);
	else if (p->own) /* only what was never written is brought anew */
		CHECK(!p->object && !w->word[0] && !w->word[1]);
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

static void check_reachable(unsigned hart, va_t va)
{
	struct in_memory m = {hart_in_memory(hart, va)};

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
	if (!o->real || !o->held || o->revoked)
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
	for (unsigned i = 0; i < OBJECTS; i++)
		if (objects[i].revoked)
			objects[i].pages = 0;
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
}

void compare_all(void)
{
	machine_end_all();
	compare_settle();
	compare_now();
	mm_check();
}
