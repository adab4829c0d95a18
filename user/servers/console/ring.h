/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ring.h - bytes that wait, first in first out. Pure.
 *
 * The counts run for ever, modulo 2^32: used = put - taken <= size. A ring lies
 * in one piece of memory without a pointer in it, so that a driver that comes
 * after one that died finds it again; ring_is_sound() tells whether it can. The bytes come
 * right behind struct ring.
 */
#ifndef CONSOLE_RING_H
#define CONSOLE_RING_H
#include <stdbool.h>
#include <stdint.h>

struct ring {
	uint32_t size; /* a power of 2 */
	uint32_t put, taken;
	uint32_t zero;
};

void ring_init(struct ring *r, uint32_t size);

/* Whether it can be a ring of that size. */
bool ring_is_sound(const struct ring *r, uint32_t size);

static inline uint32_t ring_used(const struct ring *r)
{
	return r->put - r->taken;
}

static inline uint32_t ring_room(const struct ring *r)
{
	return r->size - ring_used(r);
}

/* As many of `n` bytes as there is room for; gives how many. */
uint32_t ring_put(struct ring *r, const char *s, uint32_t n);

/* The byte that has waited longest, or -1; it stays. */
int ring_first(const struct ring *r);

/* Takes at most `n` bytes; gives how many. */
uint32_t ring_take(struct ring *r, char *to, uint32_t n);

#endif
