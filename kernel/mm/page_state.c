/* SPDX-License-Identifier: BSD-2-Clause */
/* page_state.c - the state of pages: see page_state.h. */
#include "mm/page_state.h"
#include "abi/error.h"
#include "arch/layout.h"
#include "mm/kin.h"
#include "mm/object.h"
#include "mm/paged.h"
#include "mm/private.h"
#include "mm/span.h"
#include <string.h>

#define SPAN MMU_LEVEL_SIZE(1)

/* The leaf table that the entry lies in is in common with other spaces. */
static bool is_in_common(const pte_t *slot)
{
	return frame_of(va_to_pa(slot))->refs > 1;
}

/* It is not walked: a leaf of 2 MiB stands for it. */
static bool is_behind(const pte_t *slot)
{
	return kin_table(slot)->flags & FRAME_WHOLE;
}

/* ---- one entry --------------------------------------------------------- */

/* Of an entry with a frame: private, the zero page, or the object's. */
static uint64_t frame_state(const struct region *r, pte_t p)
{
	struct frame *f = private_frame(p);
	uint64_t refs, dirty;

	if (f) {
		refs = f->refs < PAGE_REFS_MAX ? f->refs : PAGE_REFS_MAX;
		dirty = pte_is_to_be_told(p)	? PAGE_IS_DIRTY
			: f->flags & FRAME_LAZY ? PAGE_IS_FREE
						: 0;
		return PAGE_IS_PRIVATE | dirty | refs << PAGE_REFS_SHIFT |
		       (refs > 1 ? PAGE_IS_SHARED : 0);
	}
	if (pte_pa(p) == zero_page)
		return PAGE_IS_ZERO;
	if (!(r->flags & MAP_SHARED))
		return PAGE_IS_OBJECT;
	f = frame_of(pte_pa(p));
	dirty = f && f->flags & PAGE_DIRTY ? PAGE_IS_DIRTY : 0;
	return PAGE_IS_OBJECT | PAGE_IS_SHARED | dirty;
}

/* `common`: is_in_common(). */
static __attribute__((noinline)) uint64_t
entry_state(const struct region *r, const pte_t *slot, bool common)
{
	pte_t p = pte_load(slot);
	uint64_t state;

	if (!pte_has_frame(p) && entry_is_swapped(p))
		return PAGE_IS_SWAPPED | (entry_was_d(p) ? PAGE_IS_DIRTY : 0);
	if (!pte_has_frame(p))
		return 0;
	state = PAGE_IS_PRESENT | frame_state(r, p);
	if (pte_accessed(p))
		state |= PAGE_IS_ACCESSED;
	if (is_behind(slot))
		state |= PAGE_IS_HUGE;
	if (common)
		return state & PAGE_IS_PRIVATE ? state | PAGE_IS_SHARED : state;
	return pte_prot(p) & MMU_W ? state | PAGE_IS_WRITABLE : state;
}

/* ---- counted ----------------------------------------------------------- */

/*
 * In looks: 12 instructions for a written page of its own; an entry of another
 * kind takes so many.
 */
#define LOOK_CLOSELY 4

#define USUAL_STEP 4 /* entries at once */

/* What a loop wants to have in registers. */
struct records {
	const struct frame *first;
	uint64_t base, count, head, written;
};

/* A leaf that was written, of a private frame that nobody else has. */
static inline __attribute__((always_inline)) bool
is_usual(pte_t p, const struct records *all)
{
	uint64_t n = pte_page(p) - all->base;

	return (p & all->written) == all->written && n < all->count &&
	       all->first[n].head == all->head;
}

/* How many entries from `e` on are usual, or a few less. */
static __attribute__((noinline)) unsigned usual(const pte_t *e,
						const pte_t *end)
{
	struct records all = {frame_records, frame_base >> PAGE_SHIFT,
			      frame_count, FRAME_HEAD(FRAME_USED, 1),
			      PTE_V | PTE_D};
	const pte_t *from = e, *last = end - USUAL_STEP;

	__asm__(""
		: "+r"(all.head),
		  "+r"(all.written)); /* not made anew for each */
	while (e <= last && is_usual(e[0], &all) && is_usual(e[1], &all) &&
	       is_usual(e[2], &all) && is_usual(e[3], &all))
		e += USUAL_STEP;
	return (unsigned)(e - from);
}

static void count(struct region_info *to, uint64_t state, uint64_t n)
{
	if (state & PAGE_IS_PRESENT)
		to->resident += n;
	if (state & PAGE_IS_SHARED)
		to->shared += n;
	else if (state & PAGE_IS_PRIVATE)
		to->own += n;
	if (state & PAGE_IS_SWAPPED)
		to->swapped += n;
	else if (state & PAGE_IS_DIRTY)
		to->dirty += n;
}

/* Entries of one leaf table; gives where it has come to. */
static const pte_t *count_table(const struct region *r, const pte_t *e,
				const pte_t *end, struct region_info *to,
				int *looks)
{
	bool common = is_in_common(e);
	unsigned n;

	while (e<end && * looks> 0) {
		if (!*e) {
			e++;
			--*looks;
			continue;
		}
		n = pte_is_written(*e) ? usual(e, end) : 0;
		if (n > 0)
			count(to,
			      PAGE_IS_PRESENT | PAGE_IS_PRIVATE |
				      PAGE_IS_DIRTY |
				      (common ? PAGE_IS_SHARED : 0),
			      n);
		e += n;
		*looks -= n + LOOK_CLOSELY;
		if (e < end)
			count(to, entry_state(r, e++, common), 1);
	}
	return e;
}

/*
 * The pages of [to->start, to->end), which lies in region `r`; *looks loses what
 * that costs. If it is used up, to->end is where the count has come to.
 */
static void count_pages(struct space *s, const struct region *r,
			struct region_info *to, int *looks)
{
	va_t va = to->start, stop;

	to->resident = to->own = to->shared = to->swapped = to->dirty = 0;
	while (va<to->end && * looks> 0) {
		const pte_t *e = mmu_leaf_slot_any(&s->mmu, va);

		if (!e) {
			va = mmu_next_span(&s->mmu, va);
			--*looks;
			continue;
		}
		stop = round_down(va, SPAN) + SPAN;
		if (stop > to->end)
			stop = to->end;
		va += (va_t)(count_table(r, e, e + (stop - va) / PAGE_SIZE, to,
					 looks) -
			     e)
		      << PAGE_SHIFT;
	}
	if (va < to->end)
		to->end = va;
}

/* ---- listing --------------------------------------------------------- */

/* What may be spent on one list. */
#define LIST_LOOKS 1024

/* What of the region lies at or above `from`, or a part. */
static void describe(struct space *s, const struct region *r, va_t from,
		     struct region_info *to, int *looks)
{
	to->start = r->start > from ? r->start : from;
	to->end = r->end;
	to->prot = r->prot;
	to->offset = r->object ? r->offset + (to->start - r->start) : 0;
	count_pages(s, r, to, looks);
	to->flags = r->flags | (to->end < r->end ? MAP_PART : 0);
	strncpy(to->name, r->object ? r->object->name : "", sizeof(to->name));
}

int space_list(struct space *s, va_t from, struct region_info *to, unsigned max)
{
	struct region *r;
	int looks = LIST_LOOKS;
	unsigned n = 0;

	from = round_down(from, PAGE_SIZE);
	lock_take(&s->lock);
	for (r = region_next(&s->regions, from); r && n < max && looks > 0;
	     r = region_after(r))
		describe(s, r, from, &to[n++], &looks);
	lock_drop(&s->lock);
	return (int)n;
}

/* ---- told -------------------------------------------------------------- */

uint64_t page_state_locked(struct space *s, va_t va)
{
	const struct region *r = region_find(&s->regions, va);
	const pte_t *slot = r ? mmu_leaf_slot_any(&s->mmu, va) : NULL;

	uint64_t state = PAGE_IS_MAPPED;

	if (!r)
		return 0;
	if (r->flags & MAP_PINNED)
		state |= PAGE_IS_PINNED;
	return slot ? state | entry_state(r, slot, is_in_common(slot)) : state;
}

static int read_locked(struct space *s, va_t va, uint64_t *words, unsigned max,
		       bool own)
{
	uint32_t in_common = s->in_common;
	va_t end = round_down(va, SPAN) + SPAN;
	unsigned n = 0;
	int err;

	if (own && in_common) {
		err = span_own_locked(s, va, va + PAGE_SIZE);
		if (err || s->in_common != in_common)
			return err ? err : -E_STEP;
	}
	for (; n < max && va < end; va += PAGE_SIZE)
		words[n++] = page_state_locked(s, va);
	return (int)n;
}

int page_state_read(struct space *s, va_t va, uint64_t *words, unsigned max,
		    bool own)
{
	int n;

	lock_take(&s->lock);
	n = read_locked(s, va, words, max, own);
	lock_drop(&s->lock);
	return n;
}

/* ---- cleaned ----------------------------------------------------------- */

/* In swap; hardware does not change it. */
static bool clean_swapped(pte_t *slot, pte_t p)
{
	if (entry_is_swapped(p))
		pte_store(slot, pte_soft(pte_soft_word(p) & ~SWAP_WRITTEN));
	return false;
}

/* True if a leaf is to be flushed. */
static bool clean_entry(pte_t *slot, bool lazy)
{
	pte_t p = pte_load(slot);
	struct frame *f;

	if (!pte_has_frame(p))
		return !lazy && clean_swapped(slot, p);
	f = private_frame(p);
	if (!f)
		return false;
	p = pte_clean(slot);
	if (pte_dirty(p))
		frame_modified(f);
	if (lazy && f->refs == 1)
		__atomic_fetch_or(&f->head, FRAME_FLAGS(FRAME_LAZY),
				  __ATOMIC_RELAXED);
	return pte_dirty(p);
}

/* Without words: all, and from now on they are worth nothing. */
static void clean_locked(struct space *s, va_t va, const uint64_t *words,
			 unsigned n)
{
	const uint64_t objects = PAGE_IS_OBJECT | PAGE_IS_DIRTY;
	struct mmu_flush flush;

	flush_begin(&flush, &s->mmu);
	for (unsigned i = 0; i < n; i++, va += PAGE_SIZE) {
		pte_t *slot = mmu_leaf_slot_any(&s->mmu, va);

		if ((!words || (words[i] & objects) == PAGE_IS_DIRTY) && slot &&
		    !is_in_common(slot) && !is_behind(slot) &&
		    clean_entry(slot, !words))
			flush_add(&flush, va, PAGE_SIZE);
	}
	flush_run(&flush);
}

void page_state_clean(struct space *s, va_t va, const uint64_t *words,
		      unsigned n)
{
	lock_take(&s->lock);
	clean_locked(s, va, words, n);
	lock_drop(&s->lock);
}

void page_state_free_locked(struct space *s, va_t va, unsigned n)
{
	clean_locked(s, va, NULL, n);
}
