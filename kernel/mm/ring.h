/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ring.h - the kernel's end of the memory that it shares with a pager; its
 * layout is abi/pager.h's. The pager may write anything there at any time, so
 * each word of it is read once, and the kernel's own counts are kept here.
 * Locking: none here; the pager's lock.
 */
#ifndef MM_RING_H
#define MM_RING_H
#include "abi/pager.h"
#include "lib/types.h"

struct ring {
	struct pager_ring *shared;
	uint32_t put;	/* requests written */
	uint32_t taken; /* answers read */
	uint32_t refused;
};

/* `shared` is zero. */
void ring_init(struct ring *r, struct pager_ring *shared, unsigned slots);

/* There is room: no more are unanswered than there are places. */
void ring_put(struct ring *r, const struct pager_request *q);

/*
 * Takes the next answer, a copy: 1, and *at is its place; or 0 if there is none,
 * or -E_INVAL if the pager's count makes no sense. What became of it is written
 * there later: in any order, if several threads take.
 */
int ring_take(struct ring *r, struct pager_answer *a, uint32_t *at);
void ring_result(struct ring *r, uint32_t at, int result);
void ring_refused(struct ring *r); /* counts one */

/* There is nothing to take; without the lock, true as of a moment ago. */
static inline bool ring_is_empty(const struct ring *r)
{
	return __atomic_load_n(&r->shared->answers_put, __ATOMIC_ACQUIRE) ==
	       __atomic_load_n(&r->taken, __ATOMIC_RELAXED);
}

#endif
