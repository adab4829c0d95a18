/* SPDX-License-Identifier: BSD-2-Clause */
/* swap_test.c - pages in swap when their pager fails, ends, or nobody wants them. */
#include "mm/page_state.h"
#include "mm/pin.h"
#include "mm/private.h"
#include "mm/reclaim.h"
#include "mm/swap.h"
#include "tests/unit/mm/paging.h"
#include "tests/unit/quiet.h"

static struct object *area;
static struct space *s; /* one anonymous page at VA, written */
static struct frame_marks marks;

static void open_swap(void)
{
	va_t va = VA;
	int err;

	marks = frame_marks;
	paging_open(1, 4, 0);
	area = object_paged(paging.pager, KEY + 1, 8, &err);
	CHECK(area != NULL);
	CHECK_EQ(swap_add(area, 1), 0);
	s = space_create();
	CHECK_EQ(space_map(s, &va, PAGE_SIZE, RW, MAP_FIXED, NULL, 0), 0);
	CHECK_EQ(fault_resolve(s, VA, PROT_W), 0);
	strcpy(paging_bytes(s, VA), "written");
}

static void close_swap(void)
{
	uint64_t n = 0;
	va_t va = 0;

	if (s)
		space_put(s);
	quiet_check();
	while (swap_remove_step(area, &n, &va) == -E_STEP)
		;
	CHECK_EQ(swap_remove_step(area, &n, &va), -E_INVAL);
	object_put(area);
	paging_close();
	frame_marks = marks;
}

/* Several rounds of the clock: what can go has gone. */
static void reclaim(void)
{
	reclaim_up_to(UINT64_MAX);
	for (uint64_t n = 0; n < 16 + frame_count / 100; n++)
		reclaim_step();
	reclaim_begin();
}

static struct pager_request next_write(void)
{
	struct pager_request q = paging_next();

	CHECK_EQ(q.kind, PAGER_WRITEBACK);
	CHECK_EQ(strcmp(paging_bytes(paging.home, q.address), "written"), 0);
	return q;
}

static void evict(void)
{
	struct pager_request q;

	reclaim();
	CHECK(entry_is_swapped(paging_entry(s, VA)));
	q = next_write();
	CHECK_EQ(paging_done(&q), 0);
}

static void bring_back(void)
{
	struct pager_request q;

	CHECK_EQ(fault_resolve(s, VA, PROT_R), -E_WAIT);
	q = paging_next();
	CHECK_EQ(q.kind, PAGER_PAGEIN);
	strcpy(paging_bytes(paging.home, q.address), "written");
	CHECK_EQ(paging_supply(&q, RW), 0);
	CHECK_EQ(fault_resolve(s, VA, PROT_R), 0);
	CHECK(!pte_dirty(paging_leaf(s, VA)));
	CHECK_EQ(strcmp(paging_bytes(s, VA), "written"), 0);
}

TEST(an_area_is_neither_mapped_nor_given_another_size)
{
	va_t va = 0;

	open_swap();
	CHECK_EQ(space_map_object(s, &va, PAGE_SIZE, PROT_R, PROT_R, 0, area,
				  PAGE_SIZE),
		 -E_INVAL);
	CHECK_EQ(object_resize(area, 16), -E_BUSY);
	CHECK_EQ(swap_add(paging.object, 1), -E_INVAL); /* too small */
	close_swap();
}

TEST(what_is_mapped_cannot_be_an_area)
{
	struct frame_marks before = frame_marks;

	paging_open(8, 4, 0);
	CHECK_EQ(swap_add(paging.object, 1), -E_BUSY);
	paging_close();
	frame_marks = before;
}

TEST(a_page_that_came_back_goes_without_being_written_again)
{
	open_swap();
	evict();
	bring_back();
	reclaim();
	CHECK(entry_is_swapped(paging_entry(s, VA)));
	CHECK(paging_idle());
	close_swap();
}

TEST(a_copy_in_swap_is_none_when_its_pager_has_ended)
{
	open_swap();
	evict();
	bring_back();
	pager_die(paging.pager);
	reclaim();
	CHECK_EQ(strcmp(paging_bytes(s, VA), "written"), 0);
	close_swap();
}

TEST(a_page_written_again_does_not_go_where_no_pager_is)
{
	open_swap();
	evict();
	bring_back();
	CHECK_EQ(fault_resolve(s, VA, PROT_W), 0);
	pager_die(paging.pager);
	reclaim();
	CHECK_EQ(strcmp(paging_bytes(s, VA), "written"), 0);
	close_swap();
}

TEST(a_page_in_swap_that_nobody_wants_goes_though_it_cannot_be_written)
{
	struct pager_request q;

	open_swap();
	reclaim();
	q = next_write();
	space_put(s);
	s = NULL;
	quiet_check();
	CHECK_EQ(area->resident, 1); /* the pager has it */
	CHECK_EQ(paging_fail(&q, E_IO), 0);
	CHECK_EQ(area->resident, 0);
	close_swap();
}

TEST(what_the_kernel_writes_is_not_taken_for_its_copy_in_swap)
{
	struct pin p;

	open_swap();
	evict();
	bring_back();
	CHECK_EQ(pin(s, VA, PROT_W, &p), 0);
	CHECK(pte_dirty(paging_leaf(s, VA)));
	unpin(&p);
	evict(); /* and writes it */
	close_swap();
}

static uint64_t told(bool clean)
{
	uint64_t word;

	CHECK_EQ(page_state_read(s, VA, &word, 1, clean), 1);
	if (clean)
		page_state_clean(s, VA, &word, 1);
	return word & (PAGE_IS_SWAPPED | PAGE_IS_DIRTY);
}

TEST(what_was_written_is_told_when_it_was_in_swap)
{
	open_swap();
	evict();
	CHECK_EQ(told(false), PAGE_IS_SWAPPED | PAGE_IS_DIRTY);
	bring_back();
	CHECK_EQ(told(false), PAGE_IS_DIRTY);
	CHECK_EQ(told(true), PAGE_IS_DIRTY);
	CHECK_EQ(told(false), 0);
	reclaim();
	CHECK_EQ(told(false), PAGE_IS_SWAPPED);
	close_swap();
}

TEST(what_is_in_swap_is_told_once)
{
	open_swap();
	evict();
	CHECK_EQ(told(true), PAGE_IS_SWAPPED | PAGE_IS_DIRTY);
	CHECK_EQ(told(false), PAGE_IS_SWAPPED);
	bring_back();
	CHECK_EQ(told(false), 0);
	close_swap();
}
