/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pager.h - a pager's side of its ring (abi/pager.h), as C functions.
 *
 *	struct pager p;
 *
 *	pager_open(&p, &setup);
 *	for (;;) {
 *		while (pager_next(&p, &q))
 *			pager_put(&p, answer_to(&q));
 *		pager_submit(p.handle, BITS, NEVER, NULL);
 *	}
 *
 * For one thread at a time.
 */
#ifndef USER_PAGER_H
#define USER_PAGER_H
#include "ipc.h"
#include "quire.h"
#include <abi/pager.h>
#include <stdbool.h>

struct pager {
	uint64_t handle;
	struct pager_ring *ring;
	uint32_t seen; /* requests read */
	uint32_t put;  /* answers written */
};

/* Acts on what was put; unless `mask` is 0, waits. *bits are those taken. */
static inline long pager_submit(uint64_t pager, uint64_t mask,
				uint64_t deadline, uint64_t *bits)
{
	register uint64_t a0 __asm__("a0") = pager;
	register uint64_t a1 __asm__("a1") = mask;
	register uint64_t a2 __asm__("a2") = deadline;
	register long a7 __asm__("a7") = CALL_pager_submit;

	__asm__ volatile("ecall"
			 : "+r"(a0), "+r"(a1)
			 : "r"(a2), "r"(a7)
			 : "memory");
	if (bits)
		*bits = a1;
	return (long)a0;
}

/* 0, or what pager_create() says. */
static inline long pager_open(struct pager *p, struct pager_setup *setup)
{
	long handle = pager_create(setup);

	if (handle < 0)
		return handle;
	*p = (struct pager){.handle = (uint64_t)handle,
			    .ring = (struct pager_ring *)setup->ring};
	return 0;
}

/* The next request, a copy; false if there is none. */
static inline bool pager_next(struct pager *p, struct pager_request *q)
{
	if (__atomic_load_n(&p->ring->requests_put, __ATOMIC_ACQUIRE) ==
	    p->seen)
		return false;
	*q = p->ring->request[p->seen++ % PAGER_RING];
	return true;
}

/*
 * Puts the answer that there mostly is: page and slot of a PAGEIN are as the
 * client may have them, PROT_R or PROT_R | PROT_W. Gives the same.
 */
static inline struct pager_answer *pager_supply(struct pager *p, unsigned slot,
						unsigned prot)
{
	struct pager_answer *to = &p->ring->answer[p->put % PAGER_RING];

	to->kind = PAGER_SUPPLY;
	to->prot = (uint16_t)prot;
	to->slot = (uint16_t)slot;
	__atomic_store_n(&p->ring->answers_put, ++p->put, __ATOMIC_RELEASE);
	return to;
}

/* Puts an answer; gives its place, where the result is after pager_submit(). */
static inline struct pager_answer *pager_put(struct pager *p,
					     const struct pager_answer *a)
{
	struct pager_answer *to = &p->ring->answer[p->put % PAGER_RING];

	*to = *a;
	__atomic_store_n(&p->ring->answers_put, ++p->put, __ATOMIC_RELEASE);
	return to;
}

#endif
