/* SPDX-License-Identifier: BSD-2-Clause */
/* advice.c - what a program says of its memory, and what becomes of it. */
#include "check.h"
#include "forked.h"
#include "regions.h"

#define PAGES 600ul /* more than a leaf table has */
#define AT    ((const void *)0x2000010000)

static volatile char *memory;

static long advise(uint64_t first, uint64_t n, unsigned advice)
{
	return space_advise(SELF, (const void *)(memory + first * PAGE),
			    n * PAGE, advice);
}

static void map_with(unsigned prot)
{
	CHECK_EQ(space_map(SELF, AT, PAGES * PAGE, prot, MAP_FIXED, NULL),
		 (long)AT);
	memory = (volatile char *)AT;
}

static void fill(void)
{
	for (uint64_t i = 0; i < PAGES; i++)
		memory[i * PAGE] = (char)(i % 100 + 1);
}

static void map(void)
{
	map_with(RW);
	fill();
}

static void unmap(void)
{
	CHECK_EQ(space_unmap(SELF, AT, PAGES * PAGE), 0);
}

static uint64_t told(uint64_t i)
{
	uint64_t w;

	CHECK_EQ(space_pages(SELF, (const void *)(memory + i * PAGE), &w, 1, 0),
		 1);
	return w;
}

/* The region that holds page `i`. */
static struct region_info region(uint64_t i)
{
	struct regions all = {.space = SELF};
	struct region_info r;

	while (regions_next(&all, &r))
		if (r.end > (uint64_t)memory + i * PAGE)
			return r;
	CHECK(!"a region is there");
	return r;
}

/* ---- forgetting ----------------------------------------------------------- */

static void what_is_not_needed_is_zero_again(void)
{
	uint64_t free;

	map();
	free = counts().free;
	CHECK_EQ(advise(10, 580, ADVISE_DONT_NEED), 0);
	CHECK(counts().free >= free + 580);
	CHECK_EQ(region(0).own, 20);
	CHECK_EQ(region(0).end - region(0).start, PAGES * PAGE);
	for (uint64_t i = 0; i < PAGES; i++)
		CHECK_EQ(memory[i * PAGE],
			 i < 10 || i >= 590 ? (int)(i % 100 + 1) : 0);
	fill();
	unmap();
}

static void a_view_shows_the_object_again(void)
{
	uint64_t o = (uint64_t)object_create(SELF, PAGES * PAGE, 0);

	memory = (volatile char *)space_map_object(SELF, NULL, PAGES * PAGE,
						   RW | MAP_SHARED, o, 0);
	fill();
	CHECK_EQ(advise(0, PAGES, ADVISE_DONT_NEED), 0); /* it keeps them */
	CHECK_EQ(region(0).resident, 0);
	CHECK_EQ(memory[7 * PAGE], 8);
	CHECK_EQ(space_unmap(SELF, (const void *)memory, PAGES * PAGE), 0);
	memory = (volatile char *)space_map_object(SELF, NULL, PAGES * PAGE, RW,
						   o, 0);
	memory[7 * PAGE] = 'x';
	CHECK_EQ(advise(7, 1, ADVISE_DONT_NEED), 0);
	CHECK_EQ(memory[7 * PAGE], 8);
	CHECK_EQ(space_unmap(SELF, (const void *)memory, PAGES * PAGE), 0);
	CHECK_EQ(handle_close(o), 0);
}

static void what_may_be_freed_is_there_or_zero(void)
{
	map();
	CHECK_EQ(advise(0, PAGES, ADVISE_FREE), 0);
	CHECK(told(3) & PAGE_IS_FREE || !(told(3) & PAGE_IS_PRIVATE));
	CHECK(memory[3 * PAGE] == 4 || memory[3 * PAGE] == 0);
	memory[3 * PAGE] = 'y'; /* from now on it is needed */
	CHECK_EQ(told(3) & PAGE_IS_FREE, 0);
	CHECK(told(3) & PAGE_IS_DIRTY);
	CHECK_EQ(memory[3 * PAGE], 'y');

	/* That D is cleared does not make it free again. */
	CHECK_EQ(space_pages(SELF, (const void *)(memory + 3 * PAGE),
			     (uint64_t[]){0}, 1, PAGES_CLEAN),
		 1);
	CHECK_EQ(told(3) & (PAGE_IS_FREE | PAGE_IS_DIRTY), 0);
	unmap();
}

/* ---- bringing ------------------------------------------------------------- */

static void what_is_populated_meets_no_fault(void)
{
	uint64_t before;

	map_with(RW);
	CHECK_EQ(memory[5 * PAGE], 0); /* the zero page, until now */
	CHECK_EQ(advise(0, PAGES, ADVISE_POPULATE), 0);
	CHECK_EQ(region(0).own, PAGES);
	before = counts().faults;
	fill();
	CHECK_EQ(counts().faults, before);
	unmap();
	map_with(PROT_R);
	CHECK_EQ(advise(0, PAGES, ADVISE_POPULATE), 0);
	CHECK_EQ(region(0).resident, PAGES);
	CHECK_EQ(region(0).own, 0); /* the zero page does */
	unmap();
	map_with(PROT_NONE);
	CHECK_EQ(advise(0, PAGES, ADVISE_POPULATE), 0);
	CHECK_EQ(region(0).resident, 0);
	unmap();
}

static void what_will_be_needed_is_brought_if_it_lies_elsewhere(void)
{
	uint64_t o = (uint64_t)object_create(SELF, PAGES * PAGE, 0);

	map_with(RW);
	CHECK_EQ(advise(0, PAGES, ADVISE_WILL_NEED), 0);
	CHECK_EQ(region(0).resident, 0);
	unmap();
	memory = (volatile char *)space_map_object(SELF, NULL, PAGES * PAGE, RW,
						   o, 0);
	CHECK_EQ(advise(0, PAGES, ADVISE_WILL_NEED), 0);
	CHECK_EQ(region(0).resident, PAGES);
	CHECK_EQ(region(0).own, 0);
	CHECK_EQ(space_unmap(SELF, (const void *)memory, PAGES * PAGE), 0);

	/* Past the object's end nothing can be brought. */
	memory = (volatile char *)space_map_object(SELF, NULL, PAGES * PAGE, RW,
						   o, PAGE);
	CHECK_EQ(advise(0, PAGES, ADVISE_POPULATE), -E_FAULT);
	CHECK_EQ(region(0).own, PAGES - 1);
	CHECK_EQ(space_unmap(SELF, (const void *)memory, PAGES * PAGE), 0);
	CHECK_EQ(handle_close(o), 0);
}

/* ---- flags ---------------------------------------------------------------- */

static void check_flags(uint64_t first, uint64_t n, unsigned flags)
{
	struct region_info r = region(first);

	CHECK_EQ(r.start, (uint64_t)memory + first * PAGE);
	CHECK_EQ(r.end, (uint64_t)memory + (first + n) * PAGE);
	CHECK_EQ(r.flags, flags);
}

/* One region in three parts, and one again. */
static void a_flag_is_a_part_s_until_it_is_undone(void)
{
	static const struct {
		uint8_t set, undo;
		unsigned flag;
	} row[] = {
		{ADVISE_SEQUENTIAL, ADVISE_NORMAL, MAP_SEQUENTIAL},
		{ADVISE_RANDOM, ADVISE_NORMAL, MAP_RANDOM},
		{ADVISE_NO_FORK, ADVISE_FORK, MAP_NO_FORK},
		{ADVISE_WIPE_ON_FORK, ADVISE_KEEP_ON_FORK, MAP_WIPE_ON_FORK},
		{ADVISE_PIN, ADVISE_UNPIN, MAP_PINNED},
	};

	map_with(RW);
	for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		CHECK_EQ(advise(20, 30, row[i].set), 0);
		check_flags(0, 20, 0);
		check_flags(20, 30, row[i].flag);
		check_flags(50, PAGES - 50, 0);
		CHECK_EQ(advise(20, 30, row[i].set), 0);
		check_flags(20, 30, row[i].flag);
		CHECK_EQ(advise(0, PAGES, row[i].undo), 0);
		check_flags(0, PAGES, 0);
	}
	CHECK_EQ(advise(0, PAGES, ADVISE_HUGE), 0);
	check_flags(0, PAGES, MAP_HUGE);
	CHECK_EQ(advise(0, PAGES, ADVISE_NO_HUGE), 0);
	CHECK_EQ(advise(0, PAGES, ADVISE_SEQUENTIAL), 0);
	CHECK_EQ(advise(0, PAGES, ADVISE_RANDOM), 0);
	check_flags(0, PAGES, MAP_NO_HUGE | MAP_RANDOM);
	unmap();
}

/* More regions than one step takes. */
static void many_regions_are_advised_in_steps(void)
{
	map_with(RW);
	for (uint64_t i = 0; i < PAGES; i += 2)
		CHECK_EQ(space_protect(SELF, (const void *)(memory + i * PAGE),
				       PAGE, PROT_R),
			 0);
	CHECK_EQ(advise(0, PAGES, ADVISE_NO_FORK), 0);
	for (uint64_t i = 0; i < PAGES; i++)
		check_flags(i, 1, MAP_NO_FORK);
	CHECK_EQ(space_protect(SELF, AT, PAGES * PAGE, RW), 0);
	check_flags(0, PAGES, MAP_NO_FORK);
	unmap();
}

/* ---- pins ----------------------------------------------------------------- */

static void what_is_pinned_is_there_and_stays(void)
{
	map_with(RW);
	CHECK_EQ(advise(100, 300, ADVISE_PIN), 0);
	CHECK_EQ(region(100).own, 300);
	CHECK(told(100) & PAGE_IS_PINNED);
	CHECK_EQ(told(99) & PAGE_IS_PINNED, 0);
	CHECK_EQ(advise(399, 1, ADVISE_DONT_NEED), -E_INVAL);
	CHECK_EQ(advise(399, 1, ADVISE_FREE), -E_INVAL);
	CHECK_EQ(advise(400, 1, ADVISE_DONT_NEED), 0);
	CHECK_EQ(advise(100, 300, ADVISE_UNPIN), 0);
	CHECK_EQ(advise(399, 1, ADVISE_DONT_NEED), 0);
	unmap();
}

static void pins_have_a_limit(void)
{
	uint64_t most = counts().total / 8;
	const void *p = (const void *)space_map(SELF, NULL, (most + 1) * PAGE,
						PROT_NONE, 0, NULL);

	CHECK_EQ(space_advise(SELF, p, (most + 1) * PAGE, ADVISE_PIN),
		 -E_NOMEM);
	CHECK_EQ(space_advise(SELF, p, most * PAGE, ADVISE_PIN), 0);
	CHECK_EQ(space_advise(SELF, p, most * PAGE, ADVISE_PIN), 0);
	CHECK_EQ(space_advise(SELF, (const char *)p + most * PAGE, PAGE,
			      ADVISE_PIN),
		 -E_NOMEM);
	CHECK_EQ(space_unmap(SELF, p, PAGE), 0); /* its pins go with it */
	CHECK_EQ(space_advise(SELF, (const char *)p + most * PAGE, PAGE,
			      ADVISE_PIN),
		 0);
	CHECK_EQ(space_unmap(SELF, p, (most + 1) * PAGE), 0);
}

/* ---- clones --------------------------------------------------------------- */

enum { KEPT, WIPED, ABSENT };

/* Pages 0-99 are kept, 100-299 wiped, 300-399 not there, the rest is kept. */
static int what(uint64_t i)
{
	return i < 100 || i >= 400 ? KEPT : i < 300 ? WIPED : ABSENT;
}

int forked_child(uint64_t argument)
{
	uint64_t w;

	for (uint64_t i = 0; i < PAGES; i++) {
		if (space_pages(SELF, (const void *)(memory + i * PAGE), &w, 1,
				0) != 1)
			return 1;
		if (what(i) == ABSENT) {
			if (w)
				return 2;
			continue;
		}
		if (what(i) == WIPED && w != PAGE_IS_MAPPED)
			return 3;
		if (memory[i * PAGE] !=
		    (what(i) == KEPT ? (char)(i % 100 + 1) : 0))
			return 4;
		memory[i * PAGE] = 'c';
	}
	return argument ? memory[300 * PAGE] : 0; /* a fault */
}

static void clones_get_what_they_may(void)
{
	static struct forked child;

	map();
	child.over = (uint64_t)notification_create();
	CHECK_EQ(advise(100, 200, ADVISE_WIPE_ON_FORK), 0);
	CHECK_EQ(advise(300, 100, ADVISE_NO_FORK), 0);
	for (uint64_t round = 0; round < 3; round++) {
		CHECK_EQ(fork_off(&child, round == 2), 0);
		CHECK_EQ(fork_wait(&child), round == 2 ? 1013 : 0);
		for (uint64_t i = 0; i < PAGES; i++)
			CHECK_EQ(memory[i * PAGE], i % 100 + 1);
		fill(); /* and goes on as before */
	}
	unmap();
	CHECK_EQ(handle_close(child.over), 0);
}

/* ---- who may --------------------------------------------------------------- */

static void arguments_and_rights(void)
{
	uint64_t space = (uint64_t)space_create();
	uint64_t reader =
		(uint64_t)handle_duplicate(SELF, space, RIGHT_READ, 0);
	uint64_t o = (uint64_t)object_create(SELF, PAGE, 0);
	const void *p = (const void *)space_map_object(SELF, NULL, PAGE,
						       RW | MAP_SHARED, o, 0);

	map();
	CHECK_EQ(space_advise(reader, AT, PAGE, ADVISE_DONT_NEED), -E_PERM);
	CHECK_EQ(space_advise(99, AT, PAGE, ADVISE_DONT_NEED), -E_BADF);
	CHECK_EQ(advise(0, 1, ADVISE_END), -E_INVAL);
	CHECK_EQ(advise(0, 0, ADVISE_DONT_NEED), -E_INVAL);
	CHECK_EQ(space_advise(SELF, (const char *)AT + 1, PAGE, ADVISE_FREE),
		 -E_INVAL);
	CHECK_EQ(space_advise(SELF, AT, ~0ul, ADVISE_FREE), -E_INVAL);
	for (unsigned a = 0; a < ADVISE_END; a++)
		CHECK_EQ(space_advise(space, AT, PAGE, a), -E_NOMEM);
	CHECK_EQ(space_advise(SELF, p, PAGE, ADVISE_WIPE_ON_FORK), -E_INVAL);
	CHECK_EQ(space_advise(SELF, p, PAGE, ADVISE_NO_FORK), 0);

	/* Of another space, too. */
	CHECK_EQ(space_map(space, AT, 40 * PAGE, RW, MAP_FIXED, NULL),
		 (long)AT);
	CHECK_EQ(space_advise(space, AT, 40 * PAGE, ADVISE_POPULATE), 0);
	CHECK_EQ(regions_resident(space), 40);
	CHECK_EQ(space_unmap(SELF, (const void *)(memory + 50 * PAGE), PAGE),
		 0);
	CHECK_EQ(advise(40, 20, ADVISE_DONT_NEED), -E_NOMEM); /* a hole */
	unmap();
	CHECK_EQ(space_unmap(SELF, p, PAGE), 0);
	CHECK_EQ(handle_close(o), 0);
	CHECK_EQ(handle_close(space), 0);
	CHECK_EQ(handle_close(reader), 0);
}

int main(void)
{
	what_is_not_needed_is_zero_again();
	a_view_shows_the_object_again();
	what_may_be_freed_is_there_or_zero();
	what_is_populated_meets_no_fault();
	what_will_be_needed_is_brought_if_it_lies_elsewhere();
	a_flag_is_a_part_s_until_it_is_undone();
	many_regions_are_advised_in_steps();
	what_is_pinned_is_there_and_stays();
	pins_have_a_limit();
	clones_get_what_they_may();
	arguments_and_rights();
	return 0;
}
