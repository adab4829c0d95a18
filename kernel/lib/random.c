/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * random.c - SplitMix64: a counter with an odd step, mixed. The counter is all
 * there is, so harts need no lock.
 */
#include "lib/random.h"
#include "lib/atomic.h"

#define STEP 0x9e3779b97f4a7c15ul

static uint64_t counter;
static bool seeded;

void random_seed(uint64_t seed)
{
	store_relaxed(&counter, seed);
	store_relaxed(&seeded, seed != 0);
}

uint64_t random_pages(unsigned bits)
{
	uint64_t x;

	if (!seeded)
		return 0;
	x = __atomic_add_fetch(&counter, STEP, __ATOMIC_RELAXED);
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ul;
	x = (x ^ x >> 27) * 0x94d049bb133111ebul;
	x ^= x >> 31;
	return x >> (64 - bits) << PAGE_SHIFT;
}
