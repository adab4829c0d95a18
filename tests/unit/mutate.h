/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mutate.h - damaged copies of a good input, for the tests of parsers.
 *
 *	static void try(const uint8_t *copy, size_t len) { ... CHECK ... }
 *
 *	mutate_each(MUTATE_ROUNDS, good, sizeof(good), try);
 *
 * Each round has a seed and depends on nothing else. On the host a round's
 * copy lies in a buffer of just its size, so that the address sanitizer sees a
 * read of one byte too many, and the runner prints the seed of the round that
 * failed; there are many more rounds.
 */
#ifndef TESTS_UNIT_MUTATE_H
#define TESTS_UNIT_MUTATE_H
#include "lib/types.h"
#include <string.h>
#ifdef QUIRE_HOST
#include "tests/host/host.h"
#include <stdlib.h>
#define MUTATE_ROUNDS 200000u
#else
#define MUTATE_ROUNDS 2000u
#endif

#define MUTATE_MAX 8192 /* of the good input, bytes */

/* Xorshift; the state is never 0. */
static inline uint64_t mutate_random(uint64_t *state)
{
	uint64_t x = *state;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return *state = x;
}

/* Numbers at which arithmetic goes wrong. */
static inline uint64_t mutate_edge(uint64_t *state)
{
	uint64_t r = mutate_random(state);
	uint64_t edge = 1ul << (r & 63);

	switch (r >> 8 & 7) {
	case 0:
		return edge;
	case 1:
		return edge - 1;
	case 2:
		return -edge;
	case 3:
		return ~0ul;
	case 4:
		return 0;
	case 5:
		return r >> 16 & 255;
	default:
		return r >> 16;
	}
}

/* One edge number of 1, 2, 4 or 8 bytes, in either byte order. */
static inline void mutate_number(uint8_t *p, size_t len, uint64_t *state)
{
	uint64_t r = mutate_random(state), n = mutate_edge(state);
	size_t width = 1ul << (r & 3), at;

	if (len < width)
		return;
	at = (r >> 8) % (len - width + 1);
	if (r & 16)
		at -= at % width;
	for (size_t i = 0; i < width; i++)
		p[at + i] = (uint8_t)(n >> 8 * (r & 32 ? i : width - 1 - i));
}

/* A piece of the input over another. */
static inline void mutate_move(uint8_t *p, size_t len, uint64_t *state)
{
	uint64_t r = mutate_random(state);
	size_t n = (r & 31) + 1, from, to;

	if (len < n)
		return;
	from = (r >> 8 & 0xffff) % (len - n + 1);
	to = (r >> 24 & 0xffff) % (len - n + 1);
	memmove(p + to, p + from, n);
}

/* One to four changes of the `len` bytes at `p`. */
static inline void mutate(uint8_t *p, size_t len, uint64_t *state)
{
	unsigned changes = (mutate_random(state) & 3) + 1;

	while (changes-- && len > 0) {
		uint64_t r = mutate_random(state);

		if ((r & 7) < 3)
			p[(r >> 16) % len] ^= (uint8_t)(1u << (r >> 8 & 7));
		else if ((r & 7) < 7)
			mutate_number(p, len, state);
		else
			mutate_move(p, len, state);
	}
}

/* Room for `len` bytes, and no more of it on the host. */
static inline uint8_t *mutate_room(size_t len)
{
#ifdef QUIRE_HOST
	uint8_t *room = malloc(len);

	if (!room)
		abort();
	return room;
#else
	static uint8_t room[MUTATE_MAX];

	return len <= sizeof(room) ? room : NULL;
#endif
}

static inline void mutate_done(uint8_t *room)
{
#ifdef QUIRE_HOST
	free(room);
	host_seed = 0;
#else
	(void)room;
#endif
}

/* One round: a damaged copy of `good`, now and then a shorter one. */
static inline void mutate_once(uint64_t seed, const void *good, size_t len,
			       void (*try)(const uint8_t *, size_t))
{
	uint64_t state = seed;
	uint8_t *copy;

#ifdef QUIRE_HOST
	host_seed = seed;
#endif
	if ((mutate_random(&state) & 15) == 0)
		len = mutate_random(&state) % (len + 1);
	copy = mutate_room(len);
	memcpy(copy, good, len);
	mutate(copy, len, &state);
	try(copy, len);
	mutate_done(copy);
}

/* Seeds are never 0, and those of two rounds have little in common. */
static inline void mutate_each(unsigned rounds, const void *good, size_t len,
			       void (*try)(const uint8_t *, size_t))
{
	for (unsigned i = 0; i < rounds; i++)
		mutate_once((i + 1ul) * 0x9e3779b97f4a7c15ul | 1, good, len,
			    try);
}

#endif
