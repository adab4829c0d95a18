/* SPDX-License-Identifier: BSD-2-Clause */
/* bits.h - arithmetic on powers of two; all arguments are unsigned. */
#ifndef LIB_BITS_H
#define LIB_BITS_H
#include "lib/types.h"

#define BIT(n)	     (1ul << (n))
#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define container_of(p, type, member) \
	((type *)(void *)((char *)(p)-offsetof(type, member)))

/* `a` is a power of two. round_up() wraps to 0 at the end of the space. */
static inline uint64_t round_down(uint64_t x, uint64_t a)
{
	return x & ~(a - 1);
}

static inline uint64_t round_up(uint64_t x, uint64_t a)
{
	return (x + a - 1) & ~(a - 1);
}

static inline bool is_aligned(uint64_t x, uint64_t a)
{
	return (x & (a - 1)) == 0;
}

/* Index of the highest / lowest bit set; x is not 0. */
#ifndef QUIRE_HOST
unsigned bit_highest(uint64_t x); /* bits.c */
#else
static inline unsigned bit_highest(uint64_t x)
{
	return 63u - (unsigned)__builtin_clzll(x);
}
#endif

static inline unsigned bit_lowest(uint64_t x)
{
	return bit_highest(x & -x);
}

/* [a, a+len) lies in [lo, hi), and a+len does not wrap. len may be 0. */
static inline bool range_within(uint64_t a, uint64_t len, uint64_t lo,
				uint64_t hi)
{
	return a >= lo && a <= hi && len <= hi - a;
}

static inline bool ranges_overlap(uint64_t a, uint64_t a_end, uint64_t b,
				  uint64_t b_end)
{
	return a < b_end && b < a_end;
}

#endif
