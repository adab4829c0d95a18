/* SPDX-License-Identifier: BSD-2-Clause */
/* control_test.c - control registers, and what each call fences. */
#include "arch/mmu.h"
#include "lib/bits.h"
#include "tests/test.h"
#include "tests/unit/compat/rig.h"

#define VA    0x08048000u
#define EVERY X86_P | X86_W | X86_U

#define EACH_MODE for (unsigned mode = 0; mode < rig_modes(); mode++)

static struct pagedir *pd;
static uint32_t frame;
static struct x86_pf pf;

static void open_one(unsigned mode)
{
	rig_begin(mode);
	frame = rig_frame(0x1234);
	pd = rig_pagedir();
	pagedir_activate(pd);
}

static void close_one(void)
{
	pagedir_activate(NULL);
	pagedir_destroy(pd);
	rig_end();
}

TEST(paging_and_write_protection_are_always_on)
{
	uint32_t on = X86_CR0_PE | X86_CR0_WP | X86_CR0_PG;

	CHECK_EQ(x86_read_cr0(), on);
	CHECK(x86_write_cr0(on));
	CHECK(!x86_write_cr0(on & ~X86_CR0_WP));
	CHECK(!x86_write_cr0(on & ~X86_CR0_PG));
	CHECK_EQ(x86_read_cr0(), on);
}

TEST(cr3_is_a_handle_and_cr4_keeps_only_what_it_knows)
{
	open_one(0);
	CHECK_EQ(x86_read_cr3(), (uintptr_t)pd);
	x86_write_cr4(~0u);
	CHECK_EQ(x86_read_cr4(),
		 X86_CR4_PSE | X86_CR4_PGE | X86_CR4_SMEP | X86_CR4_SMAP);
	close_one();
	CHECK_EQ(x86_read_cr4(), 0);
	CHECK_EQ(x86_read_cr3(), 0);
}

TEST(supervisor_uses_user_pages_without_smap_or_with_ac)
{
	open_one(0);
	x86_write_cr4(0);
	CHECK(rig_sum());
	x86_write_cr4(X86_CR4_SMAP);
	CHECK(!rig_sum());
	x86_stac();
	CHECK(rig_sum());
	x86_clac();
	CHECK(!rig_sum());
	x86_write_cr4(0);
	CHECK(rig_sum());
	close_one();
	CHECK(!rig_sum());
}

/* Only a #PF loads CR2: not what is run again, not what x86 has no word for. */
TEST(cr2_is_the_address_of_the_last_page_fault_alone)
{
	EACH_MODE
	{
		open_one(mode);
		CHECK_EQ(rig_access(X86_READ, true, VA, frame, &pf), RIG_FAULT);
		CHECK_EQ(x86_read_cr2(), VA + RIG_READ_AT);
		CHECK(pagedir_set_page(pd, VA + PAGE_SIZE, frame, true));
		CHECK_EQ(
			rig_access(X86_WRITE, true, VA + PAGE_SIZE, frame, &pf),
			RIG_OK);
		CHECK_EQ(
			rig_access(X86_EXEC, false, VA + PAGE_SIZE, frame, &pf),
			RIG_NATIVE);
		CHECK_EQ(x86_read_cr2(), VA + RIG_READ_AT);
		close_one();
	}
}

TEST(an_address_beyond_32_bits_has_no_x86_story)
{
	static const va_t far[] = {0x100000000, 0x3ffffff000, 0x4000000000,
				   0x8000000000000000, 0xffffffbffffff000};

	open_one(0);
	for (unsigned i = 0; i < ARRAY_LEN(far); i++) {
		struct rig_trap t;

		rig_try(X86_READ, true, far[i], &t);
		CHECK(t.faulted && !t.odd);
		CHECK_EQ(t.stval, far[i]);
		CHECK_EQ(x86_page_fault(X86_READ, true, false, t.stval, &pf),
			 X86_PF_NATIVE);
	}
	CHECK_EQ(x86_read_cr2(), 0);
	close_one();
}

/* ---- fences ----------------------------------------------------------- */

static struct mmu_counts before;

/* What was fenced since the last time: everything, a space, a page. */
static void fenced(int line, uint64_t all, uint64_t space, uint64_t page)
{
	struct mmu_counts now = mmu_counts_read();

	if (now.fence_all - before.fence_all != all ||
	    now.fence_space - before.fence_space != space ||
	    now.fence_page - before.fence_page != page)
		test_fail_eq(__FILE__, line, "fences (all, space, page)",
			     (now.fence_all - before.fence_all) << 16 |
				     (now.fence_space - before.fence_space)
					     << 8 |
				     (now.fence_page - before.fence_page),
			     all << 16 | space << 8 | page);
	before = now;
}
#define FENCED(all, space, page) fenced(__LINE__, all, space, page)

static void open_counted(void)
{
	if (mmu_features.full_fences_only)
		test_skip("every fence is a full one here");
	open_one(0);
	x86_write_cr4(X86_CR4_PGE | X86_CR4_SMEP | X86_CR4_SMAP | X86_CR4_PSE);
	before = mmu_counts_read();
}

TEST(each_pagedir_call_fences_what_its_contract_says)
{
	open_counted();
	CHECK(pagedir_set_page(pd, VA, frame, true));
	FENCED(0, 1, 1); /* the space: for the new PDE */
	CHECK(pagedir_set_page(pd, VA + PAGE_SIZE, frame, true));
	FENCED(0, 0, 1);
	pagedir_set_dirty(pd, VA, true);
	FENCED(0, 0, 1);
	pagedir_set_accessed(pd, VA, true);
	FENCED(0, 0, 1);
	pagedir_clear_page(pd, VA);
	FENCED(0, 0, 1);
	pagedir_get_page(pd, VA);
	pagedir_is_dirty(pd, VA);
	pagedir_is_accessed(pd, VA);
	pagedir_set_dirty(pd, 0x70000000, true); /* nothing there */
	FENCED(0, 0, 0);
	pagedir_activate(pd);
	FENCED(0, 1, 0);
	close_one();
}

TEST(each_raw_call_fences_what_its_contract_says)
{
	open_counted();
	CHECK(x86_set_pde(pd, VA, EVERY));
	FENCED(0, 1, 0);
	CHECK(x86_set_pte(pd, VA, frame | EVERY));
	x86_get_pte(pd, VA);
	x86_get_pde(pd, VA);
	x86_stac();
	x86_clac();
	x86_write_cr4(x86_read_cr4() & ~X86_CR4_SMAP);
	FENCED(0, 0, 0);
	x86_invlpg(VA);
	FENCED(0, 0, 1);
	x86_write_cr4(x86_read_cr4() & ~X86_CR4_PGE);
	FENCED(1, 0, 0);
	x86_write_cr3(x86_read_cr3());
	FENCED(1, 0, 0);
	CHECK(x86_set_pde(pd, 0x10000000, EVERY | X86_PS));
	FENCED(0, 1, 0);
	x86_invlpg(0x10000000);
	FENCED(0, 0, 2);
	CHECK(x86_set_pte(pd, VA, frame | EVERY | X86_G));
	CHECK(x86_set_pde(pd, VA, EVERY));
	FENCED(1, 0, 0); /* globals may lie below */
	close_one();
}

TEST(the_fault_handler_fences_what_its_contract_says)
{
	open_counted();
	CHECK(x86_set_pde(pd, VA, EVERY));
	CHECK(x86_set_pte(pd, VA, frame | X86_P | X86_U));
	before = mmu_counts_read();
	CHECK_EQ(x86_page_fault(X86_WRITE, true, false, VA, &pf),
		 X86_PF_DELIVER);
	FENCED(0, 0, 0);
	CHECK_EQ(x86_page_fault(X86_READ, true, false, VA, &pf), X86_PF_RETRY);
	FENCED(0, 0, 1); /* A was set */
	CHECK_EQ(x86_page_fault(X86_READ, true, false, VA, &pf), X86_PF_RETRY);
	FENCED(0, 1, 0); /* the entry permits: an old one was used */
	close_one();
}
