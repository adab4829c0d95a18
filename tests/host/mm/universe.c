/* SPDX-License-Identifier: BSD-2-Clause */
/* universe.c - pages by number and by address. */
#include "tests/host/mm/universe.h"
#include "mm/space.h"

const struct area areas[AREAS] = {
	{0x10000, 0, 16},
	{0x40200000 - 12 * PAGE_SIZE, 16, 24},
	{0x80000000 - 16 * PAGE_SIZE, 40, 128},
	{SPACE_HIGH - 24 * PAGE_SIZE, 168, 24},
};

const struct area *area_of(unsigned i)
{
	const struct area *a = areas;

	while (i >= a->first + a->pages)
		a++;
	return a;
}

va_t page_va(unsigned i)
{
	const struct area *a = area_of(i);

	return a->base + (i - a->first) * PAGE_SIZE;
}

unsigned page_at(va_t va)
{
	unsigned i = page_above(va & ~PAGE_MASK);

	return i < PAGES && page_va(i) == (va & ~PAGE_MASK) ? i : PAGES;
}

unsigned page_above(va_t va)
{
	for (const struct area *a = areas; a < areas + AREAS; a++) {
		if (va <= a->base)
			return a->first;
		if (va < a->base + a->pages * PAGE_SIZE)
			return a->first +
			       (unsigned)((va - a->base + PAGE_MASK) >>
					  PAGE_SHIFT);
	}
	return PAGES;
}
