/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ring.h - the kernel's end of the memory that it shares with a pager; its
 * layout is abi/pager.h's. The pager may write anything there at any time, so
 * each word of it is read once, and the kernel's own counts are kept here.
 * Locking: none here; the pager's lock.
 */
#ifndef MM_RING_H
#define MM_RING_H
#include "abi/error.h"
#include "abi/pager.h"
#include "lib/atomic.h"
#include "lib/types.h"

struct ring {
	struct pager_ring *shared;
	uint32_t put;	/* requests written */
	uint32_t taken; /* answers read */
	uint32_t refused;
};

/* `shared` is zero. */
void ring_init(struct ring *r, struct pager_ring *shared, unsigned slots);

/*
 * The place of the next request, to be filled, and that it has been. There is
 * room: no more are unanswered than there are places.
 */
static inline struct pager_request *ring_place(struct ring *r)
{
	return &r->shared->request[r->put % PAGER_RING];
}

static inline void ring_put(struct ring *r)
{
	store_release(&r->shared->requests_put, ++r->put);
}

/* Word by word, each once: the pager may be writing. */
static inline void ring_copy(struct pager_answer *to,
			     const struct pager_answer *a)
{
	typedef uint64_t __attribute__((may_alias)) word;
	const volatile word *from = (const volatile word *)a;
	word *w = (word *)to;

#pragma GCC unroll 4
	for (unsigned i = 0; i < sizeof(*a) / 8; i++)
		w[i] = from[i];
}

/*
 * Takes the next answer, a copy: 1, and *at is its place; or 0 if there is none,
 * or -E_INVAL if the pager's count makes no sense. What became of it is written
 * there later: in any order, if several threads take.
 */
static inline int ring_take(struct ring *r, struct pager_answer *a,
			    uint32_t *at)
{
	struct pager_ring *s = r->shared;
	uint32_t n =
		__atomic_load_n(&s->answers_put, __ATOMIC_ACQUIRE) - r->taken;

	if (n == 0)
		return 0;
	if (n > PAGER_RING)
		return -E_INVAL;
	*at = r->taken % PAGER_RING;
	ring_copy(a, &s->answer[*at]);
	store_release(&s->answers_taken, ++r->taken);
	return 1;
}
void ring_refused(struct ring *r); /* counts one */

static inline void ring_result(struct ring *r, uint32_t at, int result)
{
	store_relaxed(&r->shared->answer[at].result, result);
}

/* There is nothing to take; without the lock, true as of a moment ago. */
static inline bool ring_is_empty(const struct ring *r)
{
	return __atomic_load_n(&r->shared->answers_put, __ATOMIC_ACQUIRE) ==
	       __atomic_load_n(&r->taken, __ATOMIC_RELAXED);
}

#endif
