/* SPDX-License-Identifier: BSD-2-Clause */
/* mmu_test.c - the MMU contract (arch/mmu.h) on tables that nobody runs on. */
#include "abi/error.h"
#include "arch/mmu.h"
#include "arch/upcall.h"
#include "mm/frame.h"
#include "mm/frame_boot.h"
#include "tests/test.h"

#define VA 0x08048000ul
#define PA 0x90000000ul /* never touched */

static struct mmu m;

static void open_tables(void)
{
	CHECK_EQ(mmu_create(&m), 0);
}

static void close_tables(void)
{
	mmu_destroy(&m);
}

TEST(what_is_mapped_is_found_with_frame_and_protection)
{
	int level;
	pte_t p;

	open_tables();
	CHECK_EQ(mmu_map(&m, VA, PA, PAGE_SIZE, MMU_R | MMU_U, 2), 0);
	p = mmu_query(&m, VA + 123, &level);
	CHECK_EQ(pte_pa(p), PA);
	CHECK_EQ(pte_prot(p), MMU_R | MMU_U);
	CHECK_EQ(level, 0);
	CHECK_EQ(mmu_query(&m, VA + PAGE_SIZE, &level), 0);
	CHECK_EQ(mmu_query(&m, VA - 1, &level), 0);
	close_tables();
}

TEST(the_largest_leaf_that_fits_is_used)
{
	static const struct {
		va_t va;
		pa_t pa;
		uint64_t len;
		int max, level;
	} rows[] = {
		{GiB, GiB, GiB, 2, 2},
		{GiB, GiB, GiB, 1, 1},
		{GiB, GiB, GiB, 0, 0},
		{2 * MiB, 4 * MiB, 2 * MiB, 2, 1},
		{2 * MiB, 4 * MiB + PAGE_SIZE, 2 * MiB, 2, 0},
		{2 * MiB, 4 * MiB, MiB, 2, 0},
	};

	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		int level;

		if (rows[i].len == GiB && rows[i].max == 0)
			continue; /* a gigabyte of small pages: too many */
		open_tables();
		CHECK_EQ(mmu_map(&m, rows[i].va, rows[i].pa, rows[i].len,
				 MMU_RW, rows[i].max),
			 0);
		CHECK(mmu_query(&m, rows[i].va, &level) != 0);
		CHECK_EQ(level, rows[i].level);
		close_tables();
	}
}

TEST(mapping_over_a_leaf_is_refused)
{
	open_tables();
	CHECK_EQ(mmu_map(&m, 2 * MiB, 4 * MiB, 2 * MiB, MMU_RW, 1), 0);
	CHECK_EQ(mmu_map(&m, 2 * MiB + PAGE_SIZE, PA, PAGE_SIZE, MMU_RW, 0),
		 -E_EXIST);
	CHECK_EQ(mmu_map(&m, 2 * MiB, PA, 2 * MiB, MMU_RW, 1), -E_EXIST);
	close_tables();
}

TEST(unmap_empties_and_owes_one_flush_for_the_hull)
{
	struct mmu_flush f;
	int level;

	open_tables();
	CHECK_EQ(mmu_map(&m, VA, PA, 4 * PAGE_SIZE, MMU_RW, 0), 0);
	flush_begin(&f, &m);
	CHECK_EQ(mmu_unmap(&m, VA + PAGE_SIZE, 2 * PAGE_SIZE, &f), 0);
	CHECK_EQ(f.lo, VA + PAGE_SIZE);
	CHECK_EQ(f.hi, VA + 3 * PAGE_SIZE - 1);
	CHECK(mmu_query(&m, VA, &level) != 0);
	CHECK_EQ(mmu_query(&m, VA + PAGE_SIZE, &level), 0);
	CHECK_EQ(mmu_query(&m, VA + 2 * PAGE_SIZE, &level), 0);
	CHECK(mmu_query(&m, VA + 3 * PAGE_SIZE, &level) != 0);
	close_tables();
}

TEST(a_large_leaf_is_not_cut_in_part)
{
	struct mmu_flush f;
	int level;

	open_tables();
	CHECK_EQ(mmu_map(&m, 2 * MiB, 4 * MiB, 2 * MiB, MMU_RW, 1), 0);
	flush_begin(&f, &m);
	CHECK_EQ(mmu_unmap(&m, 2 * MiB, PAGE_SIZE, &f), -E_BUSY);
	CHECK_EQ(mmu_protect(&m, 3 * MiB, MiB, MMU_R, &f), -E_BUSY);
	CHECK_EQ(mmu_unmap(&m, MiB, 2 * MiB, &f), -E_BUSY);
	CHECK(f.lo > f.hi);
	CHECK_EQ(mmu_unmap(&m, MiB, 4 * MiB, &f), 0);
	CHECK_EQ(mmu_query(&m, 2 * MiB, &level), 0);
	close_tables();
}

TEST(protect_keeps_frame_accessed_and_dirty)
{
	struct mmu_flush f;
	int level;
	pte_t p, *slot;

	open_tables();
	CHECK_EQ(mmu_map(&m, VA, PA, PAGE_SIZE, MMU_RW, 0), 0);
	slot = mmu_slot(&m, VA, 0);
	pte_store(slot, pte_touch(pte_load(slot), true));
	flush_begin(&f, &m);
	CHECK_EQ(mmu_protect(&m, VA, PAGE_SIZE, MMU_R, &f), 0);
	CHECK(f.lo == VA); /* a right went: a flush is owed */
	p = mmu_query(&m, VA, &level);
	CHECK_EQ(pte_pa(p), PA);
	CHECK_EQ(pte_prot(p), MMU_R);
	CHECK(pte_accessed(p) && pte_dirty(p));
	flush_begin(&f, &m);
	CHECK_EQ(mmu_protect(&m, VA, PAGE_SIZE, MMU_RW, &f), 0);
	CHECK(f.lo > f.hi); /* a right came: none */
	close_tables();
}

TEST(accessed_and_dirty_are_tested_and_cleared)
{
	pte_t *slot;

	open_tables();
	CHECK_EQ(mmu_map(&m, VA, PA, PAGE_SIZE, MMU_RW, 0), 0);
	CHECK(!mmu_test_clear_accessed(&m, VA));
	CHECK(!mmu_test_clear_dirty(&m, VA));
	slot = mmu_slot(&m, VA, 0);
	pte_store(slot, pte_touch(pte_load(slot), true));
	CHECK(mmu_test_clear_accessed(&m, VA));
	CHECK(!mmu_test_clear_accessed(&m, VA));
	CHECK(mmu_test_clear_dirty(&m, VA));
	CHECK(!mmu_test_clear_dirty(&m, VA));
	CHECK(!mmu_test_clear_accessed(&m, VA + PAGE_SIZE));
	close_tables();
}

TEST(an_invalid_entry_carries_a_word)
{
	static const uint64_t words[] = {1, 0x3ffffffffffffffful, 0xdeadbeef};
	struct mmu_flush f;
	pte_t *slot;

	open_tables();
	CHECK_EQ(mmu_make_slot(&m, VA, 0, &slot), 0);
	for (unsigned i = 0; i < ARRAY_LEN(words); i++) {
		pte_store(slot, pte_soft(words[i]));
		CHECK(!pte_valid(pte_load(slot)));
		CHECK_EQ(pte_soft_word(pte_load(slot)), words[i]);
		CHECK(!(*slot & PTE_V));
	}
	flush_begin(&f, &m);
	CHECK_EQ(mmu_unmap(&m, VA, PAGE_SIZE, &f), 0);
	CHECK_EQ(pte_load(slot), 0);
	CHECK(f.lo > f.hi); /* it mapped nothing */
	close_tables();
}

TEST(ad_soft_hides_a_leaf_until_it_is_touched)
{
	bool before = pte_soft_ad;
	pte_t slot, p = pte_leaf(PA, MMU_RW | MMU_U);

	pte_soft_ad = true;
	pte_store(&slot, p);
	CHECK(!(slot & PTE_V)); /* A=0: hardware sees nothing */
	CHECK_EQ(pte_load(&slot), p);
	pte_store(&slot, pte_touch(p, false));
	CHECK((slot & PTE_V) && !(slot & PTE_W)); /* D=0: not writable */
	CHECK_EQ(pte_load(&slot), pte_touch(p, false));
	pte_store(&slot, pte_touch(p, true));
	CHECK((slot & PTE_V) && (slot & PTE_W));
	CHECK_EQ(pte_load(&slot), pte_touch(p, true));
	pte_store(&slot, pte_soft(12345));
	CHECK_EQ(pte_soft_word(pte_load(&slot)), 12345);
	pte_soft_ad = before;
}

TEST(a_leaf_table_is_cut_out_and_goes_after_the_flush)
{
	struct mmu_flush f;
	int level;
	pa_t table;

	open_tables();
	CHECK_EQ(mmu_map(&m, VA, PA, PAGE_SIZE, MMU_RW, 0), 0);
	flush_begin(&f, &m);
	CHECK_EQ(mmu_unmap(&m, VA, PAGE_SIZE, &f), 0);
	table = mmu_cut_table(&m, VA, &f);
	CHECK(table != 0);
	CHECK(f.tables);
	CHECK_EQ(mmu_cut_table(&m, VA, &f), 0);
	CHECK(mmu_slot(&m, VA, 0) == NULL);
	CHECK_EQ(mmu_query(&m, VA, &level), 0);
	flush_run(&f);
	upcall_table_free(table);
	close_tables();
}

/* With and without one that was found before, near and far. */
static void check_leaf_slots(void)
{
	static const va_t at[] = {VA,
				  VA + MiB,
				  VA + 2 * MiB,
				  VA,
				  GiB,
				  GiB + VA,
				  VA,
				  0,
				  2 * MiB,
				  MMU_USER_END - 1,
				  VA + PAGE_SIZE};

	for (unsigned i = 0; i < ARRAY_LEN(at); i++)
		CHECK(mmu_leaf_slot(&m, at[i]) == mmu_slot(&m, at[i], 0));
}

TEST(the_leaf_table_found_last_is_forgotten_when_it_is_cut)
{
	struct mmu_flush f;
	pte_t *slot, *again;
	pa_t table;

	open_tables();
	check_leaf_slots();
	CHECK_EQ(mmu_make_slot(&m, VA, 0, &slot), 0);
	CHECK_EQ(mmu_make_slot(&m, GiB + VA, 0, &again), 0);
	check_leaf_slots();
	CHECK(mmu_leaf_slot(&m, VA) == slot);
	CHECK(mmu_leaf_is_near(&m, VA));
	CHECK(!mmu_leaf_is_near(&m, VA + 2 * MiB));
	flush_begin(&f, &m);
	table = mmu_cut_table(&m, VA, &f);
	CHECK(!mmu_leaf_is_near(&m, VA));
	CHECK(mmu_leaf_slot(&m, VA) == NULL);
	check_leaf_slots();
	CHECK_EQ(mmu_make_slot(&m, VA, 0, &again), 0);
	CHECK(again != slot);
	CHECK(mmu_leaf_slot(&m, VA) == again);
	flush_run(&f);
	upcall_table_free(table);
	check_leaf_slots();
	close_tables();
}

TEST(a_walk_lists_every_level)
{
	pte_t e[MMU_LEVELS];

	open_tables();
	CHECK_EQ(mmu_map(&m, VA, PA, PAGE_SIZE, MMU_R, 0), 0);
	CHECK_EQ(mmu_walk(&m, VA, e), 0);
	CHECK(pte_is_table(e[2]) && pte_is_table(e[1]));
	CHECK_EQ(pte_pa(e[0]), PA);
	CHECK_EQ(mmu_walk(&m, VA + PAGE_SIZE, e), -1);
	CHECK_EQ(mmu_walk(&m, 64 * GiB, e), -1);
	CHECK_EQ(e[2], 0);
	close_tables();
}

TEST(the_upper_half_is_the_kernels_in_every_tables)
{
	int level;

	open_tables();
	CHECK_EQ(mmu_query(&m, (va_t)&m, &level),
		 mmu_query(&kernel_mmu, (va_t)&m, &level));
	CHECK(mmu_query(&m, (va_t)&m, &level) != 0);
	close_tables();
}

TEST(tables_running_out_is_an_error_at_every_step)
{
	uint64_t before = frames_free();
	int err = -E_NOMEM;

	for (long n = 0; err == -E_NOMEM; n++) {
		frame_fail_after(n);
		err = mmu_create(&m);
		if (!err) {
			err = mmu_map(&m, VA, PA, PAGE_SIZE, MMU_R, 0);
			frame_fail_after(-1);
			mmu_destroy(&m);
		}
		frame_fail_after(-1);
		CHECK_EQ(frames_free(), before);
		CHECK(n < 4);
	}
	CHECK_EQ(err, 0);
}
