/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * shootdown_test.c - several harts on one directory, each with a TLB that
 * forgets nothing by itself. Host only.
 */
#include "lib/bits.h"
#include "tests/host/hart.h"
#include "tests/test.h"
#include "tests/unit/compat/rig.h"

#define VA     0x08048000u
#define WINDOW 0xc0100000u
#define EVERY  (X86_P | X86_W | X86_U)
#define STALE  9 /* the mode: Svadu, all stale, ASIDs */

static struct pagedir *pd;
static uint32_t frame;
static struct x86_pf pf;

/* Harts 0 and 1 run `pd`, which maps VA; hart 0 goes on. */
static void open_two(x86_pte_t bits)
{
	rig_begin(STALE);
	frame = rig_frame(0x1234);
	pd = rig_pagedir();
	CHECK(x86_set_pde(pd, VA, EVERY));
	CHECK(x86_set_pte(pd, VA, frame | bits));
	x86_shootdown(pd, VA, 1); /* pays for the new PDEs */
	for (unsigned h = 2; h-- > 0;) {
		hart_use(h);
		x86_write_cr4(X86_CR4_PGE);
		pagedir_activate(pd);
		CHECK_EQ(rig_access(X86_WRITE, true, VA, frame, &pf), RIG_OK);
	}
}

static void close_two(void)
{
	hart_use(1);
	x86_leave();
	hart_use(0);
	pagedir_activate(NULL);
	pagedir_destroy(pd);
	rig_end();
}

static bool can_on(unsigned hart, enum x86_op op, bool user, uint32_t va)
{
	enum rig_verdict v;

	hart_use(hart);
	v = rig_access(op, user, va, frame, &pf);
	hart_use(0);
	CHECK(v == RIG_OK || v == RIG_FAULT);
	return v == RIG_OK;
}

TEST(a_shootdown_makes_other_harts_forget_a_page)
{
	open_two(EVERY);
	CHECK(x86_set_pte(pd, VA, frame | X86_P | X86_U));
	x86_invlpg(VA);
	CHECK(!can_on(0, X86_WRITE, true, VA));
	CHECK(can_on(1, X86_WRITE, true, VA)); /* INVLPG is one hart's */
	x86_shootdown(pd, VA, 1);
	CHECK(!can_on(1, X86_WRITE, true, VA));
	CHECK(can_on(1, X86_READ, true, VA));
	close_two();
}

TEST(a_shootdown_after_a_pde_change_drops_pointers_too)
{
	open_two(EVERY);
	CHECK(x86_set_pde(pd, VA, 0));
	CHECK(!can_on(0, X86_READ, true, VA));
	CHECK(can_on(1, X86_READ, true, VA));
	x86_shootdown(pd, VA, PAGE_SIZE);
	CHECK(!can_on(1, X86_READ, true, VA));
	close_two();
}

TEST(a_shootdown_drops_global_pages_too)
{
	open_two(EVERY | X86_G);
	CHECK(x86_set_pte(pd, VA, 0));
	CHECK(can_on(1, X86_READ, true, VA));
	x86_shootdown(pd, VA, PAGE_SIZE);
	CHECK(!can_on(0, X86_READ, true, VA));
	CHECK(!can_on(1, X86_READ, true, VA));
	close_two();
}

TEST(a_shootdown_in_the_window_reaches_harts_in_other_directories)
{
	struct pagedir *other;

	open_two(EVERY);
	CHECK(x86_set_pde(pd, WINDOW, X86_P | X86_W));
	CHECK(x86_set_pte(pd, WINDOW, frame | X86_P | X86_W));
	other = rig_pagedir();
	hart_use(1);
	pagedir_activate(other);
	CHECK(can_on(1, X86_WRITE, false, WINDOW));
	CHECK(x86_set_pte(NULL, WINDOW, 0));
	CHECK(can_on(1, X86_WRITE, false, WINDOW));
	x86_shootdown(pd, WINDOW, PAGE_SIZE);
	CHECK(!can_on(1, X86_WRITE, false, WINDOW));
	hart_use(1);
	pagedir_activate(pd);
	hart_use(0);
	pagedir_destroy(other);
	close_two();
}

/* One page named, both halves forgotten: it is one page to x86. */
TEST(a_shootdown_of_a_4_mib_page_takes_both_halves)
{
	x86_pte_t pde;
	uint32_t page, half;

	open_two(EVERY);
	page = 0x10000000 | (frame & 0x3fffff);
	half = page ^ 0x200000;
	pde = (frame & 0xffc00000) | X86_PS | EVERY | X86_A | X86_D;
	x86_write_cr4(X86_CR4_PSE | X86_CR4_PGE);
	CHECK(x86_set_pde(pd, page, pde));
	x86_shootdown(pd, page, 1);
	CHECK(can_on(1, X86_READ, true, page));
	CHECK(x86_set_pde(pd, page, pde & ~X86_P));
	CHECK(can_on(1, X86_READ, true, page));
	x86_shootdown(pd, half, 1);
	CHECK(!can_on(1, X86_READ, true, page));
	close_two();
}

/* Hart 1 holds pointers to the table that goes: it is freed after the fence. */
TEST(a_table_given_back_is_walked_by_no_hart)
{
	uint32_t page;

	open_two(EVERY);
	page = (VA & 0xffc00000) | (frame & 0x3fffff);
	x86_write_cr4(X86_CR4_PSE | X86_CR4_PGE);
	CHECK(!can_on(1, X86_READ, true, page));
	CHECK(x86_set_pde(pd, VA, (frame & 0xffc00000) | X86_PS | EVERY));
	CHECK(can_on(1, X86_READ, true, page));
	close_two();
}

/* Rights given owe nothing, wherever the old entry stands. */
TEST(a_new_page_in_the_window_needs_no_shootdown)
{
	open_two(EVERY);
	CHECK(!can_on(1, X86_READ, false, WINDOW));
	CHECK(x86_set_pde(NULL, WINDOW, X86_P | X86_W));
	CHECK(x86_set_pte(NULL, WINDOW, frame | X86_P | X86_A));
	CHECK(can_on(1, X86_READ, false, WINDOW));
	close_two();
}

/*
 * Hart 1 has left the directory and keeps its entries, as it may; they are gone
 * when the frames are free for other use.
 */
TEST(destroying_a_directory_makes_every_hart_forget_its_globals)
{
	open_two(EVERY | X86_G);
	hart_use(1);
	pagedir_activate(NULL);
	CHECK(can_on(1, X86_READ, true, VA));
	pagedir_activate(NULL);
	pagedir_destroy(pd);
	CHECK(!can_on(1, X86_READ, true, VA));
	pd = NULL;
	close_two();
}
