/* SPDX-License-Identifier: BSD-2-Clause */
/* soft_ad.c - the two ways of an entry under ad=soft, for soft_ad.S to call. */
#include "arch/riscv/pte.h"

pte_t pte_disguise(pte_t p);
pte_t pte_undisguise(pte_t p);

pte_t pte_disguise(pte_t p)
{
	return pte_disguised(p);
}

pte_t pte_undisguise(pte_t p)
{
	return pte_undisguised(p);
}
