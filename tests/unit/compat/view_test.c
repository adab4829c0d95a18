/* SPDX-License-Identifier: BSD-2-Clause */
/* view_test.c - Sv39 entries read as x86-64. */
#include "compat/view.h"
#include "lib/bits.h"
#include "tests/test.h"
#include "tests/unit/compat/rig.h"

TEST(an_sv39_leaf_reads_as_the_x86_entry_of_the_same_rights)
{
	static const struct {
		unsigned prot;
		uint64_t x86;
	} rows[] = {
		{MMU_R, X86_P | X86_NX},
		{MMU_R | MMU_X, X86_P},
		{MMU_RW, X86_P | X86_W | X86_NX},
		{MMU_RW | MMU_X | MMU_U, X86_P | X86_W | X86_U},
		{MMU_X, X86_P},
		{MMU_R | MMU_G, X86_P | X86_G | X86_NX},
	};

	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		pte_t p = pte_leaf(0x80201000, rows[i].prot);

		CHECK_EQ(x86_view_entry(p, 0), 0x80201000 | rows[i].x86);
		CHECK_EQ(x86_view_entry(pte_touch(p, true), 0),
			 0x80201000 | rows[i].x86 | X86_A | X86_D);
	}
}

TEST(large_leaves_pointers_and_invalid_entries_have_x86_forms)
{
	pte_t p = pte_leaf(0x80200000, MMU_RW);

	CHECK_EQ(x86_view_entry(p, 1),
		 0x80200000 | X86_P | X86_W | X86_PS | X86_NX);
	CHECK_EQ(x86_view_entry(pte_table(0x80203000), 2),
		 0x80203000 | X86_P | X86_W | X86_U);
	CHECK_EQ(x86_view_entry(pte_soft(0x123), 0), 0x246);
}

TEST(folding_what_was_viewed_gives_the_leaf_again)
{
	for (unsigned k = 0; k < 64; k++) {
		unsigned prot = MMU_R | (k & 1 ? MMU_W : 0) |
				(k & 2 ? MMU_X : 0) | (k & 4 ? MMU_U : 0) |
				(k & 8 ? MMU_G : 0);
		pte_t p = pte_leaf(0x80201000, prot) | (k & 16 ? PTE_A : 0) |
			  (k & 32 ? PTE_D : 0);
		uint64_t e[4] = {0, x86_view_entry(p, 0),
				 x86_view_entry(pte_table(0x1000), 1),
				 x86_view_entry(pte_table(0x2000), 2)};

		CHECK_EQ(x86_view_fold(e, 3, 1, 0x80201000), p);
	}
}

TEST(an_error_code_says_whether_a_page_is_there)
{
	struct mmu m;
	pte_t *s;

	rig_begin(0);
	CHECK_EQ(mmu_create(&m), 0);
	CHECK_EQ(mmu_make_slot(&m, 0x8048000, 0, &s), 0);
	CHECK_EQ(x86_view_error(&m, 0x8048000, X86_WRITE, true),
		 X86_PF_W | X86_PF_U);
	pte_store(s, pte_leaf(0x80201000, MMU_R));
	CHECK_EQ(x86_view_error(&m, 0x8048000, X86_READ, true),
		 X86_PF_P | X86_PF_U);
	CHECK_EQ(x86_view_error(&m, 0x8048000, X86_EXEC, false),
		 X86_PF_P | X86_PF_I);
	CHECK_EQ(x86_view_error(&m, 0x8048000, X86_WRITE, true),
		 X86_PF_P | X86_PF_W | X86_PF_U);
	mmu_destroy(&m);
	rig_end();
}
