/* SPDX-License-Identifier: BSD-2-Clause */
/* pagedir_test.c - directories: Pintos's calls, raw words, the window. */
#include "lib/bits.h"
#include "tests/test.h"
#include "tests/unit/compat/rig.h"

#define VA	0x08048000u
#define LARGE	0x10000000u /* a 4 MiB line */
#define WINDOW	0xc0100000u
#define EVERY	X86_P | X86_W | X86_U
#define BITS(w) ((w)&0xfff)

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

static bool can(enum x86_op op, bool user, uint32_t page)
{
	enum rig_verdict v = rig_access(op, user, page, frame, &pf);

	CHECK(v == RIG_OK || v == RIG_FAULT);
	return v == RIG_OK;
}

/* ---- Pintos ----------------------------------------------------------- */

TEST(a_page_set_is_there_and_a_page_cleared_keeps_its_other_bits)
{
	EACH_MODE
	{
		open_one(mode);
		CHECK(!can(X86_READ, true, VA));
		CHECK_EQ(pf.err, X86_PF_U);
		CHECK(pagedir_set_page(pd, VA, frame, false));
		CHECK_EQ(pagedir_get_page(pd, VA + 5), frame + 5);
		CHECK(can(X86_READ, true, VA) && can(X86_EXEC, true, VA));
		CHECK(!can(X86_WRITE, true, VA));
		CHECK_EQ(pf.err, X86_PF_U | X86_PF_W | X86_PF_P);
		pagedir_clear_page(pd, VA);
		CHECK_EQ(pagedir_get_page(pd, VA), 0);
		CHECK(!can(X86_READ, true, VA));
		CHECK_EQ(x86_get_pte(pd, VA), frame | X86_U | X86_A);
		CHECK(pagedir_set_page(pd, VA, frame, true));
		CHECK(can(X86_WRITE, true, VA));
		close_one();
	}
}

TEST(accessed_and_dirty_follow_the_accesses_again_after_being_cleared)
{
	EACH_MODE
	{
		open_one(mode);
		CHECK(pagedir_set_page(pd, VA, frame, true));
		CHECK(!pagedir_is_accessed(pd, VA));
		for (unsigned i = 0; i < 3; i++) {
			CHECK(can(X86_READ, true, VA));
			CHECK(pagedir_is_accessed(pd, VA));
			CHECK(!pagedir_is_dirty(pd, VA));
			CHECK(can(X86_WRITE, true, VA));
			CHECK(pagedir_is_dirty(pd, VA));
			pagedir_set_dirty(pd, VA, false);
			pagedir_set_accessed(pd, VA, false);
			CHECK_EQ(BITS(x86_get_pte(pd, VA)), EVERY);
		}
		pagedir_set_dirty(pd, VA, true);
		pagedir_set_accessed(pd, VA, true);
		CHECK_EQ(BITS(x86_get_pte(pd, VA)), EVERY | X86_A | X86_D);
		pagedir_set_dirty(pd, LARGE, true); /* no table: nothing */
		CHECK(!pagedir_is_dirty(pd, LARGE));
		close_one();
	}
}

TEST(two_directories_do_not_see_each_other)
{
	EACH_MODE
	{
		struct pagedir *other;

		open_one(mode);
		other = rig_pagedir();
		CHECK(pagedir_set_page(pd, VA, frame, true));
		CHECK(can(X86_READ, true, VA));
		pagedir_activate(other);
		CHECK(!can(X86_READ, true, VA));
		pagedir_activate(pd);
		CHECK(can(X86_READ, true, VA));
		pagedir_activate(NULL);
		CHECK(!can(X86_READ, false, VA));
		pagedir_destroy(other);
		close_one();
	}
}

/* ---- PDEs ------------------------------------------------------------- */

TEST(a_pde_without_p_hides_its_pages_and_gives_them_back)
{
	EACH_MODE
	{
		open_one(mode);
		CHECK(pagedir_set_page(pd, VA, frame, true));
		CHECK(can(X86_READ, true, VA));
		CHECK(x86_set_pde(pd, VA, 0xdeadbee0));
		CHECK_EQ(x86_get_pde(pd, VA), 0xdeadbee0);
		CHECK(!can(X86_READ, true, VA));
		CHECK_EQ(pf.err, X86_PF_U);
		CHECK_EQ(pagedir_get_page(pd, VA), 0);
		CHECK(x86_set_pde(pd, VA, EVERY));
		CHECK(can(X86_WRITE, true, VA));
		CHECK(x86_set_pde(pd, VA, 0)); /* destroyed while hidden */
		close_one();
	}
}

TEST(a_pte_written_below_a_pde_without_p_has_the_rights_that_come)
{
	EACH_MODE
	{
		open_one(mode);
		CHECK(x86_set_pde(pd, VA, EVERY));
		CHECK(x86_set_pde(pd, VA, 0));
		CHECK(x86_set_pte(pd, VA, frame | EVERY));
		CHECK(x86_set_pde(pd, VA, X86_P | X86_U));
		CHECK(can(X86_READ, true, VA) && !can(X86_WRITE, true, VA));
		CHECK_EQ(BITS(x86_get_pte(pd, VA)), EVERY | X86_A);
		close_one();
	}
}

TEST(rights_of_a_pde_leave_all_else_in_its_ptes)
{
	x86_pte_t all = EVERY | X86_G | X86_A | X86_D | X86_AVL | X86_PCD |
			X86_PWT | X86_PS;

	EACH_MODE
	{
		open_one(mode);
		CHECK(x86_set_pde(pd, VA, EVERY));
		CHECK(x86_set_pte(pd, VA, frame | all));
		for (unsigned wu = 0; wu < 8; wu += 2) {
			CHECK(x86_set_pde(pd, VA, X86_P | wu));
			CHECK_EQ(x86_get_pte(pd, VA), frame | all);
		}
		close_one();
	}
}

TEST(rights_of_a_pde_count_for_both_of_its_halves)
{
	EACH_MODE
	{
		open_one(mode);
		for (uint32_t va = LARGE; va < LARGE + 4 * MiB; va += 2 * MiB)
			CHECK(pagedir_set_page(pd, va, frame, true));
		for (unsigned wu = 0; wu < 8; wu += 2) {
			CHECK(x86_set_pde(pd, LARGE, X86_P | wu));
			for (uint32_t va = LARGE; va < LARGE + 4 * MiB;
			     va += 2 * MiB) {
				CHECK_EQ(can(X86_READ, true, va),
					 !!(wu & X86_U));
				CHECK_EQ(can(X86_WRITE, true, va),
					 wu == (X86_W | X86_U));
			}
		}
		close_one();
	}
}

TEST(a_pde_reads_back_as_written_and_its_accessed_bit_gathers)
{
	EACH_MODE
	{
		x86_pte_t pde = 0x12345000 | X86_P | X86_W | X86_U | X86_AVL |
				X86_PCD | X86_D | X86_G;

		open_one(mode);
		CHECK(!x86_set_pte(pd, VA, frame | EVERY)); /* no table yet */
		CHECK_EQ(x86_get_pte(pd, VA), 0);
		CHECK(x86_set_pde(pd, VA, pde));
		CHECK_EQ(x86_get_pde(pd, VA), pde);
		CHECK(pagedir_set_page(pd, VA, frame, true));
		CHECK(can(X86_READ, true, VA));
		CHECK_EQ(x86_get_pde(pd, VA), pde | X86_A);
		CHECK(x86_set_pte(pd, VA, 0)); /* the PTE's A is gone */
		CHECK_EQ(x86_get_pde(pd, VA), pde | X86_A);
		close_one();
	}
}

/* ---- 4 MiB pages ------------------------------------------------------- */

static uint32_t large_page(void)
{
	return LARGE | (frame & 0x3fffff);
}

static x86_pte_t large_pde(void)
{
	return (frame & 0xffc00000) | X86_PS | EVERY;
}

TEST(a_4_mib_page_maps_and_counts_a_and_d_of_both_halves)
{
	EACH_MODE
	{
		uint32_t page;

		open_one(mode);
		page = large_page();
		x86_write_cr4(X86_CR4_PSE);
		CHECK(x86_set_pde(pd, LARGE, large_pde()));
		CHECK(x86_pde_is_large(pd, page));
		CHECK_EQ(pagedir_get_page(pd, page), frame);
		CHECK_EQ(x86_get_pde(pd, LARGE), large_pde());
		CHECK(can(X86_READ, true, page));
		CHECK_EQ(x86_get_pde(pd, LARGE), large_pde() | X86_A);
		CHECK(can(X86_WRITE, true, page));
		CHECK_EQ(x86_get_pde(pd, LARGE), large_pde() | X86_A | X86_D);
		CHECK_EQ(x86_get_pte(pd, page), 0);
		CHECK(!x86_set_pte(pd, page, EVERY));
		CHECK(x86_set_pde(pd, LARGE, large_pde() | X86_LARGE_RESERVED));
		CHECK(!can(X86_READ, true, page));
		CHECK_EQ(pf.err, X86_PF_P | X86_PF_RSVD | X86_PF_U);
		close_one();
	}
}

TEST(a_pde_goes_from_table_to_4_mib_page_and_back)
{
	EACH_MODE
	{
		uint32_t page;

		open_one(mode);
		page = large_page();
		CHECK(pagedir_set_page(pd, page, frame, false));
		CHECK(can(X86_READ, true, page) && !can(X86_WRITE, true, page));
		x86_write_cr4(X86_CR4_PSE);
		CHECK(x86_set_pde(pd, LARGE, large_pde()));
		CHECK(can(X86_WRITE, true, page));
		CHECK(x86_set_pde(pd, LARGE, EVERY)); /* an empty table */
		CHECK(!x86_pde_is_large(pd, page));
		CHECK(!can(X86_READ, true, page));
		CHECK(pagedir_set_page(pd, page, frame, true));
		CHECK(can(X86_WRITE, true, page));
		CHECK(x86_set_pde(pd, LARGE, 0));
		CHECK(x86_set_pde(pd, LARGE, large_pde())); /* over hidden */
		CHECK(can(X86_WRITE, true, page));
		CHECK(x86_set_pde(pd, LARGE, 0));
		CHECK(!can(X86_READ, true, page));
		x86_write_cr4(0);
		CHECK(x86_set_pde(pd, LARGE, large_pde())); /* PS is ignored */
		CHECK(!x86_pde_is_large(pd, page));
		close_one();
	}
}

/* ---- the kernel window ------------------------------------------------ */

TEST(the_kernel_window_is_one_for_all_directories)
{
	EACH_MODE
	{
		struct pagedir *other;

		open_one(mode);
		CHECK(x86_set_pde(pd, WINDOW, X86_P | X86_W));
		CHECK(x86_set_pte(pd, WINDOW, frame | X86_P | X86_W | X86_G));
		CHECK(can(X86_WRITE, false, WINDOW));
		CHECK(!can(X86_READ, true, WINDOW));
		CHECK_EQ(pf.err, X86_PF_P | X86_PF_U);
		other = rig_pagedir();
		pagedir_activate(other);
		CHECK(can(X86_READ, false, WINDOW));
		pagedir_destroy(pd);
		pd = other;
		CHECK(can(X86_READ, false, WINDOW));
		pagedir_activate(NULL);
		CHECK(can(X86_READ, false, WINDOW));
		CHECK(x86_set_pte(NULL, WINDOW, 0));
		x86_invlpg(WINDOW);
		pagedir_activate(pd);
		CHECK(!can(X86_READ, false, WINDOW));
		CHECK_EQ(x86_get_pte(pd, WINDOW), 0);
		close_one();
	}
}

/* ---- memory running out ----------------------------------------------- */

/* Does everything that takes memory; false as soon as there is none. */
static bool use_memory(struct pagedir **made)
{
	*made = pagedir_create();
	return *made && pagedir_set_page(*made, VA, frame, true) &&
	       pagedir_set_page(*made, 0xbffff000, frame, true) &&
	       x86_set_pde(*made, LARGE, X86_P | X86_PS) &&
	       x86_set_pde(*made, WINDOW, X86_P) &&
	       x86_set_pde(*made, LARGE, X86_P);
}

TEST(each_allocation_may_fail_and_nothing_is_lost)
{
	unsigned n;
	bool done = false;

	for (n = 0; !done; n++) {
		struct pagedir *made = NULL;

		open_one(0);
		x86_write_cr4(X86_CR4_PSE);
		rig_fail_after((long)n);
		done = use_memory(&made);
		rig_fail_after(-1);
		if (made && !done)
			CHECK(pagedir_get_page(made, LARGE) == 0 ||
			      x86_pde_is_large(made, LARGE));
		pagedir_destroy(made);
		close_one();
		CHECK(n < 40);
	}
	CHECK_EQ(n - 1, 17);
}
