/* SPDX-License-Identifier: BSD-2-Clause */
/* choice.c - xorshift, or the fuzzer's bytes. */
#include "tests/host/mm/choice.h"

static uint64_t state;
static const uint8_t *next, *end;

void choose_by_seed(uint64_t seed)
{
	next = end = NULL;
	state = (seed + 1) * 0x9e3779b97f4a7c15ul;
}

void choose_by_bytes(const uint8_t *bytes, size_t n)
{
	next = bytes;
	end = bytes + n;
}

bool choices_are_over(void)
{
	return next && next == end;
}

static unsigned byte(void)
{
	return next < end ? *next++ : 0;
}

unsigned choose(unsigned n)
{
	if (next && n <= 256)
		return byte() % n;
	if (next)
		return (byte() | byte() << 8) % n;
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)(state >> 33) % n;
}
