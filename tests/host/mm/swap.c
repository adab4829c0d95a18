/* SPDX-License-Identifier: BSD-2-Clause */
/* swap.c - what lies in swap, looked at without touching it: see swap.h. */
#include "tests/host/mm/swap.h"
#include "abi/error.h"
#include "mm/ending.h"
#include "mm/paged.h"
#include "mm/private.h"
#include "tests/test.h"
#include <string.h>

struct m_object *swap_areas[SWAP_AREAS];

struct m_object *swap_area_named(uint64_t entry, unsigned *slot)
{
	struct m_object *o = swap_areas[swap_area_of(entry)];

	*slot = (unsigned)(entry & ((1ul << SWAP_AREA_SHIFT) - 1));
	CHECK(o && *slot > 0 && *slot < o->pages);
	return o;
}

bool swap_is_on(const struct m_object *o)
{
	for (unsigned i = 0; i < SWAP_AREAS; i++)
		if (swap_areas[i] == o)
			return true;
	return false;
}

static void read_words(const struct frame *f, struct words *words)
{
	const uint8_t *page = frame_va(f);

	for (unsigned w = 0; w < 2; w++)
		memcpy(&words->word[w], page + WORD_OFFSET(w), 8);
}

/* It need not be brought. */
static bool is_here(const struct frame *f)
{
	return f && f->flags & (PAGE_HERE | PAGE_DIRTY | PAGE_WRITING);
}

bool swap_words(uint64_t entry, struct words *words)
{
	unsigned slot;
	const struct m_object *o = swap_area_named(entry, &slot);
	const struct frame *f = object_frame_locked(o->real, slot);

	if (o->revoked || (!is_here(f) && !o->pager))
		return false;
	if (is_here(f))
		read_words(f, words);
	else
		*words = o->stored[slot];
	return true;
}

bool swap_may_say(uint64_t entry, int said)
{
	unsigned slot;
	const struct m_object *o = swap_area_named(entry, &slot);
	const struct frame *f = object_frame_locked(o->real, slot);

	if (said == -E_WAIT)
		return !o->revoked && (o->pager || ending_anywhere());
	return said == -E_IO && (o->revoked || (!o->pager && !is_here(f)));
}

static pte_t entry_of(const struct m_space *s, unsigned i)
{
	pte_t *slot = mmu_leaf_slot_any(&s->real->mmu, page_va(i));

	return slot ? pte_load(slot) : 0;
}

void swap_lost(const struct m_object *o)
{
	struct words words;

	for (unsigned n = 0; n < SPACES * PAGES; n++) {
		struct m_space *s = &spaces[n / PAGES];
		pte_t p = s->real ? entry_of(s, n % PAGES) : 0;

		if (entry_is_swapped(p) &&
		    swap_areas[swap_area_of(pte_soft_word(p))] == o &&
		    !swap_words(pte_soft_word(p), &words))
			s->page[n % PAGES].lost = true;
	}
}

/* ---- what is named ------------------------------------------------------------ */

static bool named[SWAP_AREAS][OBJECT_PAGES];

static void name(uint64_t entry)
{
	unsigned slot;

	swap_area_named(entry, &slot);
	named[swap_area_of(entry)][slot] = true;
}

static void name_all(const struct m_space *s)
{
	for (unsigned i = 0; i < PAGES; i++) {
		pte_t p = entry_of(s, i);
		const struct frame *f =
			pte_has_frame(p) ? private_frame(p) : NULL;

		model_at(s, i);
		if (entry_is_swapped(p))
			name(pte_soft_word(p));
		if (f && f->flags & FRAME_SWAPPED)
			name(f->index);
	}
}

/* Gives how many slots are named. */
static uint64_t check_area(const struct m_object *o, const bool *is_named)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < o->pages; i++) {
		const struct frame *f = object_frame_locked(o->real, i);

		model_at_object(o, i);
		n += is_named[i];
		CHECK(!f || is_named[i] || f->flags & PAGE_BUSY);
	}
	return n;
}

void swap_check(void)
{
	uint64_t slots, unused, n = 0;

	memset(named, 0, sizeof(named));
	for (unsigned i = 0; i < SPACES; i++)
		if (spaces[i].real)
			name_all(&spaces[i]);
	for (unsigned i = 0; i < SWAP_AREAS; i++)
		if (swap_areas[i])
			n += check_area(swap_areas[i], named[i]);
	swap_figures(&slots, &unused);
	CHECK_EQ(slots - unused, n);
	model_at_nothing();
}

void swap_end_all(void)
{
	for (unsigned i = 0; i < SWAP_AREAS; i++) {
		struct m_object *o = swap_areas[i];
		uint64_t n = 0;
		va_t va = 0;

		if (!o)
			continue;
		while (swap_remove_step(o->real, &n, &va) == -E_STEP)
			;
		CHECK_EQ(swap_remove_step(o->real, &n, &va), -E_INVAL);
		swap_areas[i] = NULL;
	}
}
