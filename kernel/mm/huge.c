/* SPDX-License-Identifier: BSD-2-Clause */
/* huge.c - building leaves of 2 MiB, and splitting them: see huge.h. */
#include "mm/huge.h"
#include "abi/error.h"
#include "abi/space.h"
#include "arch/layout.h"
#include "arch/page.h"
#include "lib/bits.h"
#include "mm/buddy.h"
#include "mm/compact.h"
#include "mm/count.h"
#include "mm/kin.h"
#include "mm/private.h"
#include "mm/space.h"
#include "mm/span.h"

#define SPAN MMU_LEVEL_SIZE(1)

/* What a step may spend, and what a page costs; in instructions. */
#define STEP	  14000
#define COST_ZERO 580
#define COST_COPY 1200
#define BATCH	  24u

/* Faults for which no folio is looked for, when there was none to be had. */
#define REST 1024u

/* Somebody else's leaf is being filled: so often he comes first. */
#define PATIENCE 64u

unsigned huge_default;

static pte_t *entries(const pte_t *slot)
{
	return (pte_t *)((uintptr_t)slot & ~(uintptr_t)PAGE_MASK);
}

struct frame *huge_table(pte_t leaf)
{
	return kin_table((pte_t *)frame_of(pte_pa(leaf))->owner);
}

/* ---- beginning, and giving up ---------------------------------------------- */

COLD void huge_give_up_locked(struct space *s, va_t start, va_t end)
{
	struct huge_folio *h = &s->coming;
	unsigned to_end = HUGE_PAGES - h->next;
	unsigned n = h->left < to_end ? h->left : to_end;

	if (!h->first || !ranges_overlap(start, end, h->span, h->span + SPAN))
		return;
	if (n)
		buddy_give(h->first + h->next, n);
	if (n < h->left)
		buddy_give(h->first, h->left - n);
	h->first = NULL;
	s->in_common--;
}

static COLD void give_up(struct space *s)
{
	huge_give_up_locked(s, 0, MMU_USER_END);
}

/* A folio, if memory is not short without it; else a step towards the next. */
static COLD struct frame *claim(void)
{
	static uint64_t
		rest; /* wanted in vain, since memory was gone through */
	struct frame *f;

	if (buddy_free() < HUGE_PAGES + 2 * frame_marks.low)
		return NULL;
	f = frame_alloc(HUGE_ORDER, FRAME_USED, 0);
	if (!f && rest)
		count(&rest, -1ul);
	else if (!f && compact_step(HUGE_ORDER) == -E_NOMEM)
		rest = REST;
	for (unsigned i = 0; f && i < HUGE_PAGES; i++)
		f[i].head = FRAME_HEAD(FRAME_CLAIMED, 0);
	return f;
}

/* The page at `va` is to be the last. */
static COLD bool begin(struct space *s, const struct region *r, va_t va)
{
	struct huge_folio *h = &s->coming;
	va_t span = round_down(va, SPAN);

	if (span < r->start || span + SPAN > r->end || s->pinned)
		return false;
	if (h->first && h->refused++ < PATIENCE)
		return false;
	give_up(s);
	*h = (struct huge_folio){
		.first = claim(),
		.span = span,
		.next = (uint16_t)((PTE_INDEX(va, 0) + 1) % HUGE_PAGES),
		.left = HUGE_PAGES,
	};
	s->in_common += h->first != NULL;
	return h->first;
}

/* ---- filling ------------------------------------------------------------------ */

/* Pages of one step, from h->next on. */
struct step {
	unsigned n;
	int left;		   /* of what it may spend */
	struct frame *from[BATCH]; /* what was there; NULL: nothing, or zeros */
};

/* What of the entry is to be kept. False: it must stay where it is. */
static bool is_movable(pte_t p, struct frame **from)
{
	*from = NULL;
	if (!p || (pte_valid(p) && pte_pa(p) == zero_page))
		return true;
	if (!pte_valid(p) || !is_sole_owner(p))
		return false;
	*from = private_frame(p);
	return true;
}

static COLD void take_out(struct space *s, pte_t *e, struct step *step)
{
	const struct huge_folio *h = &s->coming;
	struct mmu_flush flush;

	flush_begin(&flush, &s->mmu);
	for (; step->n < BATCH && step->n < h->left && step->left > 0;
	     step->n++) {
		unsigned i = (h->next + step->n) % HUGE_PAGES;
		struct frame **from = &step->from[step->n];
		pte_t p = pte_load(&e[i]);

		if (!is_movable(p, from))
			break;
		step->left -= *from ? COST_COPY : COST_ZERO;
		if (!p)
			continue;
		pte_swap(&e[i], 0);
		flush_add(&flush, h->span + i * PAGE_SIZE, PAGE_SIZE);
	}
	flush_run(&flush);
}

/* All of it was written, as far as anybody can know. */
static pte_t leaf_of(const struct region *r, const struct frame *f)
{
	return pte_touch(pte_leaf(frame_pa(f), r->prot | MMU_U), true);
}

static void fill_page(const struct region *r, struct frame *f, pte_t *slot,
		      struct frame *from)
{
	if (from) {
		page_copy(frame_va(f), frame_va(from));
		frame_put(from);
	} else {
		page_zero(frame_va(f));
	}
	f->head = FRAME_HEAD(FRAME_USED, 1);
	f->owner = (uint64_t)slot;
	pte_publish(slot, leaf_of(r, f));
}

/* False: a page must stay as it is, and none was filled. */
static COLD bool fill(struct space *s, const struct region *r, pte_t *e)
{
	struct huge_folio *h = &s->coming;
	struct step step;

	step.n = 0;
	step.left = STEP;
	take_out(s, e, &step);
	for (unsigned k = 0; k < step.n; k++) {
		unsigned i = h->next;

		s->counts.zeroed += !step.from[k];
		fill_page(r, h->first + i, &e[i], step.from[k]);
		h->next = (uint16_t)((i + 1) % HUGE_PAGES);
		h->left--;
	}
	if (r->prot & PROT_X)
		mmu_sync_code(&s->mmu);
	return step.n > 0;
}

/* ---- one leaf ------------------------------------------------------------------- */

/* Every entry is as it was filled; the clock may have taken A. */
static bool is_whole(const pte_t *e, const struct frame *f, pte_t leaf)
{
	for (unsigned i = 0; i < HUGE_PAGES; i++) {
		if ((pte_load(&e[i]) | PTE_A) != leaf || f[i].refs != 1)
			return false;
		leaf += 1ul << PTE_PPN_SHIFT;
	}
	return true;
}

/*
 * Pages become a larger one: the pointer goes, and is forgotten, before the leaf
 * comes (RISC-V privileged spec, SFENCE.VMA).
 */
static COLD void join(struct space *s, const struct region *r, pte_t *e)
{
	struct huge_folio *h = &s->coming;
	pte_t *pointer = mmu_span_slot(&s->mmu, h->span);
	pte_t leaf = leaf_of(r, h->first);

	if (!is_whole(e, h->first, leaf))
		return;
	mmu_set_span(&s->mmu, pointer, 0);
	span_forget_pointers(s);
	kin_table(e)->flags |= FRAME_WHOLE;
	mmu_set_span(&s->mmu, pointer, pte_to_memory(leaf));
	s->in_common++;
	s->huge++;
	count(&mm_counts.huge_made, 1);
}

COLD int huge_touch_locked(struct space *s, const struct region *r, va_t va,
			   pte_t *slot)
{
	struct huge_folio *h = &s->coming;

	if (s->small_only)
		return 1;
	if ((!h->first || h->span != round_down(va, SPAN)) && !begin(s, r, va))
		return 1;
	if (!fill(s, r, entries(slot))) {
		give_up(s);
		return 1;
	}
	s->counts.faults--; /* told as one, at the end */
	if (h->left)
		return 0;
	s->counts.faults++;
	join(s, r, entries(slot));
	give_up(s);
	return 0;
}

COLD void huge_ends_locked(struct space *s, struct frame *table)
{
	table->flags &= (uint16_t)~FRAME_WHOLE;
	s->in_common--;
	s->huge--;
	count(&mm_counts.huge_split, 1);
}

COLD void huge_split_locked(struct space *s, pte_t *pointer)
{
	struct frame *table = huge_table(pte_load(pointer));

	huge_ends_locked(s, table);
	mmu_set_span(&s->mmu, pointer, pte_table(frame_pa(table)));
	span_forget_pointers(s);
}

/* No hart walks the entries, nor sets A in them. */
static void age(pte_t *e)
{
	for (unsigned i = 0; i < HUGE_PAGES; i++)
		pte_store(&e[i], pte_load(&e[i]) & ~PTE_A);
}

COLD bool huge_was_used_locked(struct space *s, pte_t *slot, va_t va)
{
	pte_t *pointer = mmu_span_slot(&s->mmu, va), p;

	if (kin_place(slot))
		return true;
	p = pte_load(pointer);
	if (pte_accessed(p)) {
		pte_replace(pointer, p, p & ~PTE_A); /* else it is in use */
		return true;
	}
	age(slot);
	huge_split_locked(s, pointer);
	return false;
}
