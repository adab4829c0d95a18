/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mmu_live_test.c - the MMU contract with real accesses through tables that
 * this hart runs on, from S-mode and from U-mode.
 */
#include "arch/cpu.h"
#include "arch/mmu.h"
#include "arch/riscv/csr.h"
#include "mm/frame.h"
#include "tests/test.h"
#include "tests/unit/probe.h"

#define VA   0x08048000ul
#define CODE 0x10000ul
#define USER 1 /* from U-mode */

static struct mmu m;
static struct frame *page, *code;

static void open_tables(unsigned prot)
{
	page = frame_alloc(0, FRAME_SLAB, FRAME_ZERO);
	code = frame_alloc(0, FRAME_SLAB, FRAME_ZERO);
	memcpy(frame_va(code), probe_code, PAGE_SIZE);
	*(uint64_t *)frame_va(page) = PROBE_STOP;
	CHECK_EQ(mmu_create(&m), 0);
	CHECK_EQ(mmu_map(&m, VA, frame_pa(page), PAGE_SIZE, prot, 0), 0);
	CHECK_EQ(mmu_map(&m, CODE, frame_pa(code), PAGE_SIZE,
			 MMU_R | MMU_X | MMU_U, 0),
		 0);
	pte_store(mmu_slot(&m, CODE, 0),
		  pte_touch(pte_load(mmu_slot(&m, CODE, 0)), true));
	mmu_switch(&m);
}

static void close_tables(void)
{
	mmu_switch(&kernel_mmu);
	mmu_destroy(&m);
	frame_put(page);
	frame_put(code);
}

/* scause, or PROBE_DONE; A and D are set by hand where the machine will not. */
static uint64_t access_at(enum probe_op op, va_t va, int user)
{
	struct probe_result r;

	for (unsigned tries = 0; tries < 3; tries++) {
		pte_t *slot, p;
		bool write = op == PROBE_STORE;
		unsigned need = op == PROBE_LOAD ? MMU_R
				: write		 ? MMU_W
						 : MMU_X;

		probe(op, va, user ? CODE : 0, &r);
		if (r.cause == PROBE_DONE)
			break;
		slot = mmu_slot(&m, va, 0);
		p = slot ? pte_load(slot) : 0;
		if (!pte_is_leaf(p) || !(pte_prot(p) & need) ||
		    pte_touch(p, write) == p)
			break;
		pte_store(slot, pte_touch(p, write));
		mmu_fence_page(&m, va);
	}
	return r.cause;
}

TEST(a_page_of_the_user_is_out_of_the_kernels_reach)
{
	open_tables(MMU_RW | MMU_X | MMU_U);
	CHECK_EQ(access_at(PROBE_LOAD, VA, USER), PROBE_DONE);
	CHECK_EQ(access_at(PROBE_STORE, VA + 8, USER), PROBE_DONE);
	CHECK_EQ(access_at(PROBE_FETCH, VA, USER), PROBE_DONE);
	CHECK_EQ(access_at(PROBE_LOAD, VA, 0), CAUSE_LOAD_FAULT);
	CHECK_EQ(access_at(PROBE_STORE, VA, 0), CAUSE_STORE_FAULT);
	CHECK_EQ(access_at(PROBE_FETCH, VA, 0), CAUSE_FETCH_FAULT);
	mmu_allow_user(true);
	CHECK_EQ(access_at(PROBE_LOAD, VA, 0), PROBE_DONE);
	CHECK_EQ(access_at(PROBE_STORE, VA + 8, 0), PROBE_DONE);
	mmu_fence_page(&m, VA); /* QEMU would remember X from the load */
	CHECK_EQ(access_at(PROBE_FETCH, VA, 0), CAUSE_FETCH_FAULT);
	mmu_allow_user(false);
	close_tables();
}

TEST(every_protection_permits_what_it_says)
{
	static const unsigned prots[] = {MMU_R, MMU_RW, MMU_X, MMU_R | MMU_X};

	for (unsigned i = 0; i < ARRAY_LEN(prots); i++) {
		open_tables(prots[i] | MMU_U);
		CHECK_EQ(access_at(PROBE_LOAD, VA, USER),
			 prots[i] & MMU_R ? PROBE_DONE : CAUSE_LOAD_FAULT);
		CHECK_EQ(access_at(PROBE_FETCH, VA, USER),
			 prots[i] & MMU_X ? PROBE_DONE : CAUSE_FETCH_FAULT);
		CHECK_EQ(access_at(PROBE_STORE, VA + 8, USER),
			 prots[i] & MMU_W ? PROBE_DONE : CAUSE_STORE_FAULT);
		close_tables();
	}
}

TEST(use_sets_accessed_and_writing_dirty)
{
	open_tables(MMU_RW | MMU_U);
	CHECK(!mmu_test_clear_accessed(&m, VA));
	CHECK_EQ(access_at(PROBE_LOAD, VA, USER), PROBE_DONE);
	CHECK(!mmu_test_clear_dirty(&m, VA));
	CHECK(mmu_test_clear_accessed(&m, VA));
	mmu_forget_page(&m, VA);
	CHECK_EQ(access_at(PROBE_STORE, VA, USER), PROBE_DONE);
	CHECK(mmu_test_clear_accessed(&m, VA));
	CHECK(mmu_test_clear_dirty(&m, VA));
	close_tables();
}

TEST(after_unmap_and_flush_the_page_is_gone)
{
	struct mmu_flush f;

	open_tables(MMU_RW | MMU_U);
	CHECK_EQ(access_at(PROBE_STORE, VA, USER), PROBE_DONE);
	flush_begin(&f, &m);
	CHECK_EQ(mmu_unmap(&m, VA, PAGE_SIZE, &f), 0);
	flush_run(&f);
	CHECK_EQ(access_at(PROBE_LOAD, VA, USER), CAUSE_LOAD_FAULT);
	close_tables();
}

TEST(after_protect_and_flush_the_right_is_gone)
{
	struct mmu_flush f;

	open_tables(MMU_RW | MMU_U);
	CHECK_EQ(access_at(PROBE_STORE, VA, USER), PROBE_DONE);
	flush_begin(&f, &m);
	CHECK_EQ(mmu_protect(&m, VA, PAGE_SIZE, MMU_R | MMU_U, &f), 0);
	flush_run(&f);
	CHECK_EQ(access_at(PROBE_STORE, VA, USER), CAUSE_STORE_FAULT);
	CHECK_EQ(access_at(PROBE_LOAD, VA, USER), PROBE_DONE);
	flush_begin(&f, &m);
	CHECK_EQ(mmu_protect(&m, VA, PAGE_SIZE, MMU_U, &f), 0); /* hidden */
	flush_run(&f);
	CHECK_EQ(access_at(PROBE_LOAD, VA, USER), CAUSE_LOAD_FAULT);
	close_tables();
}

TEST(a_switch_changes_what_an_address_means)
{
	struct frame *other = frame_alloc(0, FRAME_SLAB, FRAME_ZERO);
	struct probe_result r;
	struct mmu b;

	open_tables(MMU_RW);
	*(uint64_t *)frame_va(page) = 1;
	*(uint64_t *)frame_va(other) = 2;
	CHECK_EQ(mmu_create(&b), 0);
	CHECK_EQ(mmu_map(&b, VA, frame_pa(other), PAGE_SIZE, MMU_RW, 0), 0);
	for (unsigned i = 0; i < 4; i++) {
		struct mmu *now = i % 2 ? &b : &m;
		pte_t *slot = mmu_slot(now, VA, 0);

		pte_store(slot, pte_touch(pte_load(slot), true));
		mmu_switch(now);
		mmu_fence_page(now, VA);
		probe(PROBE_LOAD, VA, 0, &r);
		CHECK_EQ(r.cause, PROBE_DONE);
		CHECK_EQ(r.value, i % 2 + 1);
	}
	mmu_switch(&kernel_mmu);
	mmu_destroy(&b);
	frame_put(other);
	close_tables();
}

TEST(large_leaves_translate)
{
	static const struct {
		uint64_t size;
		int level;
	} rows[] = {{2 * MiB, 1}, {GiB, 2}};
	struct probe_result r;

	open_tables(MMU_RW);
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		pa_t base = round_down(frame_pa(page), rows[i].size);
		va_t va = 8 * GiB * (i + 1);
		pte_t *slot;

		CHECK_EQ(mmu_map(&m, va, base, rows[i].size, MMU_R, 2), 0);
		slot = mmu_slot(&m, va, rows[i].level);
		pte_store(slot, pte_touch(pte_load(slot), false));
		*(uint64_t *)frame_va(page) = 77 + i;
		probe(PROBE_LOAD, va + frame_pa(page) - base, 0, &r);
		CHECK_EQ(r.cause, PROBE_DONE);
		CHECK_EQ(r.value, 77 + i);
	}
	close_tables();
}
