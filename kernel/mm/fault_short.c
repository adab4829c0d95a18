/* SPDX-License-Identifier: BSD-2-Clause */
/* fault_short.c - faults when memory is short, and pages back from swap unasked. */
#include "abi/error.h"
#include "mm/fault.h"
#include "mm/private.h"
#include "mm/reclaim.h"
#include "mm/swap.h"

/* Neither used nor written. */
COLD int fault_bring_locked(struct space *s, va_t va)
{
	const struct region *r = region_find(&s->regions, va);
	pte_t *slot = mmu_leaf_slot(&s->mmu, va);
	pte_t e = pte_load(slot), p;
	struct frame *frame;
	int err = swap_in(pte_soft_word(e), &frame);

	if (err)
		return err;
	frame->owner = (uint64_t)slot;
	p = pte_leaf(frame_pa(frame), MMU_R) | entry_was_d(e);
	pte_publish(slot, pte_with_prot(p, r->prot | MMU_U));
	return 0;
}

/* A pinned space helps others to memory, and may have what is left. */
COLD int fault_resolve_short(struct space *s, va_t va, unsigned access)
{
	int err = -E_NOMEM;

	if (s->pinned && frame_only_reserve()) {
		frame_use_reserve(true);
		err = fault_resolve(s, va, access);
		frame_use_reserve(false);
	}
	return err == -E_NOMEM ? reclaim_for_me() : err;
}
