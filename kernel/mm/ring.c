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

void ring_put(struct ring *r, const struct pager_request *q)
{
	r->shared->request[r->put % PAGER_RING] = *q;
	__atomic_store_n(&r->shared->requests_put, ++r->put, __ATOMIC_RELEASE);
}

/* Word by word, each once: the pager may be writing. */
static void copy_answer(struct pager_answer *to, const struct pager_answer *a)
{
	const volatile uint64_t *from = (const volatile uint64_t *)a;
	union {
		uint64_t word[sizeof(*a) / 8];
		struct pager_answer answer;
	} copy;

	for (unsigned i = 0; i < sizeof(*a) / 8; i++)
		copy.word[i] = from[i];
	*to = copy.answer;
}

int ring_take(struct ring *r, struct pager_answer *a, uint32_t *at)
{
	struct pager_ring *s = r->shared;
	uint32_t n =
		__atomic_load_n(&s->answers_put, __ATOMIC_ACQUIRE) - r->taken;

	if (n == 0)
		return 0;
	if (n > PAGER_RING)
		return -E_INVAL;
	*at = r->taken % PAGER_RING;
	copy_answer(a, &s->answer[*at]);
	__atomic_store_n(&s->answers_taken, ++r->taken, __ATOMIC_RELEASE);
	return 1;
}

void ring_result(struct ring *r, uint32_t at, int result)
{
	__atomic_store_n(&r->shared->answer[at].result, result,
			 __ATOMIC_RELAXED);
}

void ring_refused(struct ring *r)
{
	r->shared->refused = ++r->refused;
}
