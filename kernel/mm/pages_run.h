/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pages_run.h - a walk over the leaf tables of a range. One table holds 512
 * entries, 2 MiB of addresses; the walk finds it once and runs along it.
 */
#ifndef MM_PAGES_RUN_H
#define MM_PAGES_RUN_H
#include "arch/mmu.h"

/* The entries of one leaf table that fall into a range. */
struct run {
	pte_t *slot;
	va_t va;
	unsigned n;
};

/*
 * The next run at or above *va, and moves *va behind it; false at the end.
 * Gigabytes and megabytes without a table are stepped over.
 */
static inline bool next_run(struct mmu *m, va_t *va, va_t end, struct run *r)
{
	while (*va < end) {
		pte_t *slot = mmu_leaf_slot_any(m, *va);
		va_t stop;

		if (!slot) {
			*va = mmu_next_span(m, *va);
			continue;
		}
		stop = round_down(*va, MMU_LEVEL_SIZE(1)) + MMU_LEVEL_SIZE(1);
		if (stop > end)
			stop = end;
		r->slot = slot;
		r->va = *va;
		r->n = (unsigned)((stop - *va) >> PAGE_SHIFT);
		*va = stop;
		return true;
	}
	return false;
}

#endif
