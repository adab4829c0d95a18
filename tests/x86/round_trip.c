/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * round_trip.c - all 2^32 words through x86_pte_encode() and back, each under
 * the rights of one PDE, in turn. A program of its own: it takes a while.
 */
#include "compat/entry.h"
#include <stdio.h>

bool pte_soft_ad;

void assert_failed(const char *what, const char *file, int line)
{
	fprintf(stderr, "%s:%d: %s\n", file, line, what);
	__builtin_trap();
}

static bool is_right(x86_pte_t w, x86_pte_t pde)
{
	x86_side_t side;
	pte_t p = x86_pte_encode(w, pde, &side);

	if (x86_pte_decode(p, side) != w || pte_valid(p) != (w & X86_P))
		return false;
	if (!(w & X86_P))
		return p == w;
	return pte_pa(p) == x86_base + (w & X86_FRAME) &&
	       pte_prot(p) == x86_prot(w, pde);
}

int main(void)
{
	uint64_t failures = 0;

	x86_base = 0x80000000;
	for (uint64_t w = 0; w < 1ull << 32; w++) {
		x86_pte_t pde =
			(x86_pte_t)((w * 0x9e3779b1u) >> 20 & (X86_W | X86_U));

		if (!is_right((x86_pte_t)w, pde) && failures++ < 5)
			printf("# %08x below %x is not the same\n", (unsigned)w,
			       (unsigned)pde);
	}
	printf("1..1\n%sok 1 all 2^32 words there and back\n",
	       failures ? "not " : "");
	return failures != 0;
}
