/* SPDX-License-Identifier: BSD-2-Clause */
/* ring.c - requests out, answers in: see ring.h. */
#include "mm/ring.h"
#include "abi/error.h"
#include "lib/assert.h"

void ring_init(struct ring *r, struct pager_ring *shared, unsigned slots)
{
	assert(slots <= PAGER_RING);
	*r = (struct ring){.shared = shared};
	shared->slots = slots;
}

void ring_refused(struct ring *r)
{
	r->shared->refused = ++r->refused;
}
