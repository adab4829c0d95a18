/* SPDX-License-Identifier: BSD-2-Clause */
/* huge_test.c - leaves of 2 MiB: how they come, and what splits them. */
#include "abi/error.h"
#include "mm/advise.h"
#include "mm/count.h"
#include "mm/fault.h"
#include "mm/frame_boot.h"
#include "mm/huge.h"
#include "mm/kin.h"
#include "mm/page_state.h"
#include "mm/private.h"
#include "mm/span.h"
#include "tests/test.h"
#include "tests/unit/quiet.h"

#define RW    (PROT_R | PROT_W)
#define SPAN  (2 * MiB)
#define VA    GiB
#define STEPS 64 /* a leaf takes fewer faults */

static struct space *s, *clone;
static uint64_t before;

static va_t page(uint64_t i)
{
	return VA + i * PAGE_SIZE;
}

static int advise(uint64_t first, uint64_t n, unsigned advice)
{
	va_t at = page(first);
	uint64_t len = n * PAGE_SIZE;
	int err = 0;

	while (len && !err)
		err = space_advise_step(s, &at, &len, advice);
	return err;
}

/* `pages` of memory at VA; large leaves are wanted. */
static void open(uint64_t pages)
{
	struct frame *f = frame_alloc(HUGE_ORDER, FRAME_USED, 0);
	va_t va = VA;

	if (!f)
		test_skip("no folio of 2 MiB is free");
	frame_put(f);
	before = quiet_frames();
	s = space_create();
	clone = NULL;
	CHECK(s != NULL);
	CHECK_EQ(space_map(s, &va, pages * PAGE_SIZE, RW, MAP_FIXED, NULL, 0),
		 0);
	CHECK_EQ(advise(0, pages, ADVISE_HUGE), 0);
}

static void close(void)
{
	quiet_check();
	space_put(s);
	if (clone)
		space_put(clone);
	CHECK_EQ(quiet_frames(), before);
}

/* The leaf of a page, and its level; 0: there is none. */
static pte_t leaf_at(struct space *in, uint64_t i, int *level)
{
	return mmu_query(&in->mmu, page(i), level);
}

static bool is_huge(uint64_t i)
{
	int level;

	return leaf_at(s, i, &level) && level == 1;
}

static char *bytes(struct space *in, uint64_t i)
{
	int level;
	pte_t p = leaf_at(in, i, &level);
	uint64_t offset = page(i) & (MMU_LEVEL_SIZE(level) - 1);

	return p ? (char *)pa_to_va(pte_pa(p)) + offset : NULL;
}

/* Faults on the page as its program would; gives how often. */
static unsigned write_page(struct space *in, uint64_t i, char byte)
{
	unsigned n = 0;
	int level;

	while (!(pte_prot(leaf_at(in, i, &level)) & MMU_W)) {
		CHECK(n++ < STEPS);
		CHECK_EQ(fault_resolve(in, page(i), PROT_W), 0);
	}
	*bytes(in, i) = byte;
	return n;
}

/* One step of filling. */
static void begin(uint64_t i)
{
	CHECK_EQ(fault_resolve(s, page(i), PROT_W), 0);
	CHECK(s->coming.first != NULL);
}

static void make(uint64_t i)
{
	write_page(s, i, (char)i);
	CHECK(is_huge(i));
	CHECK_EQ(*bytes(s, i), (char)i);
}

static void clone_it(void)
{
	int err;

	clone = space_clone(s, &err);
	CHECK(clone != NULL);
}

/* ---- how they come ------------------------------------------------------------ */

TEST(a_first_write_makes_one_leaf_of_512_zeroed_pages)
{
	uint64_t made = mm_counts.huge_made;

	open(512);
	CHECK(write_page(s, 300, 'x') > 1);
	CHECK(is_huge(0));
	CHECK_EQ(s->huge, 1);
	CHECK_EQ(s->counts.faults, 1);
	CHECK_EQ(s->counts.zeroed, 512);
	CHECK_EQ(mm_counts.huge_made, made + 1);
	for (unsigned i = 0; i < 512; i++)
		for (unsigned b = 0; b < PAGE_SIZE; b += 8)
			CHECK_EQ(*(uint64_t *)(bytes(s, i) + b),
				 i == 300 && !b ? 'x' : 0);
	CHECK(before - quiet_frames() < 512 + 3 + 3); /* tables, slabs */
	close();
}

TEST(a_leaf_begins_only_where_the_region_has_all_of_it)
{
	open(1023);
	space_unmap(s, page(0), PAGE_SIZE);
	CHECK_EQ(write_page(s, 5, 'x'), 1);
	CHECK_EQ(write_page(s, 512, 'x'), 1); /* the last page is missing */
	CHECK_EQ(s->huge, 0);
	CHECK_EQ(s->counts.zeroed, 2);
	close();
}

TEST(without_advice_or_with_other_advice_pages_come_alone)
{
	open(512);
	CHECK_EQ(advise(0, 512, ADVISE_NO_HUGE), 0);
	CHECK_EQ(write_page(s, 0, 'x'), 1);
	CHECK_EQ(s->counts.zeroed, 1);
	close();
}

TEST(pages_that_are_there_are_kept_in_the_leaf)
{
	open(512);
	CHECK_EQ(advise(0, 512, ADVISE_NO_HUGE), 0);
	for (unsigned i = 3; i < 400; i += 7)
		write_page(s, i, (char)i);
	CHECK_EQ(fault_resolve(s, page(4), PROT_R), 0); /* the zero page */
	CHECK_EQ(advise(0, 512, ADVISE_HUGE), 0);
	make(5);
	for (unsigned i = 0; i < 512; i++)
		CHECK_EQ(*bytes(s, i), i == 5 ? 5
				       : i >= 3 && i < 400 && (i - 3) % 7 == 0
					       ? (char)i
					       : 0);
	CHECK_EQ(zero_page_bytes[0], 0);
	close();
}

TEST(the_last_page_that_fills_a_range_makes_the_leaf)
{
	struct frame_marks marks = frame_marks;

	open(512);
	frame_marks.low = frames_free() / 2; /* as if there was no folio */
	for (unsigned i = 0; i < 511; i++)
		CHECK_EQ(write_page(s, i, (char)i), 1);
	frame_marks = marks;
	make(511);
	for (unsigned i = 0; i < 512; i++)
		CHECK_EQ(*bytes(s, i), (char)i);
	close();
}

TEST(a_page_that_a_clone_has_too_stays_and_nothing_is_lost)
{
	open(512);
	CHECK_EQ(advise(0, 512, ADVISE_NO_HUGE), 0);
	write_page(s, 100, 'x');
	clone_it();
	write_page(s, 101, 'y');
	CHECK_EQ(advise(0, 512, ADVISE_HUGE), 0);
	CHECK(write_page(s, 110, 'z') > 1); /* it comes to page 100 */
	CHECK(!is_huge(110));
	CHECK(s->coming.first == NULL);
	CHECK_EQ(*bytes(s, 100), 'x');
	CHECK_EQ(*bytes(s, 101), 'y');
	CHECK_EQ(*bytes(s, 110), 'z');
	close();
}

TEST(where_there_is_no_folio_the_page_comes_alone)
{
	open(512);
	fault_resolve(s, page(0), PROT_R); /* its table is there */
	frame_fail_after(0);
	CHECK_EQ(fault_resolve(s, page(1), PROT_W), 0);
	frame_fail_after(-1);
	CHECK_EQ(s->counts.zeroed, 1);
	CHECK(s->coming.first == NULL);
	close();
}

TEST(no_leaf_is_begun_when_memory_would_be_short_after_it)
{
	struct frame_marks marks = frame_marks;

	open(512);
	frame_marks.low = frames_free() / 2;
	CHECK_EQ(write_page(s, 0, 'x'), 1);
	frame_marks = marks;
	CHECK_EQ(s->counts.zeroed, 1);
	close();
}

TEST(the_kernel_brings_a_page_alone)
{
	open(512);
	CHECK_EQ(fault_resolve_alone(s, page(7), PROT_W), 0);
	CHECK_EQ(s->counts.zeroed, 1);
	CHECK(s->coming.first == NULL);
	close();
}

TEST(who_wants_a_leaf_while_another_is_filled_has_patience)
{
	open(1024);
	begin(0);
	for (unsigned i = 0; i < 64; i++)
		CHECK_EQ(write_page(s, 512 + i, 'x'), 1);
	CHECK_EQ(s->coming.span, VA);
	begin(512 + 64); /* nobody went on with the first */
	CHECK_EQ(s->coming.span, VA + SPAN);
	write_page(s, 512 + 64, 'y');
	CHECK(is_huge(512));
	CHECK_EQ(*bytes(s, 512 + 63), 'x');
	make(0);
	close();
}

/* ---- filling that ends early ---------------------------------------------------- */

TEST(what_is_being_filled_goes_with_its_range)
{
	open(1024);
	begin(0);
	CHECK_EQ(space_unmap(s, page(512), SPAN), 0);
	CHECK(s->coming.first != NULL); /* it lies elsewhere */
	CHECK_EQ(space_unmap(s, page(511), PAGE_SIZE), 0);
	CHECK(s->coming.first == NULL);
	CHECK_EQ(s->in_common, 0);
	close();
}

TEST(protecting_or_forgetting_ends_the_filling)
{
	open(512);
	begin(200);
	CHECK_EQ(space_protect(s, page(3), PAGE_SIZE, PROT_R), 0);
	CHECK(s->coming.first == NULL);
	CHECK_EQ(space_protect(s, page(3), PAGE_SIZE, RW), 0);
	begin(200);
	CHECK_EQ(advise(9, 1, ADVISE_DONT_NEED), 0);
	CHECK(s->coming.first == NULL);
	close();
}

TEST(a_clone_ends_the_filling)
{
	open(512);
	begin(100);
	clone_it();
	CHECK(s->coming.first == NULL);
	write_page(clone, 101, 'c');
	write_page(s, 101, 'p');
	CHECK_EQ(*bytes(clone, 101), 'c');
	close();
}

TEST(a_space_can_end_while_a_leaf_is_filled)
{
	open(512);
	begin(511);
	begin(511);
	close();
}

TEST(a_page_that_went_meanwhile_leaves_small_pages)
{
	pte_t *slot;

	open(512);
	begin(0);
	slot = mmu_leaf_slot(&s->mmu, page(1));
	CHECK(pte_clean(slot)); /* as if it was told as written */
	write_page(s, 0, 'x');
	CHECK(!is_huge(0));
	CHECK(s->coming.first == NULL);
	CHECK_EQ(s->huge, 0);
	close();
}

/* ---- what splits ------------------------------------------------------------------ */

TEST(a_page_less_splits_the_leaf)
{
	uint64_t split = mm_counts.huge_split, free;

	open(512);
	make(17);
	free = quiet_frames();
	CHECK_EQ(space_unmap(s, page(40), PAGE_SIZE), 0);
	CHECK_EQ(quiet_frames(), free + 1);
	CHECK_EQ(mm_counts.huge_split, split + 1);
	CHECK_EQ(s->huge, 0);
	CHECK_EQ(s->in_common, 0);
	CHECK(bytes(s, 40) == NULL);
	CHECK_EQ(*bytes(s, 17), 17);
	CHECK_EQ(s->counts.faults, 1); /* what stays is there */
	close();
}

TEST(all_of_it_goes_in_steps_like_small_pages)
{
	va_t at = VA;
	uint64_t len = 2 * SPAN, free;

	open(1024);
	free = quiet_frames();
	make(17);
	make(600);
	while (len)
		CHECK_EQ(space_unmap_step(s, &at, &len, 0), 0);
	CHECK_EQ(s->huge, 0);
	CHECK(quiet_frames() >= free);
	close();
}

TEST(protection_splits_the_leaf)
{
	int level;

	open(512);
	make(17);
	CHECK_EQ(space_protect(s, page(17), PAGE_SIZE, PROT_R), 0);
	CHECK_EQ(pte_prot(leaf_at(s, 17, &level)), PROT_R | MMU_U);
	CHECK_EQ(level, 0);
	CHECK_EQ(pte_prot(leaf_at(s, 18, &level)), RW | MMU_U);
	CHECK_EQ(fault_resolve(s, page(17), PROT_W), -E_ACCES);
	CHECK_EQ(*bytes(s, 17), 17);
	close();
}

TEST(a_clone_and_its_parent_write_pages_of_their_own)
{
	open(512);
	make(17);
	clone_it();
	CHECK_EQ(s->huge, 0);
	quiet_check();
	write_page(clone, 17, 'c');
	write_page(s, 18, 'p');
	CHECK_EQ(*bytes(s, 17), 17);
	CHECK_EQ(*bytes(clone, 17), 'c');
	CHECK_EQ(fault_resolve(clone, page(18), PROT_R), 0);
	CHECK_EQ(*bytes(clone, 18), 0);
	close();
}

TEST(forgotten_pages_are_zero_and_come_back_in_a_leaf)
{
	open(512);
	make(17);
	CHECK_EQ(advise(17, 2, ADVISE_DONT_NEED), 0);
	CHECK(!is_huge(17));
	write_page(s, 18, 'y');
	CHECK(is_huge(18)); /* there was a folio again */
	CHECK_EQ(*bytes(s, 17), 0);
	close();
}

TEST(a_page_told_as_written_once_is_a_small_one)
{
	uint64_t word;

	open(512);
	make(17);
	CHECK_EQ(page_state_read(s, page(17), &word, 1, false), 1);
	CHECK(word & PAGE_IS_HUGE);
	CHECK(word & PAGE_IS_DIRTY);
	page_state_clean(s, page(17), &word, 1); /* of a leaf: not yet */
	CHECK(is_huge(17));
	CHECK_EQ(page_state_read(s, page(17), &word, 1, true), -E_STEP);
	CHECK_EQ(page_state_read(s, page(17), &word, 1, true), 1);
	CHECK(!(word & PAGE_IS_HUGE));
	CHECK(word & PAGE_IS_DIRTY);
	page_state_clean(s, page(17), &word, 1);
	CHECK_EQ(page_state_read(s, page(17), &word, 1, true), 1);
	CHECK(!(word & PAGE_IS_DIRTY));
	close();
}

TEST(the_clock_sees_a_leaf_as_one_page)
{
	pte_t *e, *pointer;

	open(512);
	make(17);
	e = mmu_leaf_slot_any(&s->mmu, VA);
	pointer = mmu_span_slot(&s->mmu, VA);
	CHECK(huge_was_used_locked(s, &e[0], VA)); /* its second chance */
	CHECK(!pte_accessed(pte_load(pointer)));
	CHECK(huge_was_used_locked(s, &e[1], page(1))); /* not asked */
	CHECK(is_huge(0));
	CHECK(!huge_was_used_locked(s, &e[0], VA));
	CHECK(!is_huge(0));
	CHECK(!pte_accessed(pte_load(&e[511])));
	CHECK_EQ(*bytes(s, 17), 17);
	close();
}

TEST(a_leaf_that_lost_its_a_has_it_again_after_a_touch)
{
	pte_t *pointer;
	uint64_t touched;

	open(512);
	make(17);
	pointer = mmu_span_slot(&s->mmu, VA);
	CHECK(huge_was_used_locked(s, mmu_leaf_slot_any(&s->mmu, VA), VA));
	touched = s->counts.touched;
	CHECK_EQ(fault_resolve(s, page(100), PROT_R), 0);
	CHECK_EQ(s->counts.touched, touched + 1);
	CHECK(pte_accessed(pte_load(pointer)));
	CHECK(is_huge(0));
	CHECK_EQ(fault_resolve(s, page(100), PROT_W), 0); /* stale, then */
	CHECK(is_huge(0));
	close();
}

TEST(the_kernel_reaches_a_page_of_a_leaf_for_itself)
{
	void *own;

	open(512);
	make(17);
	CHECK_EQ(fault_own(s, page(17), &own), 0);
	CHECK_EQ(*(char *)own, 17);
	CHECK_EQ(s->counts.faults, 1);
	close();
}

TEST(populating_makes_leaves)
{
	open(1024);
	CHECK_EQ(advise(0, 1024, ADVISE_POPULATE), 0);
	CHECK(is_huge(0));
	CHECK(is_huge(1023));
	CHECK_EQ(s->huge, 2);
	close();
}

TEST(a_listing_counts_the_pages_of_a_leaf)
{
	struct region_info r;

	open(512);
	make(17);
	CHECK_EQ(space_list(s, VA, &r, 1), 1);
	CHECK_EQ(r.resident, 512);
	CHECK_EQ(r.own, 512);
	CHECK_EQ(r.dirty, 512);
	CHECK(r.flags & MAP_HUGE);
	close();
}
