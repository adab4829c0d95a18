/* SPDX-License-Identifier: BSD-2-Clause */
/* tlb_test.c - switching, ASID generations, and what a batch pays. */
#include "arch/cpu.h"
#include "arch/riscv/csr.h"
#include "arch/riscv/tlb.h"
#include "tests/test.h"

#define VA GiB

static struct mmu_counts before;

static void start(void)
{
	before = mmu_counts_read();
}

static uint64_t fences(void)
{
	struct mmu_counts now = mmu_counts_read();

	return now.fence_all + now.fence_space + now.fence_page -
	       before.fence_all - before.fence_space - before.fence_page;
}

static uint64_t satp_writes(void)
{
	return mmu_counts_read().satp - before.satp;
}

TEST(a_switch_writes_satp_once_and_fences_only_without_asids)
{
	struct mmu a, b;

	CHECK_EQ(mmu_create(&a), 0);
	CHECK_EQ(mmu_create(&b), 0);
	mmu_switch(&a); /* the first ones may open a generation */
	mmu_switch(&b);
	start();
	mmu_switch(&a);
	CHECK_EQ(satp_writes(), 1);
	CHECK_EQ(fences(), mmu_features.asid_bits ? 0 : 1);
	mmu_switch(&a);
	CHECK_EQ(satp_writes(), 1); /* it is current already */
	CHECK_EQ((hart_read_satp() & SATP_PPN_MASK) << PAGE_SHIFT, a.root);
	mmu_switch(&kernel_mmu);
	start();
	mmu_switch(&a); /* back to the tables last used: nothing to forget */
	CHECK_EQ(fences(), 0);
	mmu_switch(&kernel_mmu);
	mmu_destroy(&a);
	mmu_destroy(&b);
}

TEST(a_flush_reaches_only_harts_that_ran_the_tables)
{
	struct mmu_flush f;
	struct mmu m;

	CHECK_EQ(mmu_create(&m), 0);
	flush_begin(&f, &m);
	flush_add(&f, VA, PAGE_SIZE);
	start();
	flush_run(&f);
	CHECK_EQ(fences(), 0); /* nobody has run it */
	CHECK_EQ(mmu_counts_read().remote, before.remote);
	mmu_switch(&m);
	mmu_switch(&kernel_mmu);
	flush_add(&f, VA, PAGE_SIZE);
	start();
	flush_run(&f);
	CHECK_EQ(fences(), 1);
	CHECK_EQ(mmu_counts_read().remote, before.remote);
	mmu_destroy(&m);
}

TEST(a_batch_pays_by_page_while_it_is_short)
{
	static const struct {
		uint64_t pages;
		bool tables;
		uint64_t page_fences, space_fences;
	} rows[] = {
		{1, false, 1, 0},
		{FLUSH_PAGES, false, FLUSH_PAGES, 0},
		{FLUSH_PAGES + 1, false, 0, 1},
		{512, false, 0, 1},
		{1, true, 0, 1},
	};
	bool errata = mmu_features.full_fences_only;
	struct mmu_flush f;
	struct mmu m;

	mmu_features.full_fences_only = false;
	CHECK_EQ(mmu_create(&m), 0);
	mmu_switch(&m);
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		struct mmu_counts now;

		flush_begin(&f, &m);
		flush_add(&f, VA, rows[i].pages * PAGE_SIZE);
		if (rows[i].tables)
			flush_tables(&f);
		start();
		flush_run(&f);
		now = mmu_counts_read();
		CHECK_EQ(now.fence_page - before.fence_page,
			 rows[i].page_fences);
		CHECK_EQ(now.fence_space - before.fence_space,
			 rows[i].space_fences);
		start();
		flush_run(&f); /* the batch is empty again */
		CHECK_EQ(fences(), 0);
	}
	mmu_switch(&kernel_mmu);
	mmu_destroy(&m);
	mmu_features.full_fences_only = errata;
}

TEST(errata_turn_every_fence_into_a_full_one)
{
	bool errata = mmu_features.full_fences_only;
	struct mmu m;

	CHECK_EQ(mmu_create(&m), 0);
	mmu_features.full_fences_only = true;
	start();
	mmu_fence_page(&m, VA);
	mmu_fence_space(&m);
	mmu_fence_page_global(VA);
	CHECK_EQ(mmu_counts_read().fence_all - before.fence_all, 3);
	CHECK_EQ(mmu_counts_read().fence_page, before.fence_page);
	CHECK_EQ(mmu_counts_read().fence_space, before.fence_space);
	mmu_features.full_fences_only = errata;
	mmu_destroy(&m);
}

/* Fewer ASIDs than tables: generations must follow one another. */
TEST(asids_run_out_and_a_new_generation_starts)
{
	enum { TABLES = 24 };
	static struct mmu m[TABLES];
	unsigned bits = mmu_features.asid_bits;
	uint64_t rollovers;

	if (!bits)
		test_skip("this machine has no ASIDs");
	mmu_switch(&kernel_mmu);
	tlb_init(4); /* 16, one of them the kernel's */
	rollovers = mmu_counts_read().rollovers;
	for (unsigned i = 0; i < TABLES; i++)
		CHECK_EQ(mmu_create(&m[i]), 0);
	for (unsigned round = 0; round < 3; round++)
		for (unsigned i = 0; i < TABLES; i++) {
			uint64_t asid;

			mmu_switch(&m[i]);
			asid = (hart_read_satp() & SATP_ASID_MASK) >>
			       SATP_ASID_SHIFT;
			CHECK(asid != 0 && asid < 16);
			CHECK_EQ(asid, m[i].context & 0xffff);
		}
	CHECK(mmu_counts_read().rollovers - rollovers >= 4);
	mmu_switch(&kernel_mmu);
	for (unsigned i = 0; i < TABLES; i++)
		mmu_destroy(&m[i]);
	tlb_init(bits);
}

TEST(probing_leaves_satp_as_it_was)
{
	uint64_t satp = hart_read_satp();
	unsigned bits = tlb_probe_asid_bits();

	CHECK(bits <= 16);
	CHECK_EQ(hart_read_satp(), satp);
}
