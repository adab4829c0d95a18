/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * view.h - x86-64 paging beside Sv39, for the eye: any Sv39 entry as the x86-64
 * entry that says the same, and the other way round. Pure.
 *
 * Sv39 level 2, 1, 0 are x86 PDPTE, PDE, PTE (1 GiB, 2 MiB, 4 KiB).
 */
#ifndef COMPAT_VIEW_H
#define COMPAT_VIEW_H
#include "arch/mmu.h"
#include "compat/x86.h"

/*
 * The entry `p` of Sv39 `level` in x86-64 bits. A pointer gives all rights, as
 * Sv39 leaves them to the leaf. Execute-only pages read as executable. An
 * invalid entry is its word.
 */
uint64_t x86_view_entry(pte_t p, int level);

/*
 * One Sv39 leaf that permits what the present entries e[top] .. e[leaf] permit
 * together, A, D and G from e[leaf].
 */
pte_t x86_view_fold(const uint64_t *e, int top, int leaf, pa_t pa);

/*
 * The error code that x86-64 (NX on, SMEP and SMAP as a RISC-V hart has them)
 * would give for an access that faulted at `va`.
 */
uint32_t x86_view_error(const struct mmu *m, va_t va, enum x86_op op,
			bool user);

#endif
