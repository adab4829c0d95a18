/* SPDX-License-Identifier: BSD-2-Clause */
/* entry.c - which bit of an x86 entry goes where. */
#include "compat/entry.h"
#include "lib/assert.h"

pa_t x86_base;

/* Bits 4..1, 7 and 11..9 of a PTE, gathered. */
static x86_side_t side_of(x86_pte_t pte)
{
	return (x86_side_t)((pte >> 1 & 0x0f) | (pte >> 3 & 0x10) |
			    (pte >> 4 & 0xe0));
}

static x86_pte_t side_bits(x86_side_t side)
{
	return (side & 0x0fu) << 1 | (side & 0x10u) << 3 | (side & 0xe0u) << 4;
}

x86_pte_t x86_side_rights(x86_side_t side)
{
	return side_bits(side) & (X86_W | X86_U);
}

unsigned x86_prot(x86_pte_t pte, x86_pte_t pde)
{
	return MMU_R | MMU_X | (pte & pde & X86_W ? MMU_W : 0) |
	       (pte & pde & X86_U ? MMU_U : 0) | (pte & X86_G ? MMU_G : 0);
}

static pte_t with_ad(pte_t leaf, x86_pte_t pte)
{
	return leaf | (pte & X86_A ? PTE_A : 0) | (pte & X86_D ? PTE_D : 0);
}

pte_t x86_pte_encode(x86_pte_t pte, x86_pte_t pde, x86_side_t *side)
{
	*side = 0;
	if (!(pte & X86_P))
		return pte_soft(pte >> 1);
	*side = side_of(pte);
	return with_ad(
		pte_leaf(x86_base + (pte & X86_FRAME), x86_prot(pte, pde)),
		pte);
}

x86_pte_t x86_pte_decode(pte_t leaf, x86_side_t side)
{
	if (!pte_valid(leaf))
		return (x86_pte_t)pte_soft_word(leaf) << 1;
	return (x86_pte_t)(pte_pa(leaf) - x86_base) | side_bits(side) | X86_P |
	       (pte_prot(leaf) & MMU_G ? X86_G : 0) |
	       (pte_accessed(leaf) ? X86_A : 0) | (pte_dirty(leaf) ? X86_D : 0);
}

pte_t x86_large_encode(x86_pte_t pde, unsigned half)
{
	pa_t pa = x86_base + (pde & 0xffc00000u) +
		  ((pa_t)(pde >> 13 & 0xff) << 32) + half * 2 * MiB;

	assert(is_aligned(x86_base, 2 * MiB));
	if (!(pde & X86_P) || (pde & X86_LARGE_RESERVED))
		return 0;
	return with_ad(pte_leaf(pa, x86_prot(pde, pde)), pde);
}
