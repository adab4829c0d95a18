/* SPDX-License-Identifier: BSD-2-Clause */
/* page_state_test.c - what a listing, and a query, say of pages. */
#include "mm/frame_boot.h"
#include "mm/page_state.h"
#include "mm/private.h"
#include "mm/space.h"
#include "tests/unit/mm/paging.h"
#include "tests/unit/quiet.h"

static struct space *s;
static va_t va;

static void open_space(uint64_t pages, unsigned prot)
{
	s = space_create();
	va = 0;
	CHECK(s != NULL);
	CHECK_EQ(space_map(s, &va, pages * PAGE_SIZE, prot, 0, NULL, 0), 0);
}

static void close_space(void)
{
	quiet_check();
	space_put(s);
}

static void access(struct space *in, uint64_t first, uint64_t n, unsigned how)
{
	for (uint64_t i = first; i < first + n; i++)
		CHECK_EQ(fault_resolve(in, va + i * PAGE_SIZE, how), 0);
}

/* What is listed of the region at `va`, in parts. */
static struct region_info listed(struct space *in)
{
	struct region_info r = {0}, part;

	CHECK_EQ(space_list(in, va, &r, 1), 1);
	while (r.flags & MAP_PART) {
		CHECK_EQ(space_list(in, r.end, &part, 1), 1);
		CHECK_EQ(part.start, r.end);
		r.end = part.end;
		r.flags = part.flags;
		r.resident += part.resident;
		r.own += part.own;
		r.shared += part.shared;
		r.swapped += part.swapped;
		r.dirty += part.dirty;
	}
	return r;
}

#define CHECK_PAGES(in, there, alone, common, elsewhere, written) \
	do {                                                      \
		struct region_info r_ = listed(in);               \
		CHECK_EQ(r_.resident, there);                     \
		CHECK_EQ(r_.own, alone);                          \
		CHECK_EQ(r_.shared, common);                      \
		CHECK_EQ(r_.swapped, elsewhere);                  \
		CHECK_EQ(r_.dirty, written);                      \
	} while (0)

TEST(a_listing_tells_written_pages_from_the_zero_page)
{
	open_space(600, RW);
	CHECK_PAGES(s, 0, 0, 0, 0, 0);
	access(s, 0, 10, PROT_R);
	CHECK_PAGES(s, 10, 0, 0, 0, 0);
	access(s, 7, 590, PROT_W);
	CHECK_PAGES(s, 597, 590, 0, 0, 590);
	CHECK_EQ(space_protect(s, va, 600 * PAGE_SIZE, PROT_NONE), 0);
	CHECK_PAGES(s, 597, 590, 0, 0, 590);
	close_space();
}

/* One in a row of usual ones is found wherever it is. */
TEST(a_listing_counts_an_odd_page_at_any_place)
{
	for (uint64_t odd = 0; odd < 9; odd++) {
		pte_t *slot;

		open_space(9, RW);
		access(s, 0, 9, PROT_W);
		slot = mmu_leaf_slot(&s->mmu, va + odd * PAGE_SIZE);
		pte_store(slot, pte_without_ad(pte_load(slot)));
		CHECK_PAGES(s, 9, 9, 0, 0, 8);
		CHECK_EQ(space_unmap(s, va + odd * PAGE_SIZE, PAGE_SIZE), 0);
		CHECK_EQ(listed(s).own, odd ? odd : 8);
		close_space();
	}
}

TEST(a_listing_tells_what_a_clone_has_too)
{
	struct space *clone;
	int err;

	open_space(20, RW);
	access(s, 0, 20, PROT_W);
	clone = space_clone(s, &err);
	CHECK(clone != NULL);
	CHECK_PAGES(s, 20, 0, 20, 0, 20);
	CHECK_PAGES(clone, 20, 0, 20, 0, 20);
	access(s, 3, 1, PROT_W);
	CHECK_PAGES(s, 20, 1, 19, 0, 20);
	access(clone, 0, 20, PROT_W);
	CHECK_PAGES(s, 20, 20, 0, 0, 20);
	CHECK_PAGES(clone, 20, 20, 0, 0, 20);
	space_put(clone);
	close_space();
}

TEST(a_listing_counts_invalid_entries_with_a_word_as_swapped)
{
	pte_t *slot;

	open_space(8, RW);
	access(s, 0, 3, PROT_W);
	slot = mmu_leaf_slot(&s->mmu, va + 5 * PAGE_SIZE);
	pte_store(slot, pte_soft(0x1234));
	CHECK(entry_is_swapped(pte_load(slot)));
	CHECK_PAGES(s, 3, 3, 0, 1, 3);
	pte_store(slot, 0);
	CHECK(!entry_is_swapped(pte_load(slot)));
	CHECK_PAGES(s, 3, 3, 0, 0, 3);
	close_space();
}

/* Its own copies are no longer the object's. */
TEST(a_listing_tells_an_object_s_pages_from_copies)
{
	struct object *o = object_anonymous(8);
	va_t view = 0;

	open_space(1, RW);
	CHECK_EQ(space_map_object(s, &view, 8 * PAGE_SIZE, RW, RW, MAP_SHARED,
				  o, 0),
		 0);
	va = view;
	access(s, 0, 4, PROT_W);
	CHECK_PAGES(s, 4, 0, 4, 0, 0);
	view = 0;
	CHECK_EQ(space_map_object(s, &view, 8 * PAGE_SIZE, RW, RW, 0, o, 0), 0);
	va = view;
	access(s, 0, 4, PROT_R);
	access(s, 3, 2, PROT_W);
	CHECK_PAGES(s, 5, 2, 0, 0, 2);
	object_put(o);
	close_space();
}

TEST(a_listing_tells_which_pages_a_pager_has_not_had_back)
{
	uint64_t at = 0;

	paging_open(8, 4, 0);
	paging_bring(0, 'a');
	paging_bring(1, 'b');
	CHECK_EQ(touch(0, 1, PROT_W), 0);
	va = VA;
	CHECK_PAGES(paging.client[0], 2, 0, 2, 0, paging.object->dirty);
	CHECK(paging.object->dirty > 0);
	while (paging_sync(8, &at) == -E_WAIT) {
		while (!paging_idle()) {
			struct pager_request q = paging_next();

			CHECK_EQ(paging_done(&q), 0);
		}
	}
	CHECK_PAGES(paging.client[0], 2, 0, 2, 0, 0);
	paging_close();
}

TEST(a_listing_in_parts_counts_each_page_once)
{
	struct region_info part;
	uint64_t own = 0, dirty = 0;

	open_space(3000, RW);
	access(s, 100, 2500, PROT_W);
	for (va_t at = va; space_list(s, at, &part, 1) == 1; at = part.end) {
		own += part.own;
		dirty += part.dirty;
	}
	CHECK_EQ(own, 2500);
	CHECK_EQ(dirty, 2500);
	close_space();
}

/* ---- written since ------------------------------------------------------- */

static uint64_t word[16];

static unsigned told_dirty(struct space *in, unsigned n, bool own)
{
	unsigned dirty = 0;

	CHECK_EQ(page_state_read(in, va, word, n, own), n);
	for (unsigned i = 0; i < n; i++)
		dirty += (word[i] & PAGE_IS_DIRTY) != 0;
	return dirty;
}

TEST(cleaning_owes_one_flush_for_all_and_none_for_nothing)
{
	uint64_t before;

	open_space(10, RW);
	access(s, 0, 10, PROT_W);
	paging_ran_here(s);
	CHECK_EQ(told_dirty(s, 10, true), 10);
	before = paging_fences();
	page_state_clean(s, va, word, 10);
	CHECK(paging_fences() > before);
	CHECK(paging_fences() <= before + FLUSH_PAGES);
	before = paging_fences();
	page_state_clean(s, va, word, 10);
	CHECK_EQ(paging_fences(), before);
	CHECK_EQ(told_dirty(s, 10, true), 0);
	close_space();
}

/* Out of reach, or, under ad=soft, looking so because it is old. */
TEST(what_no_hart_can_reach_is_told_once_as_well)
{
	pte_t *slot;

	open_space(3, RW);
	access(s, 0, 3, PROT_W);
	CHECK_EQ(space_protect(s, va, PAGE_SIZE, PROT_NONE), 0);
	slot = mmu_leaf_slot(&s->mmu, va + PAGE_SIZE);
	pte_store(slot, pte_load(slot) & ~PTE_A);
	CHECK_EQ(told_dirty(s, 3, true), 3);
	page_state_clean(s, va, word, 3);
	CHECK_EQ(told_dirty(s, 3, false), 0);
	close_space();
}

/* A step for the table, if it was in common; not if it is by the time of cleaning. */
TEST(cleaning_never_changes_a_table_in_common)
{
	struct space *clone;
	int err;

	open_space(10, RW);
	access(s, 0, 10, PROT_W);
	clone = space_clone(s, &err);
	CHECK_EQ(page_state_read(s, va, word, 10, true), -E_STEP);
	CHECK_EQ(told_dirty(s, 10, true), 10);
	space_put(clone);
	clone = space_clone(s, &err);
	page_state_clean(s, va, word, 10);
	CHECK_EQ(told_dirty(s, 10, false), 10);
	CHECK_EQ(told_dirty(clone, 10, false), 10);
	space_put(clone);
	close_space();
}

TEST(cleaning_without_memory_for_a_table_changes_nothing)
{
	struct space *clone;
	int err;

	open_space(10, RW);
	access(s, 0, 10, PROT_W);
	clone = space_clone(s, &err);
	frame_fail_after(0);
	CHECK_EQ(page_state_read(s, va, word, 10, true), -E_NOMEM);
	frame_fail_after(-1);
	CHECK_EQ(told_dirty(clone, 10, false), 10);
	space_put(clone);
	close_space();
}
