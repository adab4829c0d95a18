/* SPDX-License-Identifier: BSD-2-Clause */
/* huge.c - leaves of 2 MiB as a program meets them, and folios for devices. */
#include "check.h"
#include "forked.h"

#define SPAN  0x200000ul
#define SPANS 4ul
#define PAGES (SPAN / PAGE)
#define AT    ((const void *)0x2000000000)

static volatile uint64_t *memory = (volatile uint64_t *)AT;
#define FRAGMENT 1000u
static struct forked child;

static volatile uint64_t *page(uint64_t i)
{
	return memory + i * (PAGE / 8);
}

static struct space_info info(void)
{
	struct space_info i;

	CHECK_EQ(space_info(SELF, &i), 0);
	return i;
}

static uint64_t told(uint64_t i, unsigned flags)
{
	uint64_t w;

	CHECK_EQ(space_pages(SELF, (const void *)page(i), &w, 1, flags), 1);
	return w;
}

static void map(unsigned advice)
{
	CHECK_EQ(space_map(SELF, AT, SPANS * SPAN, RW, MAP_FIXED, NULL),
		 (long)AT);
	CHECK_EQ(space_advise(SELF, AT, SPANS * SPAN, advice), 0);
}

static void unmap(void)
{
	CHECK_EQ(space_unmap(SELF, AT, SPANS * SPAN), 0);
	CHECK_EQ(info().huge, 0);
}

static void a_first_write_is_one_fault_for_512_pages(void)
{
	struct space_info before, after;

	map(ADVISE_HUGE);
	before = info();
	*page(77) = 1;
	after = info();
	CHECK_EQ(after.huge, before.huge + 1);
	CHECK_EQ(after.counts.faults, before.counts.faults + 1);
	CHECK_EQ(after.counts.zeroed, before.counts.zeroed + PAGES);
	for (uint64_t i = 0; i < PAGES; i++)
		CHECK_EQ(*page(i), i == 77);
	for (uint64_t i = 0; i < PAGES; i++)
		*page(i) = i;
	CHECK_EQ(info().counts.faults - after.counts.faults, 0);
	CHECK(told(5, 0) & PAGE_IS_HUGE);
	unmap();
}

static void without_advice_a_page_comes_alone(void)
{
	uint64_t zeroed;

	map(ADVISE_NO_HUGE);
	zeroed = info().counts.zeroed;
	*page(77) = 1;
	CHECK_EQ(info().counts.zeroed, zeroed + 1);
	CHECK(!(told(77, 0) & PAGE_IS_HUGE));
	unmap();
}

static void fill(void)
{
	for (uint64_t i = 0; i < SPANS * PAGES; i++)
		*page(i) = i;
	CHECK(info().huge > 0);
}

static int reads_and_writes(uint64_t n)
{
	for (uint64_t i = 0; i < SPANS * PAGES; i++)
		if (*page(i) != i)
			return 1;
	for (uint64_t i = 0; i < SPANS * PAGES; i += n)
		*page(i) = ~i;
	return 0;
}

static void a_clone_and_its_parent_do_not_see_each_other(void)
{
	map(ADVISE_HUGE);
	fill();
	CHECK_EQ(fork_off(&child, 3), 0);
	CHECK_EQ(fork_wait(&child), 0);
	for (uint64_t i = 0; i < SPANS * PAGES; i++)
		CHECK_EQ(*page(i), i);
	for (uint64_t i = 0; i < SPANS * PAGES; i++)
		*page(i) = i + 1;
	unmap();
}

static void parts_of_a_leaf_can_go_and_be_protected(void)
{
	uint64_t huge;

	map(ADVISE_HUGE);
	fill();
	huge = info().huge;
	CHECK_EQ(space_unmap(SELF, (const void *)page(100), PAGE), 0);
	CHECK_EQ(space_protect(SELF, (const void *)page(700), PAGE, PROT_R), 0);
	CHECK_EQ(info().huge, huge - 2);
	for (uint64_t i = 0; i < SPANS * PAGES; i++)
		if (i != 100)
			CHECK_EQ(*page(i), i);
	*page(699) = 1;
	CHECK_EQ(told(100, 0), 0);
	CHECK(!(told(700, 0) & PAGE_IS_WRITABLE));
	unmap();
}

static void what_was_written_is_told_page_by_page_after_a_look(void)
{
	map(ADVISE_HUGE);
	fill();
	CHECK(told(9, PAGES_CLEAN) & PAGE_IS_DIRTY);
	CHECK(!(told(9, PAGES_CLEAN) & PAGE_IS_DIRTY));
	CHECK(told(10, 0) & PAGE_IS_DIRTY);
	*page(9) = 0;
	CHECK(told(9, PAGES_CLEAN) & PAGE_IS_DIRTY);
	unmap();
}

static void freed_pages_are_old_or_zero(void)
{
	map(ADVISE_HUGE);
	fill();
	CHECK_EQ(space_advise(SELF, (const void *)page(20), 10 * PAGE,
			      ADVISE_FREE),
		 0);
	CHECK_EQ(space_advise(SELF, (const void *)page(30), 10 * PAGE,
			      ADVISE_DONT_NEED),
		 0);
	for (uint64_t i = 0; i < 64; i++)
		CHECK(*page(i) == i || (!*page(i) && i >= 20 && i < 40));
	CHECK_EQ(*page(35), 0);
	unmap();
}

/* A heap that grows: the last page of 2 MiB makes the leaf. */
static void a_range_that_fills_becomes_a_leaf(void)
{
	struct space_info before = info();

	for (uint64_t i = 0; i < PAGES; i += 8) {
		CHECK_EQ(space_map(SELF, (const void *)page(i), 8 * PAGE, RW,
				   MAP_FIXED, NULL),
			 (long)page(i));
		CHECK_EQ(space_advise(SELF, (const void *)page(i), 8 * PAGE,
				      ADVISE_HUGE),
			 0);
		for (uint64_t k = i; k < i + 8; k++)
			*page(k) = k;
	}
	CHECK_EQ(info().huge, before.huge + 1);
	for (uint64_t i = 0; i < PAGES; i++)
		CHECK_EQ(*page(i), i);
	CHECK_EQ(space_unmap(SELF, AT, SPAN), 0);
}

/* Pages of 4 MiB of frames in a row, when all of memory was in use. */
static void contiguous_memory_can_be_had(void)
{
	long o = object_create(HANDLE_MACHINE, 1024 * PAGE, OBJECT_DMA);

	CHECK(o > 0);
	CHECK_EQ(handle_close((uint64_t)o), 0);
}

/*
 * A child fills memory, and lets every second page go; the folios are had by its
 * parent, whose own pages stay where they are, since it has memory for devices.
 */
static volatile uint64_t *step; /* in both spaces */

enum { FILLING, FRAGMENTED, HAD };

#define FOLIOS 6ul

static void wait_for(uint64_t what)
{
	while (*step != what)
		thread_yield();
}

static int fragment(void)
{
	struct memory_info m;
	volatile uint64_t *all;
	uint64_t n;
	long at;

	memory_info(&m);
	n = m.free - 1000;
	at = space_map(SELF, NULL, n * PAGE, RW, 0, NULL);
	if (at < 0)
		return 2;
	all = (volatile uint64_t *)at;
	for (uint64_t i = 0; i < n; i++)
		all[i * (PAGE / 8)] = i;
	for (uint64_t i = 0; i < n; i += 2)
		space_advise(SELF, (const void *)(all + i * (PAGE / 8)), PAGE,
			     ADVISE_DONT_NEED);
	*step = FRAGMENTED;
	wait_for(HAD);
	for (uint64_t i = 1; i < n; i += 2)
		if (all[i * (PAGE / 8)] != i)
			return 3;
	return 0;
}

static void memory_in_fragments_gives_folios_again(void)
{
	long o = object_create(SELF, PAGE, 0);
	struct memory_info before, after;
	uint64_t object[FOLIOS], have = 0;

	step = (volatile uint64_t *)space_map_object(
		SELF, NULL, PAGE, RW | MAP_SHARED, (uint64_t)o, 0);
	*step = FILLING;
	CHECK_EQ(fork_off(&child, FRAGMENT), 0);
	wait_for(FRAGMENTED);
	CHECK_EQ(memory_info(&before), 0);
	while (have < FOLIOS &&
	       (o = object_create(HANDLE_MACHINE, SPAN, OBJECT_DMA)) > 0)
		object[have++] = (uint64_t)o;
	CHECK_EQ(memory_info(&after), 0);
	printf("# %lu folios; %lu pages moved\n", have,
	       after.mm.moved - before.mm.moved);
	CHECK(have > 2 && after.mm.moved > before.mm.moved + 256);
	*step = HAD;
	CHECK_EQ(fork_wait(&child), 0);
	while (have > 0)
		CHECK_EQ(handle_close(object[--have]), 0);
}

int forked_child(uint64_t argument)
{
	return argument == FRAGMENT ? fragment() : reads_and_writes(argument);
}

int main(void)
{
	struct memory_info m;

	child.over = (uint64_t)notification_create();
	CHECK_EQ(memory_info(&m), 0);
	without_advice_a_page_comes_alone();
	contiguous_memory_can_be_had();
	a_first_write_is_one_fault_for_512_pages();
	a_clone_and_its_parent_do_not_see_each_other();
	parts_of_a_leaf_can_go_and_be_protected();
	what_was_written_is_told_page_by_page_after_a_look();
	freed_pages_are_old_or_zero();
	a_range_that_fills_becomes_a_leaf();
	if (m.total < 40000) /* else it takes long to fill */
		memory_in_fragments_gives_folios_again();
	return 0;
}
