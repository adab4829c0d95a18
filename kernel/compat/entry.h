/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * entry.h - one x86 entry as one Sv39 entry, and back.
 *
 * Sv39 checks rights in the leaf alone, so a leaf holds the AND of the PDE's
 * and the PTE's; what it has no room for goes to a side byte:
 *
 *	x86 bit    11  10   9    7    4    3    2  1
 *	           AVL AVL  AVL  PAT  PCD  PWT  U  W     (the PTE's own U and W)
 *	side bit    7   6   5    4    3    2    1  0
 *
 * A present word has V, R, X; W and U are folded; A, D, G are copied; the frame
 * is moved by x86_base. A word that is not present is stored as it is: bit 0 is
 * 0 in both worlds, and the rest is software's in both.
 *
 * x86_pte_decode(x86_pte_encode(w, pde, &s), s) == w for every w and pde.
 */
#ifndef COMPAT_ENTRY_H
#define COMPAT_ENTRY_H
#include "arch/mmu.h"
#include "compat/x86.h"

typedef uint8_t x86_side_t;

/* Where x86 physical address 0 lies; a multiple of 2 MiB. See x86_init(). */
extern pa_t x86_base;

pte_t x86_pte_encode(x86_pte_t pte, x86_pte_t pde, x86_side_t *side);
x86_pte_t x86_pte_decode(pte_t leaf, x86_side_t side);

/* The protection of a leaf below `pde` whose own rights are those of `pte`. */
unsigned x86_prot(x86_pte_t pte, x86_pte_t pde);

/* The own W and U that a side byte keeps, as in a PTE. */
x86_pte_t x86_side_rights(x86_side_t side);

/*
 * Half `half` (0 or 1) of a 4 MiB page: a 2 MiB leaf. 0 if the entry is not
 * present or sets the reserved bit, which no access survives.
 */
pte_t x86_large_encode(x86_pte_t pde, unsigned half);

#endif
