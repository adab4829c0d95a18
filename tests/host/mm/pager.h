/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pager.h - a pager as a program: it takes requests from its ring, reads and
 * fills pages by the window through a hart's TLB, and answers: late, in any order,
 * wrongly, twice.
 */
#ifndef TESTS_HOST_MM_PAGER_H
#define TESTS_HOST_MM_PAGER_H
#include "mm/pager.h"
#include "tests/host/mm/model.h"

#define PAGERS 3u

struct m_pager {
	struct pager *real; /* NULL: this place is free */
	struct space *space;
	bool alive;
	uint32_t seen;	/* requests */
	unsigned asked; /* of them not answered */
	struct pager_request request[PAGER_SLOTS_MAX];
};

extern struct m_pager pagers[PAGERS];

void pagers_begin(void);

/* Any that is alive and has a request, or NULL; takes over new requests. */
struct m_pager *any_asked(void);

/* It takes over new requests; whether it has any. */
bool pager_looks(struct m_pager *p);

/* Any that is alive, or NULL. */
struct m_pager *any_pager(void);

/* A pager in a space of its own; false: no memory, or there are enough. */
bool pager_make(unsigned slots, unsigned flags, bool physical);

/* It does what it is asked for and says so; or fails. */
void pager_serve(struct m_pager *p, unsigned n, bool fail);

/* Puts an answer into the ring and submits it: what the kernel says. */
int pager_answer(struct m_pager *p, struct pager_answer a,
		 struct m_object *revoked);

/* The same until nobody asks any more. */
void pager_serve_all(struct m_pager *p);

/* It ends: by being revoked, or with the last handle. */
void pager_ends(struct m_pager *p, bool revoke);

/* Some request of the object is under way. */
bool pager_has(const struct m_pager *p, const struct object *o);

#endif
