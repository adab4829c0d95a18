/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * exhaust.c - writes until no frame is left: the program ends by a store page
 * fault, and everything that it had is free again.
 */
#include "check.h"

int main(void)
{
	long r = space_map(SELF, NULL, 32ul << 30, RW, 0, NULL);
	volatile char *p = (volatile char *)r;

	CHECK(r > 0);
	for (size_t i = 0; i < 32ul << 30; i += PAGE)
		p[i] = 1;
	return 1;
}
