/* SPDX-License-Identifier: BSD-2-Clause */
/* random.h - numbers that are the same for the same seed (splitmix64). */
#ifndef TESTS_USER_RANDOM_H
#define TESTS_USER_RANDOM_H
#include <stdint.h>

struct random {
	uint64_t state;
};

static inline uint64_t random_word(struct random *r)
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* Below n. */
static inline uint64_t random_below(struct random *r, uint64_t n)
{
	return random_word(r) % n;
}

/* Once in n times. */
static inline int random_once_in(struct random *r, uint64_t n)
{
	return random_below(r, n) == 0;
}

#endif
