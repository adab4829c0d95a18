/* SPDX-License-Identifier: BSD-2-Clause */
/* ring.c - byte by byte; what it feeds is slower. */
#include "ring.h"

static char *byte_at(const struct ring *r, uint32_t count)
{
	return (char *)(r + 1) + (count & (r->size - 1));
}

void ring_init(struct ring *r, uint32_t size)
{
	r->size = size;
	r->put = r->taken = 0;
}

bool ring_is_sound(const struct ring *r, uint32_t size)
{
	return r->size == size && ring_used(r) <= size;
}

uint32_t ring_put(struct ring *r, const char *s, uint32_t n)
{
	if (n > ring_room(r))
		n = ring_room(r);
	for (uint32_t i = 0; i < n; i++)
		*byte_at(r, r->put + i) = s[i];
	r->put += n; /* only now: whoever dies before has put nothing */
	return n;
}

int ring_first(const struct ring *r)
{
	if (ring_used(r) == 0)
		return -1;
	return (unsigned char)*byte_at(r, r->taken);
}

uint32_t ring_take(struct ring *r, char *to, uint32_t n)
{
	if (n > ring_used(r))
		n = ring_used(r);
	for (uint32_t i = 0; i < n; i++)
		to[i] = *byte_at(r, r->taken + i);
	r->taken += n;
	return n;
}
