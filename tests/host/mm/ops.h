/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ops.h - what the model does at random. An operation is a row of a table: it
 * chooses its arguments, does it to the real thing and to the model, and compares
 * what both say. The list of tables is in run.c.
 */
#ifndef TESTS_HOST_MM_OPS_H
#define TESTS_HOST_MM_OPS_H
#include "tests/host/mm/choice.h"
#include "tests/host/mm/machine.h"
#include "tests/host/mm/model.h"
#include "tests/test.h"

struct op {
	const char *name; /* NULL ends a table */
	unsigned weight;
	void (*run)(void);
};

extern const struct op touch_ops[], map_ops[], change_ops[], space_ops[],
	object_ops[], pager_ops[], machine_ops[];

/* What this run likes is chosen anew. */
void ops_begin(void);

/* So many accesses in 100 write. */
extern unsigned ops_writes;

/* A page. Mostly one of few, so that much happens in the same place. */
unsigned any_place(void);

/* Some pages: mostly few, inside one area. */
struct range {
	va_t start, end;
	unsigned from, to; /* the pages in it; [from, to) */
};

struct range any_range(void);	   /* perhaps with what is between areas */
struct range any_range_near(void); /* in one area */

unsigned any_prot(void);

/* A thread of the space makes one access to the page; not if all wait. */
void touch_page(struct m_space *s, unsigned page, unsigned access);

/* PROT_W comes with PROT_R. */
static inline unsigned whole(unsigned prot)
{
	return prot & PROT_W ? prot | PROT_R : prot;
}

/*
 * What the real thing said is right; true if it was done. It may say that there is
 * no memory where that can be.
 */
bool agree(int said, int expected);

#endif
