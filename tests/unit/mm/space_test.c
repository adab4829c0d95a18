/* SPDX-License-Identifier: BSD-2-Clause */
/* space_test.c - mapping, unmapping, protecting; and memory failing under it.
 */
#include "abi/error.h"
#include "mm/fault.h"
#include "mm/frame_boot.h"
#include "mm/grace.h"
#include "mm/mm.h"
#include "mm/object.h"
#include "mm/space.h"
#include "tests/test.h"
#include "tests/unit/quiet.h"

#define RW (PROT_R | PROT_W)

static struct space *s;

static void open_space(void)
{
	s = space_create();
	CHECK(s != NULL);
}

static void close_space(void)
{
	quiet_check();
	space_put(s);
}

static va_t map(uint64_t pages, unsigned prot)
{
	va_t va = 0;

	CHECK_EQ(space_map(s, &va, pages * PAGE_SIZE, prot, 0, NULL, 0), 0);
	return va;
}

static void touch(va_t va, uint64_t pages, unsigned access)
{
	for (; pages > 0; pages--, va += PAGE_SIZE)
		CHECK_EQ(fault_resolve(s, va, access), 0);
}

static uint64_t regions(void)
{
	struct region_info list[8];

	return (uint64_t)space_list(s, 0, list, 8);
}

TEST(a_mapping_takes_no_frame_until_it_is_touched)
{
	uint64_t before;
	va_t va;

	open_space();
	before = frames_free();
	va = map(1 << 20, RW); /* 4 GiB: more than the machine has */
	CHECK(frames_free() + 1 >= before); /* a slab of regions at most */
	touch(va, 1, PROT_W);
	CHECK(frames_free() + 5 >= before); /* the page, two tables */
	close_space();
}

TEST(unmap_gives_frames_and_tables_back)
{
	uint64_t before;
	va_t va;

	open_space();
	va = map(1, RW); /* keeps the upper tables */
	touch(va, 1, PROT_W);
	va = 64 * GiB;
	CHECK_EQ(space_map(s, &va, 600 * PAGE_SIZE, RW, MAP_FIXED, NULL, 0), 0);
	touch(va, 1, PROT_R); /* the table of 1 GiB stays */
	before = frames_free();
	touch(va, 600, PROT_W);
	CHECK_EQ(frames_free(), before - 600 - 1);
	CHECK_EQ(space_unmap(s, va, 600 * PAGE_SIZE), 0);
	CHECK_EQ(frames_free(), before + 1);
	CHECK_EQ(regions(), 1);
	close_space();
}

TEST(a_hole_in_the_middle_leaves_both_ends)
{
	struct region_info list[4];
	va_t va;

	open_space();
	va = map(10, RW);
	touch(va, 10, PROT_W);
	CHECK_EQ(space_unmap(s, va + 4 * PAGE_SIZE, 2 * PAGE_SIZE), 0);
	CHECK_EQ(space_list(s, 0, list, 4), 2);
	CHECK_EQ(list[0].start, va);
	CHECK_EQ(list[0].end, va + 4 * PAGE_SIZE);
	CHECK_EQ(list[0].resident, 4);
	CHECK_EQ(list[1].start, va + 6 * PAGE_SIZE);
	CHECK_EQ(list[1].resident, 4);
	CHECK_EQ(fault_resolve(s, va + 4 * PAGE_SIZE, PROT_R), -E_FAULT);
	CHECK_EQ(fault_resolve(s, va + 3 * PAGE_SIZE, PROT_R), 0);
	close_space();
}

TEST(unmapping_nothing_is_no_error_and_page_zero_is_nobodys)
{
	va_t zero = 0;

	open_space();
	CHECK_EQ(space_unmap(s, GiB, PAGE_SIZE), 0);
	CHECK_EQ(space_unmap(s, 0, PAGE_SIZE), -E_INVAL);
	CHECK_EQ(space_map(s, &zero, PAGE_SIZE, RW, MAP_FIXED, NULL, 0),
		 -E_INVAL);
	close_space();
}

TEST(arguments_that_make_no_sense_are_refused)
{
	static const struct {
		va_t va;
		uint64_t len;
		unsigned prot, flags;
		int err;
	} rows[] = {
		{GiB, 0, RW, MAP_FIXED, -E_INVAL},
		{GiB + 1, PAGE_SIZE, RW, MAP_FIXED, -E_INVAL},
		{GiB, ~0ul, RW, MAP_FIXED, -E_INVAL},
		{GiB, ~0ul - GiB, RW, MAP_FIXED, -E_INVAL},
		{GiB, PAGE_SIZE, 8, MAP_FIXED, -E_INVAL},
		{GiB, PAGE_SIZE, RW, 1u << 31, -E_INVAL},
		{GiB, PAGE_SIZE, RW, MAP_FIXED | MAP_SHARED, -E_INVAL},
		{1ul << 38, PAGE_SIZE, RW, MAP_FIXED, -E_INVAL},
		{(1ul << 38) - PAGE_SIZE, PAGE_SIZE, RW, MAP_FIXED, -E_INVAL},
		{0xffffffc000000000, PAGE_SIZE, RW, MAP_FIXED, -E_INVAL},
		{0, 1ul << 38, RW, 0, -E_NOMEM},
		{0, PAGE_SIZE, RW, MAP_FIXED, -E_INVAL},
		{GiB, 1, RW, MAP_FIXED, 0},
		{GiB, PAGE_SIZE, RW, MAP_FIXED, -E_EXIST},
	};

	open_space();
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		va_t va = rows[i].va;

		CHECK_EQ(space_map(s, &va, rows[i].len, rows[i].prot,
				   rows[i].flags, NULL, 0),
			 rows[i].err);
	}
	CHECK_EQ(space_protect(s, GiB, 2 * PAGE_SIZE, PROT_R), -E_NOMEM);
	CHECK_EQ(space_protect(s, GiB, PAGE_SIZE, 8), -E_INVAL);
	close_space();
}

TEST(neighbours_of_one_kind_become_one_region)
{
	va_t va = GiB;

	open_space();
	for (unsigned i = 0; i < 5; i++, va += PAGE_SIZE)
		CHECK_EQ(space_map(s, &va, PAGE_SIZE, RW, MAP_FIXED, NULL, 0),
			 0);
	CHECK_EQ(regions(), 1);
	CHECK_EQ(space_protect(s, GiB + PAGE_SIZE, PAGE_SIZE, PROT_R), 0);
	CHECK_EQ(regions(), 3);
	CHECK_EQ(space_protect(s, GiB + PAGE_SIZE, PAGE_SIZE, RW), 0);
	CHECK_EQ(regions(), 1);
	close_space();
}

static unsigned leaf_prot(va_t va)
{
	int level;

	return pte_prot(mmu_query(&s->mmu, va, &level)) & ~MMU_U;
}

TEST(protect_reaches_the_entries_and_gives_w_only_to_private_pages)
{
	va_t va;

	open_space();
	va = map(3, RW);
	touch(va, 1, PROT_W);
	touch(va + PAGE_SIZE, 1, PROT_R); /* the zero page */
	CHECK_EQ(leaf_prot(va), RW);
	CHECK_EQ(leaf_prot(va + PAGE_SIZE), PROT_R);
	CHECK_EQ(space_protect(s, va, 3 * PAGE_SIZE, PROT_R), 0);
	CHECK_EQ(leaf_prot(va), PROT_R);
	CHECK_EQ(fault_resolve(s, va, PROT_W), -E_ACCES);
	CHECK_EQ(space_protect(s, va, 3 * PAGE_SIZE, RW), 0);
	CHECK_EQ(leaf_prot(va), RW);
	CHECK_EQ(leaf_prot(va + PAGE_SIZE), PROT_R); /* still everyone's */
	CHECK_EQ(space_protect(s, va, 3 * PAGE_SIZE, PROT_NONE), 0);
	CHECK_EQ(fault_resolve(s, va, PROT_R), -E_ACCES);
	close_space();
}

TEST(a_page_without_rights_keeps_its_contents)
{
	char *memory;
	int level;
	va_t va;

	open_space();
	va = map(2, RW);
	touch(va, 2, PROT_W);
	memory = pa_to_va(pte_pa(mmu_query(&s->mmu, va, &level)));
	*memory = 'k';
	CHECK_EQ(space_protect(s, va, 2 * PAGE_SIZE, PROT_NONE), 0);
	CHECK_EQ(mmu_query(&s->mmu, va, &level), 0);
	quiet_check();
	CHECK_EQ(space_protect(s, va, PAGE_SIZE, PROT_R), 0);
	CHECK_EQ(leaf_prot(va), PROT_R);
	CHECK(pa_to_va(pte_pa(mmu_query(&s->mmu, va, &level))) == memory);
	CHECK_EQ(*memory, 'k');
	CHECK_EQ(space_unmap(s, va, 2 * PAGE_SIZE), 0); /* one still hidden */
	close_space();
}

TEST(writable_implies_readable)
{
	va_t va;

	open_space();
	va = map(1, PROT_W);
	CHECK_EQ(fault_resolve(s, va, PROT_R), 0);
	close_space();
}

/* ---- memory failing at every n ----------------------------------------- */

/* Everything a space does, stopping at the first error; then undone. */
static int life_of_a_space(void)
{
	va_t va = GiB;
	int err;

	s = space_create();
	if (!s)
		return -E_NOMEM;
	err = space_map(s, &va, 8 * PAGE_SIZE, RW, MAP_FIXED, NULL, 0);
	if (!err)
		err = fault_resolve(s, va, PROT_R);
	if (!err)
		err = fault_resolve(s, va, PROT_W);
	if (!err)
		err = fault_resolve(s, va + PAGE_SIZE, PROT_W);
	if (!err)
		err = space_protect(s, va + PAGE_SIZE, PAGE_SIZE, PROT_R);
	if (!err)
		err = space_unmap(s, va + 3 * PAGE_SIZE, PAGE_SIZE);
	quiet_check();
	space_put(s);
	return err;
}

static void trim(void)
{
	grace_flush();
	mm_trim();
}

TEST(memory_failing_at_every_frame_loses_nothing)
{
	uint64_t before;
	int err = -E_NOMEM;
	long n = 0;

	trim();
	before = frames_free();
	for (; err; n++) {
		frame_fail_after(n);
		err = life_of_a_space();
		frame_fail_after(-1);
		trim();
		CHECK_EQ(frames_free(), before);
		CHECK(err == 0 || err == -E_NOMEM);
		CHECK(n < 32);
	}
	CHECK(n > 6); /* space, region, root, tables, pages */
}

TEST(memory_failing_at_every_structure_loses_nothing)
{
	uint64_t before;
	int err = -E_NOMEM;
	uint64_t n = 0;

	trim();
	before = frames_free();
	for (; err; n++) {
		slab_fail_after(n);
		err = life_of_a_space();
		slab_fail_after(SLAB_NEVER);
		trim();
		CHECK_EQ(frames_free(), before);
		CHECK(n < 32);
	}
	CHECK(n > 3);
}
