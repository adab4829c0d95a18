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

/* Pages zeroed in a step; one that is copied counts as so many. */
#define STEP_PAGES 30u
#define COPY_COSTS 3u
#define COPIES	   (STEP_PAGES / COPY_COSTS)

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
		__atomic_fetch_sub(&rest, 1, __ATOMIC_RELAXED);
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

	if (span < r->start || span + SPAN > r->end)
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

#define NEXT_FRAME (1ul << PTE_PPN_SHIFT) /* added to a leaf */

/* All of it was written, as far as anybody can know. */
static pte_t leaf_of(const struct region *r, const struct frame *f)
{
	return pte_touch(pte_leaf(frame_pa(f), r->prot | MMU_U), true);
}

/* A page of the folio is there. A leaf with A and D is the same in memory. */
static inline void put(struct frame *f, pte_t *slot, pte_t leaf)
{
	f->head = FRAME_HEAD(FRAME_USED, 1);
	f->owner = (uint64_t)slot;
	store_relaxed(slot, leaf);
}

/* Those of the next `n` that are not there, up to one that is. */
static COLD unsigned fill_empty(struct space *s, const struct region *r,
				pte_t *slot, unsigned n)
{
	struct frame *f = s->coming.first + s->coming.next;
	pte_t leaf = leaf_of(r, f), *end = slot;

	while (end < slot + n && pte_is_empty(end))
		end++;
	n = (unsigned)(end - slot);
	pages_zero(frame_va(f), n);
	__atomic_thread_fence(__ATOMIC_RELEASE); /* before any leaf */
	for (; slot < end; f++, slot++, leaf += NEXT_FRAME)
		put(f, slot, leaf);
	s->counts.zeroed += n;
	return n;
}

/* What of the entry is to be kept. False: it must stay where it is. */
static bool is_movable(pte_t p, struct frame **from)
{
	*from = NULL;
	if (pte_valid(p) && pte_pa(p) == zero_page)
		return true;
	if (!pte_valid(p) || !is_sole_owner(p))
		return false;
	*from = private_frame(p);
	return true;
}

/* The pages that are there leave their frames, up to one that is not. */
static COLD unsigned fill_used(struct space *s, const struct region *r,
			       pte_t *slot, unsigned n)
{
	struct frame *f = s->coming.first + s->coming.next, *from[COPIES];
	va_t va = s->coming.span + s->coming.next * PAGE_SIZE;
	struct mmu_flush flush;
	unsigned taken = 0;

	for (; taken < n && !pte_is_empty(&slot[taken]); taken++) {
		if (!is_movable(pte_load(&slot[taken]), &from[taken]))
			break;
		pte_swap(&slot[taken], 0);
	}
	flush_begin(&flush, &s->mmu);
	if (taken > 0)
		flush_add(&flush, va, taken * PAGE_SIZE);
	flush_run(&flush);
	for (unsigned i = 0; i < taken; i++, f++) {
		page_copy(frame_va(f),
			  from[i] ? frame_va(from[i]) : zero_page_bytes);
		put(f, &slot[i], leaf_of(r, f));
		if (from[i])
			frame_put(from[i]);
	}
	if (r->prot & PROT_X)
		mmu_sync_code(&s->mmu);
	return taken;
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* A step. False: a page must stay as it is. */
static COLD bool fill(struct space *s, const struct region *r, pte_t *e)
{
	struct huge_folio *h = &s->coming;
	unsigned left = STEP_PAGES;

	while (left > 0 && h->left) {
		unsigned most = least(h->left, HUGE_PAGES - h->next);
		pte_t *slot = &e[h->next];
		unsigned n = fill_empty(s, r, slot, least(left, most));

		left -= n;
		if (!n && left < COPY_COSTS)
			return true;
		if (!n) {
			n = fill_used(s, r, slot,
				      least(left / COPY_COSTS, most));
			left -= n * COPY_COSTS;
		}
		if (!n)
			return false;
		h->next = (uint16_t)((h->next + n) % HUGE_PAGES);
		h->left -= (uint16_t)n;
	}
	return true;
}

/* ---- one leaf ------------------------------------------------------------------- */

/*
 * Every entry is as it was filled, though the clock may have taken A. One with W is
 * of a frame that nobody else has.
 */
static bool is_whole(const pte_t *e, pte_t leaf)
{
	pte_t differ = 0;

	for (const pte_t *end = e + HUGE_PAGES; e < end; e++) {
		differ |= (pte_load_table(e) | PTE_A) ^ leaf;
		leaf += NEXT_FRAME;
	}
	return !differ;
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

	if (!is_whole(e, leaf))
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
