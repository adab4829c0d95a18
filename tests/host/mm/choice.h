/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * choice.h - where the model's choices come from: numbers from a seed, or bytes
 * that a fuzzer has put together.
 */
#ifndef TESTS_HOST_MM_CHOICE_H
#define TESTS_HOST_MM_CHOICE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void choose_by_seed(uint64_t seed);
void choose_by_bytes(const uint8_t *bytes, size_t n);

/* There are no more bytes: all that is chosen from now on is 0. */
bool choices_are_over(void);

/* Below n, which is 1 .. 65536. */
unsigned choose(unsigned n);

/* True `percent` times in 100. */
static inline bool chance(unsigned percent)
{
	return choose(100) >= 100 - percent;
}

/* One of an array's. */
#define CHOOSE(array) ((array)[choose(sizeof(array) / sizeof((array)[0]))])

#endif
