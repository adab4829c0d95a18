/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bits.c - the highest bit, for harts without Zbb: smaller than the compiler's own
 * function, which brings a table, and as quick.
 */
#include "lib/bits.h"

unsigned bit_highest(uint64_t x)
{
	unsigned n = 0;

#pragma GCC unroll 6
	for (unsigned step = 32; step > 0; step /= 2)
		if (x >> step) {
			x >>= step;
			n += step;
		}
	return n;
}
