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
	object_ops[], pager_ops[], machine_ops[], swap_ops[], advise_ops[];

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

/* Of the access to the page that may be said, though it is none of its fault. */
bool touch_may_say(const struct m_space *s, unsigned i, unsigned access,
		   int told, int said);

/* Its clone, or NULL: there is no place for it, or no memory. The space's end. */
struct m_space *space_cloned(struct m_space *from);
void space_ended(struct m_space *s);

/* A place for a new object, or NULL; it becomes `real` there, which may be NULL. */
struct m_object *object_place(void);
void object_enter(struct m_object *o, struct object *real, unsigned pages);

/* One that any pager fills; NULL: there is none, or no memory. */
struct m_object *object_make_paged(unsigned pages);

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
