/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ahead_test.c - reading ahead: mm/ahead.h. The client touches pages, the test is
 * the pager, and what it has been asked for is written as a list of ranges.
 */
#include "mm/ahead.h"
#include "mm/around.h"
#include "mm/count.h"
#include "mm/frame_boot.h"
#include "tests/unit/mm/paging.h"
#include "tests/unit/quiet.h"
#include <stdio.h>

#define PAGES 200u

static struct mm_counts before;
static struct pager_request asked[PAGER_SLOTS_MAX];
static unsigned asks;
static bool by_hand; /* as the machine is */

static void open_file(unsigned slots)
{
	paging_open(PAGES, slots, PAGING_AHEAD);
	before = mm_counts;
	asks = 0;
	by_hand = around_by_hand;
	around_by_hand = false;
}

static void close_file(void)
{
	around_by_hand = by_hand;
	paging_close();
}

static uint64_t hits(void)
{
	return mm_counts.ahead_hits - before.ahead_hits;
}

static uint64_t waste(void)
{
	return mm_counts.ahead_waste - before.ahead_waste;
}

/* Reads what has been asked for since, which must be [first, end), in order. */
static void check_asked(uint64_t first, uint64_t end)
{
	for (asks = 0; !paging_idle(); asks++) {
		asked[asks] = paging_next();
		CHECK_EQ(asked[asks].kind, PAGER_PAGEIN);
		CHECK_EQ(asked[asks].index, first + asks);
		CHECK_EQ(asked[asks].access, PROT_R);
	}
	CHECK_EQ(asks, end - first);
}

static void supply_all(void)
{
	for (unsigned i = 0; i < asks; i++)
		CHECK_EQ(paging_supply(&asked[i], RW), 0);
	asks = 0;
}

/* A read that makes [first, end) be asked for; all of it then comes. */
static void read_asks(uint64_t index, uint64_t first, uint64_t end)
{
	int err = touch(0, index, PROT_R);

	CHECK_EQ(err, first == index ? -E_WAIT : 0);
	check_asked(first, end);
	supply_all();
	CHECK_EQ(touch(0, index, PROT_R), 0);
	CHECK(paging_idle());
}

/* Reads that ask for nothing. */
static void reads_find(uint64_t index, uint64_t end)
{
	for (; index < end; index++) {
		CHECK_EQ(touch(0, index, PROT_R), 0);
		CHECK(paging_idle());
	}
}

TEST(windows_grow_and_are_filled_up_at_their_mark)
{
	open_file(64);
	read_asks(0, 0, 1);
	read_asks(1, 1, 6); /* 4 ahead of the reader */
	reads_find(2, 4);
	read_asks(4, 6, 13); /* 8 */
	reads_find(5, 9);
	read_asks(9, 13, 26); /* 16 */
	reads_find(10, 18);
	read_asks(18, 26, 42); /* 32, a batch at a time */
	reads_find(19, 26);
	read_asks(26, 42, 58);
	reads_find(27, 42);
	read_asks(42, 58, 74); /* no more than 32 */
	CHECK_EQ(space_unmap(paging.client[0], VA, PAGES * PAGE_SIZE), 0);
	CHECK_EQ(hits(), 41); /* 2 .. 42, in part told by A */
	CHECK_EQ(waste(), 0);
	close_file();
}

TEST(out_of_order_one_page_is_asked_for)
{
	static const uint64_t order[] = {9, 7, 5, 100, 102, 104, 50, 48};

	open_file(64);
	for (unsigned i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		read_asks(order[i], order[i], order[i] + 1);
	CHECK_EQ(hits() + waste(), 0);
	close_file();
}

TEST(who_jumps_begins_with_a_small_window)
{
	open_file(64);
	read_asks(0, 0, 1);
	read_asks(1, 1, 6);
	read_asks(4, 6, 13);
	read_asks(100, 100, 101);
	read_asks(101, 101, 106);
	reads_find(5, 10); /* the mark is elsewhere by now */
	close_file();
}

TEST(a_page_that_the_reader_waits_for_is_a_hit_and_its_mark_works)
{
	open_file(64);
	read_asks(10, 10, 11);
	CHECK_EQ(touch(0, 11, PROT_R), -E_WAIT);
	check_asked(11, 16);
	CHECK_EQ(touch(0, 14, PROT_R), -E_WAIT); /* the mark, not there yet */
	CHECK_EQ(hits(), 1);
	CHECK(!paging_idle());
	supply_all();
	check_asked(16, 23);
	supply_all();
	CHECK_EQ(touch(0, 14, PROT_R), 0);
	CHECK_EQ(hits(), 1);
	close_file();
}

TEST(the_objects_end_ends_a_window)
{
	open_file(64);
	read_asks(PAGES - 4, PAGES - 4, PAGES - 3);
	read_asks(PAGES - 3, PAGES - 3, PAGES);
	reads_find(PAGES - 2, PAGES);
	close_file();
}

TEST(pages_that_are_there_are_stepped_over)
{
	open_file(64);
	read_asks(3, 3, 4);
	read_asks(0, 0, 1);
	CHECK_EQ(touch(0, 1, PROT_R), -E_WAIT);
	for (uint64_t i = 1; i < 6; i++)
		if (i != 3)
			CHECK_EQ(paging_next().index, i);
	CHECK(paging_idle());
	CHECK_EQ(paging_flags(3), PAGE_HERE);
	close_file();
}

TEST(a_full_ring_is_asked_for_less_and_leaves_room)
{
	open_file(8);
	read_asks(0, 0, 1);
	CHECK_EQ(touch(0, 1, PROT_R), -E_WAIT);
	check_asked(1, 6);
	CHECK_EQ(paging_supply(&asked[0], RW), 0);
	CHECK_EQ(touch(0, 4, PROT_R), -E_WAIT); /* the mark, on its way */
	CHECK_EQ(paging.pager->free_slots, 2);	/* for who waits */
	CHECK_EQ(touch(0, 50, PROT_R), -E_WAIT);
	CHECK_EQ(paging_next().index, 6);
	CHECK_EQ(paging_next().index, 7);
	CHECK_EQ(paging_next().index, 50);
	CHECK(paging_idle());
	close_file();
}

TEST(without_memory_less_is_read_ahead_and_the_fault_is_served)
{
	for (long n = 1;; n++) {
		uint64_t pages;

		open_file(64);
		read_asks(20, 20, 21);
		frame_fail_after(n);
		CHECK_EQ(touch(0, 21, PROT_R), -E_WAIT);
		frame_fail_after(-1);
		pages = paging.object->resident;
		check_asked(21, 21 + pages - 1);
		supply_all();
		read_asks(20 + pages, 20 + pages, 20 + pages + 1 + 8);
		close_file();
		if (pages == 6)
			break;
		CHECK_EQ(pages, 1 + n);
	}
}

TEST(a_page_that_fails_is_absent_again)
{
	open_file(64);
	read_asks(0, 0, 1);
	CHECK_EQ(touch(0, 1, PROT_R), -E_WAIT);
	check_asked(1, 6);
	CHECK_EQ(paging_supply(&asked[0], RW), 0);
	for (unsigned i = 1; i < 5; i++)
		CHECK_EQ(paging_fail(&asked[i], E_IO), 0);
	CHECK_EQ(paging.object->resident, 2);
	CHECK_EQ(paging_flags(3), 0);
	CHECK_EQ(waste() + hits(), 0);
	read_asks(2, 2, 3);
	close_file();
}

TEST(who_advises_against_it_is_alone)
{
	struct object_view v;

	open_file(64);
	read_asks(0, 0, 1);
	CHECK_EQ(object_show(paging.object, 1, PROT_R | VIEW_ALONE, &v),
		 -E_WAIT);
	check_asked(1, 2);
	supply_all();
	read_asks(2, 2, 7);
	CHECK_EQ(object_show(paging.object, 5, PROT_R | VIEW_ALONE, &v), 0);
	CHECK(paging_idle());
	close_file();
	open_file(64);
	paging.pager->flags |= PAGER_NO_AHEAD;
	read_asks(0, 0, 1);
	read_asks(1, 1, 2);
	close_file();
}

/* ---- hits and waste ----------------------------------------------------------- */

TEST(what_goes_untouched_is_waste)
{
	struct pager_request back;

	open_file(64);
	read_asks(16, 16, 17);
	read_asks(17, 17, 22);
	CHECK_EQ(paging_revoke(18, 2, PROT_NONE), 0);
	CHECK_EQ(waste(), 2);
	CHECK_EQ(touch(1, 21, PROT_W), 0);
	CHECK_EQ(hits(), 1);
	quiet_check();
	for (unsigned i = 0; i < 2; i++)
		space_put(paging.client[i]);
	paging.client[0] = paging.client[1] = NULL;
	object_put(paging.object);
	paging.object = NULL;
	quiet_check();
	back = paging_next();
	CHECK_EQ(back.kind, PAGER_WRITEBACK);
	CHECK_EQ(paging_done(&back), 0);
	quiet_check();
	CHECK_EQ(waste(), 3); /* 20 */
	CHECK_EQ(hits(), 1);
	close_file();
}

/* Shown around the page that faulted; what the machine then did, A says. */
static void use_around(uint64_t index, bool used)
{
	pte_t *slot = mmu_slot(&paging.client[0]->mmu, page_va(index), 0);
	pte_t p = pte_load(slot);

	CHECK(pte_valid(p));
	pte_store(slot, used ? pte_touch(p, false) : pte_without_ad(p));
}

static void open_around(void)
{
	open_file(64);
	read_asks(16, 16, 17);
	read_asks(17, 17, 22);
	CHECK_EQ(touch(0, 18, PROT_R), 0);
	CHECK_EQ(paging_entry(paging.client[0], page_va(20)), 0); /* marked */
	use_around(19, true);
	use_around(21, false);
	CHECK_EQ(hits(), 0);
}

TEST(pages_shown_around_are_counted_when_their_leaf_goes)
{
	open_around();
	CHECK_EQ(paging_revoke(19, 3, PROT_NONE), 0);
	CHECK_EQ(hits(), 1);
	CHECK_EQ(waste(), 2);
	close_file();
	open_around();
	CHECK_EQ(space_unmap(paging.client[0], VA, PAGES * PAGE_SIZE), 0);
	CHECK_EQ(hits(), 2);
	CHECK_EQ(paging_revoke(19, 3, PROT_NONE), 0);
	CHECK_EQ(waste(), 2);
	close_file();
	open_around();
	object_revoke_all(&paging.object->kobject);
	quiet_check();
	CHECK_EQ(hits(), 2);
	CHECK_EQ(waste(), 2);
	close_file();
}
