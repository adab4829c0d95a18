/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fault.c - what x86 would have said.
 *
 *	the x86 walk    the Sv39 leaf             verdict
 *	denies                                    DELIVER
 *	allows          U, supervisor fetch       NATIVE: Sv39 never does that
 *	                A or D missing            set them; RETRY
 *	                permits                   an old entry: fence; RETRY
 */
#include "compat/fault.h"
#include "compat/state.h"

/* The x86 walk allows the access: why did the hardware not? */
static enum x86_verdict resume(struct pagedir *pd, uint32_t va, int leaf,
			       enum x86_op op, bool user)
{
	struct pagedir *o = pagedir_owner(pd, va);
	pte_t *s = leaf == 2 ? x86_middle_slot(o, va) : x86_leaf_slot(o, va);
	pte_t old = pte_load(s);
	pte_t new = pte_touch(old, op == X86_WRITE);

	if (op == X86_EXEC && !user && (pte_prot(old) & MMU_U))
		return X86_PF_NATIVE;
	if (new != old) {
		pte_replace(s, old, new); /* or it changed: see what comes */
		x86_fence_leaf(o, va);
		return X86_PF_RETRY;
	}
	/* What is cached may be a pointer, and may have been global. */
	mmu_flush_stale(&pd->mmu, va);
	if (o->globals)
		mmu_fence_page_global(va);
	return X86_PF_RETRY;
}

enum x86_verdict x86_page_fault(enum x86_op op, bool user, bool ac, va_t va,
				struct x86_pf *pf)
{
	struct x86_hart *h = x86_this_hart();
	struct x86_ctl c = {.wp = true, .ac = ac};
	uint64_t e[3] = {0}, rsvd[3] = {0};
	uint32_t err;
	int leaf;

	if (va >> 32 || !h->active)
		return X86_PF_NATIVE;
	c.smep = h->cr4 & X86_CR4_SMEP;
	c.smap = h->cr4 & X86_CR4_SMAP;
	c.pse = x86_pde_is_large(h->active, (uint32_t)va);
	rsvd[2] = c.pse ? X86_LARGE_RESERVED : 0;
	e[2] = x86_get_pde(h->active, (uint32_t)va);
	e[1] = x86_get_pte(h->active, (uint32_t)va);
	err = x86_check(e, rsvd, 2, &c, op, user, &leaf);
	if (err == X86_ALLOWED)
		return resume(h->active, (uint32_t)va, leaf, op, user);
	h->cr2 = (uint32_t)va;
	*pf = (struct x86_pf){.cr2 = h->cr2, .err = err};
	return X86_PF_DELIVER;
}
