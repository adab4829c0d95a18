/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * paging.h - a pager that tests act for, its objects, and two clients' spaces.
 *
 * No thread waits here: a fault that would wait gives -E_WAIT, and the test does
 * what the pager does, then faults again.
 */
#ifndef TESTS_UNIT_MM_PAGING_H
#define TESTS_UNIT_MM_PAGING_H
#include "abi/error.h"
#include "mm/fault.h"
#include "mm/object.h"
#include "mm/paged.h"
#include "mm/pager.h"
#include "tests/test.h"

#define RW  (PROT_R | PROT_W)
#define VA  GiB
#define KEY 0x1234567890ul

struct paging {
	struct pager *pager;
	struct space *home; /* the pager's */
	struct space *client[2];
	struct object *object; /* both clients have it shared at VA */
	uint32_t seen;	       /* requests that the test has read */
};
extern struct paging paging;

/* `flags`: PAGER_* | PAGING_*. */
#define PAGING_PHYSICAL 0x100u
#define PAGING_AHEAD	0x200u /* else it is asked for what is touched alone */
void paging_open(uint64_t pages, unsigned slots, unsigned flags);

/* Everything goes, in an order that loses nothing. */
void paging_close(void);

/* The next request, which must be there; no other is. */
struct pager_request paging_next(void);
bool paging_idle(void); /* no request is unread */

/* Answers by the ring, as a program does: gives the result. */
int paging_answer(struct pager_answer a);
int paging_supply(const struct pager_request *q, unsigned prot);
int paging_done(const struct pager_request *q);
int paging_fail(const struct pager_request *q, int error);
int paging_revoke(uint64_t index, unsigned count, unsigned prot);

/* object_sync() of the object's first pages, all steps. */
int paging_sync(uint64_t pages, uint64_t *at);

/* Brings page `index` in by client 0, filled with `byte`; writable. */
void paging_bring(uint64_t index, char byte);

/* The entry; a leaf; what it may; the memory that it maps. */
pte_t paging_entry(struct space *s, va_t va);
pte_t paging_leaf(struct space *s, va_t va);
unsigned paging_prot(struct space *s, va_t va);
char *paging_bytes(struct space *s, va_t va);

/* As if this hart had run in it; the fences of all harts so far. */
void paging_ran_here(struct space *s);
uint64_t paging_fences(void);

static inline va_t page_va(uint64_t index)
{
	return VA + (index << PAGE_SHIFT);
}

static inline int touch(unsigned client, uint64_t index, unsigned access)
{
	return fault_resolve(paging.client[client], page_va(index), access);
}

/* Frame flags of a page; 0 if the object has none. */
unsigned paging_flags(uint64_t index);

#endif
