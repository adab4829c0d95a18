/* SPDX-License-Identifier: BSD-2-Clause */
/* view.c - Sv39 read as x86-64, and x86-64 folded into Sv39. */
#include "compat/view.h"

uint64_t x86_view_entry(pte_t p, int level)
{
	uint64_t e = pte_pa(p) | X86_P;

	if (!pte_valid(p))
		return p;
	if (!pte_is_leaf(p))
		return e | X86_W | X86_U;
	return e | (pte_prot(p) & MMU_W ? X86_W : 0) |
	       (pte_prot(p) & MMU_U ? X86_U : 0) |
	       (pte_prot(p) & MMU_X ? 0 : X86_NX) |
	       (pte_prot(p) & MMU_G ? X86_G : 0) |
	       (pte_accessed(p) ? X86_A : 0) | (pte_dirty(p) ? X86_D : 0) |
	       (level > 0 ? X86_PS : 0);
}

pte_t x86_view_fold(const uint64_t *e, int top, int leaf, pa_t pa)
{
	uint64_t all = X86_W | X86_U, nx = 0;
	pte_t p;

	for (int l = top; l >= leaf; l--) {
		all &= e[l];
		nx |= e[l] & X86_NX;
	}
	p = pte_leaf(pa, MMU_R | (nx ? 0 : MMU_X) | (all & X86_W ? MMU_W : 0) |
				 (all & X86_U ? MMU_U : 0) |
				 (e[leaf] & X86_G ? MMU_G : 0));
	return p | (e[leaf] & X86_A ? PTE_A : 0) |
	       (e[leaf] & X86_D ? PTE_D : 0);
}

uint32_t x86_view_error(const struct mmu *m, va_t va, enum x86_op op, bool user)
{
	int level;

	return (mmu_query(m, va, &level) ? X86_PF_P : 0) |
	       (op == X86_WRITE ? X86_PF_W : 0) | (user ? X86_PF_U : 0) |
	       (op == X86_EXEC ? X86_PF_I : 0);
}
