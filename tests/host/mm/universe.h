/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * universe.h - the addresses that the reference model knows: few, so that what
 * happens meets what happened before, and where tables begin and end.
 *
 *	pages 0..15     below all else
 *	pages 16..39    on both sides of a 2 MiB boundary
 *	pages 40..167   on both sides of a 1 GiB boundary, and more than a step's
 *	pages 168..191  at the top, where space_map() finds room first
 */
#ifndef TESTS_HOST_MM_UNIVERSE_H
#define TESTS_HOST_MM_UNIVERSE_H
#include "lib/types.h"

#define PAGES 192u
#define AREAS 4u

struct area {
	va_t base;
	unsigned first, pages;
};
extern const struct area areas[AREAS];

/* The area of page `i`, and its address. */
const struct area *area_of(unsigned i);
va_t page_va(unsigned i);

/* The page at `va`, or PAGES: the model knows none. */
unsigned page_at(va_t va);

/* The first page at or above `va`, or PAGES. */
unsigned page_above(va_t va);

#endif
