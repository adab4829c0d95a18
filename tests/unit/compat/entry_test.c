/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * entry_test.c - entries there and back, for a sample of the 2^32 words; all of
 * them in tests/x86/round_trip.c.
 */
#include "compat/entry.h"
#include "lib/bits.h"
#include "tests/test.h"

static const x86_pte_t pdes[] = {0, X86_W, X86_U, X86_W | X86_U};

static void check_word(x86_pte_t w)
{
	for (unsigned i = 0; i < ARRAY_LEN(pdes); i++) {
		x86_side_t side = 0x5a;
		pte_t p = x86_pte_encode(w, pdes[i], &side);

		CHECK_EQ(x86_pte_decode(p, side), w);
		CHECK_EQ(pte_valid(p), w & X86_P);
		if (!(w & X86_P)) {
			CHECK_EQ(p, w);
			CHECK_EQ(side, 0);
			continue;
		}
		CHECK(pte_is_leaf(p) && p >> 54 == 0);
		CHECK_EQ(pte_pa(p), x86_base + (w & X86_FRAME));
		CHECK_EQ(!!(pte_prot(p) & MMU_W), !!(w & pdes[i] & X86_W));
		CHECK_EQ(!!(pte_prot(p) & MMU_U), !!(w & pdes[i] & X86_U));
	}
}

TEST(words_survive_the_way_there_and_back)
{
	pa_t was = x86_base;

	x86_base = 0x80000000;
	for (x86_pte_t w = 0; w < 0x2000; w++) {
		check_word(w);
		check_word(~w);
		check_word(w * 0x9e3779b1u);
	}
	x86_base = was;
}

TEST(each_bit_of_a_present_word_has_its_place)
{
	static const struct {
		x86_pte_t bit;
		unsigned prot;
		pte_t ad;
		x86_side_t side;
	} rows[] = {
		{X86_W, MMU_W, 0, 1},  {X86_U, MMU_U, 0, 2},
		{X86_PWT, 0, 0, 4},    {X86_PCD, 0, 0, 8},
		{X86_A, 0, PTE_A, 0},  {X86_D, 0, PTE_D, 0},
		{X86_PS, 0, 0, 16},    {X86_G, MMU_G, 0, 0},
		{1u << 9, 0, 0, 32},   {1u << 10, 0, 0, 64},
		{1u << 11, 0, 0, 128},
	};
	pa_t was = x86_base;

	x86_base = 0;
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		x86_side_t side;
		pte_t p = x86_pte_encode(X86_P | rows[i].bit, X86_W | X86_U,
					 &side);

		CHECK_EQ(pte_prot(p), MMU_R | MMU_X | rows[i].prot);
		CHECK_EQ(p & (PTE_A | PTE_D), rows[i].ad);
		CHECK_EQ(side, rows[i].side);
	}
	x86_base = was;
}

TEST(a_4_mib_page_is_two_leaves)
{
	x86_pte_t pde = 0x00c00000 | X86_P | X86_PS | X86_W | X86_D | X86_A;
	pa_t was = x86_base;

	x86_base = 0x80000000;
	for (unsigned h = 0; h < 2; h++) {
		pte_t p = x86_large_encode(pde, h);

		CHECK_EQ(pte_pa(p), 0x80c00000 + h * 0x200000);
		CHECK_EQ(pte_prot(p), MMU_R | MMU_W | MMU_X);
		CHECK(pte_accessed(p) && pte_dirty(p));
		CHECK(!pte_dirty(x86_large_encode(pde & ~X86_D, h)));
	}
	CHECK_EQ(pte_pa(x86_large_encode(pde | 1u << 13, 0)), 0x180c00000);
	CHECK_EQ(x86_large_encode(pde & ~X86_P, 0), 0);
	CHECK_EQ(x86_large_encode(pde | X86_LARGE_RESERVED, 1), 0);
	x86_base = was;
}
