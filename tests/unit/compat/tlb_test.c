/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tlb_test.c - the oracle's experiments with old TLB entries
 * (tests/x86/vectors/tlb-32.txt), each under the name that it has there: what
 * an access gives before the flush that is owed and after it. Before, a hart
 * may use the old entry or the new; the stale model hart uses the old one.
 */
#include "lib/bits.h"
#include "tests/test.h"
#include "tests/unit/compat/rig.h"

#define VA	0x08048000u
#define EVERY	(X86_P | X86_W | X86_U)
#define BITS(w) ((w)&0xfff)

static struct pagedir *pd;
static uint32_t frame, other;
static bool old_is_sure;
static struct x86_pf pf;

static void base(x86_pte_t bits)
{
	CHECK(x86_set_pde(pd, VA, EVERY));
	CHECK(x86_set_pte(pd, VA, bits ? frame | bits : 0));
	x86_write_cr3(x86_read_cr3());
}

static void each_mode(void (*experiment)(void))
{
	for (unsigned mode = 0; mode < rig_modes(); mode++) {
		rig_begin(mode);
		frame = rig_frame(0x1111);
		other = rig_frame(0x2222);
		pd = rig_pagedir();
		pagedir_activate(pd);
		old_is_sure = rig_keeps_old(mode);
		experiment();
		pagedir_activate(NULL);
		pagedir_destroy(pd);
		rig_end();
	}
}

static void works(enum x86_op op)
{
	CHECK_EQ(rig_access(op, true, VA, frame, &pf), RIG_OK);
}

static void faults(enum x86_op op, uint32_t err)
{
	CHECK_EQ(rig_access(op, true, VA, frame, &pf), RIG_FAULT);
	CHECK_EQ(pf.err, err);
}

/* As before the change; or as after it, if the hart forgot by itself. */
static void may_still_work(enum x86_op op, uint32_t err)
{
	if (old_is_sure)
		works(op);
	else if (rig_access(op, true, VA, frame, &pf) != RIG_OK)
		CHECK_EQ(pf.err, err);
}

static void np_to_present(void)
{
	base(0);
	faults(X86_READ, X86_PF_U);
	CHECK(x86_set_pte(pd, VA, frame | EVERY));
	works(X86_READ);
	works(X86_WRITE);
}

TEST(np_to_present_no_flush)
{
	each_mode(np_to_present);
}

static void pde_np_to_present(void)
{
	base(EVERY);
	CHECK(x86_set_pde(pd, VA, 0));
	x86_write_cr3(x86_read_cr3());
	faults(X86_READ, X86_PF_U);
	CHECK(x86_set_pde(pd, VA, EVERY));
	works(X86_READ);
}

TEST(pde_np_to_present_no_flush)
{
	each_mode(pde_np_to_present);
}

static void ro_to_rw(void)
{
	base(X86_P | X86_U);
	works(X86_READ);
	CHECK(x86_set_pte(pd, VA, frame | EVERY | X86_A));
	works(X86_WRITE);
}

TEST(ro_to_rw_no_flush)
{
	each_mode(ro_to_rw);
}

static void rw_to_ro(void)
{
	base(EVERY);
	works(X86_WRITE);
	CHECK(x86_set_pte(pd, VA, frame | X86_P | X86_U | X86_A | X86_D));
	may_still_work(X86_WRITE, X86_PF_P | X86_PF_W | X86_PF_U);
	x86_invlpg(VA);
	faults(X86_WRITE, X86_PF_P | X86_PF_W | X86_PF_U);
}

TEST(rw_to_ro_no_flush_invlpg)
{
	each_mode(rw_to_ro);
}

static void present_to_np(void)
{
	base(EVERY);
	works(X86_READ);
	CHECK(x86_set_pte(pd, VA, 0));
	may_still_work(X86_READ, X86_PF_U);
	x86_invlpg(VA);
	faults(X86_READ, X86_PF_U);
}

TEST(present_to_np_no_flush_invlpg)
{
	each_mode(present_to_np);
}

static void user_to_super(void)
{
	base(EVERY);
	works(X86_READ);
	CHECK(x86_set_pte(pd, VA, frame | X86_P | X86_W | X86_A));
	may_still_work(X86_READ, X86_PF_P | X86_PF_U);
	x86_invlpg(VA);
	faults(X86_READ, X86_PF_P | X86_PF_U);
}

TEST(user_to_super_no_flush_invlpg)
{
	each_mode(user_to_super);
}

/* x86 would still write here once; the mirror fences with the PDE. */
static void pde_rw_to_ro(void)
{
	base(EVERY);
	works(X86_WRITE);
	CHECK(x86_set_pde(pd, VA, X86_P | X86_U));
	faults(X86_WRITE, X86_PF_P | X86_PF_W | X86_PF_U);
}

TEST(pde_rw_to_ro_no_flush)
{
	each_mode(pde_rw_to_ro);
}

static void clear_ad(void)
{
	base(EVERY);
	works(X86_WRITE);
	CHECK(x86_set_pte(pd, VA, frame | EVERY));
	works(X86_WRITE);
	if (old_is_sure)
		CHECK_EQ(BITS(x86_get_pte(pd, VA)), EVERY);
	x86_invlpg(VA);
	works(X86_READ);
	CHECK(pagedir_is_accessed(pd, VA));
	works(X86_WRITE);
	CHECK_EQ(BITS(x86_get_pte(pd, VA)), EVERY | X86_A | X86_D);
}

TEST(clear_a_and_d_no_flush_invlpg)
{
	each_mode(clear_ad);
}

static void remap(void)
{
	base(EVERY);
	works(X86_READ);
	CHECK(x86_set_pte(pd, VA, other | EVERY | X86_A));
	if (old_is_sure)
		works(X86_READ); /* what the old frame holds */
	x86_invlpg(VA);
	CHECK_EQ(rig_access(X86_READ, true, VA, other, &pf), RIG_OK);
}

TEST(remap_frame_no_flush_invlpg)
{
	each_mode(remap);
}

static void global_kept(void)
{
	x86_write_cr4(X86_CR4_PGE);
	base(EVERY | X86_G);
	works(X86_READ);
	CHECK(x86_set_pte(pd, VA, 0));
	x86_write_cr3(x86_read_cr3());
	may_still_work(X86_READ, X86_PF_U);
	x86_invlpg(VA);
	faults(X86_READ, X86_PF_U);
}

TEST(global_kept_over_cr3_load_then_invlpg)
{
	each_mode(global_kept);
}

static void global_dropped(void)
{
	x86_write_cr4(X86_CR4_PGE);
	base(EVERY | X86_G);
	works(X86_READ);
	CHECK(x86_set_pte(pd, VA, 0));
	x86_write_cr4(0);
	x86_write_cr4(X86_CR4_PGE);
	faults(X86_READ, X86_PF_U);
}

TEST(global_dropped_by_cr4_pge_toggle)
{
	each_mode(global_dropped);
}

static void global_without_pge(void)
{
	base(EVERY | X86_G);
	works(X86_READ);
	CHECK(x86_set_pte(pd, VA, 0));
	x86_write_cr3(x86_read_cr3());
	faults(X86_READ, X86_PF_U);
}

TEST(a_global_page_is_none_without_pge)
{
	each_mode(global_without_pge);
}

/* The old entry is a global one: fencing the space alone would not do. */
static void global_ro_to_rw(void)
{
	x86_write_cr4(X86_CR4_PGE);
	base(X86_P | X86_U | X86_G);
	works(X86_READ);
	CHECK(x86_set_pte(pd, VA, frame | EVERY | X86_A));
	works(X86_WRITE);
	pagedir_set_dirty(pd, VA, false);
	works(X86_WRITE);
	CHECK(pagedir_is_dirty(pd, VA));
	base(X86_P | X86_U | X86_G);
	works(X86_READ);
	CHECK(x86_set_pte(pd, VA, frame | EVERY | X86_A | X86_D));
	works(X86_WRITE);
}

TEST(global_ro_to_rw_no_flush)
{
	each_mode(global_ro_to_rw);
}

/* Both halves of a 4 MiB page go with one INVLPG. */
static void large_halves(void)
{
	uint32_t lower = 0x10000000 | (frame & 0x1fffff);
	uint32_t page = 0x10000000 | (frame & 0x3fffff);
	x86_pte_t pde = (frame & 0xffc00000) | X86_PS | EVERY;
	enum rig_verdict v;

	x86_write_cr4(X86_CR4_PSE);
	CHECK(x86_set_pde(pd, page, pde | X86_A | X86_D));
	CHECK_EQ(rig_access(X86_READ, true, page, frame, &pf), RIG_OK);
	CHECK(x86_set_pde(pd, page, pde | X86_LARGE_RESERVED));
	x86_invlpg(lower);
	v = rig_access(X86_READ, true, page, frame, &pf);
	CHECK_EQ(v, RIG_FAULT);
}

static void large_global(void)
{
	uint32_t page = 0x10000000 | (frame & 0x3fffff);
	x86_pte_t pde = (frame & 0xffc00000) | X86_PS | X86_G | EVERY;

	x86_write_cr4(X86_CR4_PSE | X86_CR4_PGE);
	CHECK(x86_set_pde(pd, page, pde));
	CHECK_EQ(rig_access(X86_READ, true, page, frame, &pf), RIG_OK);
	CHECK(x86_set_pde(pd, page, pde & ~X86_P));
	CHECK_EQ(rig_access(X86_READ, true, page, frame, &pf), RIG_FAULT);
}

TEST(a_global_4_mib_page_goes_with_its_pde)
{
	each_mode(large_global);
}

TEST(a_4_mib_page_is_forgotten_whole)
{
	each_mode(large_halves);
}

#ifndef QUIRE_HOST
/* CR2 is the byte that faulted, at the start of the second page. */
static void across(void)
{
	struct rig_trap t;
	uint64_t *last = (uint64_t *)((char *)rig_at(frame) + PAGE_SIZE - 8);

	base(EVERY);
	*last = 0x1111111111111111;
	rig_try(X86_WRITE, true, VA + PAGE_SIZE - 4, &t);
	while (t.faulted && t.stval < VA + PAGE_SIZE &&
	       x86_page_fault(X86_WRITE, true, true, t.stval, &pf) ==
		       X86_PF_RETRY)
		rig_try(X86_WRITE, true, VA + PAGE_SIZE - 4, &t);
	CHECK(t.faulted && !t.odd);
	CHECK_EQ(x86_page_fault(X86_WRITE, true, true, t.stval, &pf),
		 X86_PF_DELIVER);
	CHECK_EQ(x86_read_cr2(), VA + PAGE_SIZE);
	CHECK_EQ(pf.err, X86_PF_W | X86_PF_U);
	CHECK_EQ(*last, 0x1111111111111111);
}

TEST(write_across_page_into_np)
{
	each_mode(across);
}
#endif
