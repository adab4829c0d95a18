/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * span.h - leaf tables that several spaces have in common: copy-on-write.
 *
 * A span is 2 MiB of addresses: one leaf table, 512 entries. To clone a space is
 * to let both have the same tables, and to count that in the table's own frame
 * record. Sv39 has no write permission in a pointer, as x86 has, so the pointers
 * say it:
 *
 *	pointer        the table is          W in it      who may change entries
 *	-------------  --------------------  -----------  ----------------------
 *	plain          this space's alone    as it is     the space, locked
 *	folded (V=0)   alone, or in common   as it was    nobody, through this
 *	shared (RSW0)  in common, or was     none         nobody
 *
 *	          clone: both            first touch            first write
 *	plain ------------> folded ------------------> shared ------------> plain
 *	  ^                   |  |    reads; others           a copy; each of its
 *	  |   alone by now    |  |    have it still           frames has one
 *	  +-------------------+  +--------------------------- reference more
 *
 * So a clone costs a pointer a table, what the other side never touches costs
 * nothing more, and who is alone again has its table back as it was.
 *
 * All sharers agree about the pages in a common table, because it is not changed:
 * whoever maps over, protects, or takes out part of a span makes it its own
 * first; who fills an empty entry does so, too. A page of an object may lose its
 * leaf, or W, in a common table (rmap.h): for all sharers at once, each of which
 * flushes.
 *
 * Locking: the space's lock; what is in common is only read, or changed
 * atomically. A table that one space alone has is told by refs == 1.
 */
#ifndef MM_SPAN_H
#define MM_SPAN_H
#include "mm/space.h"

/* frame.flags of a leaf table: it has no W. */
#define FRAME_STRIPPED 4u

/*
 * Before a fault at `va` is looked at: after it the leaf table, if there is one,
 * is linked; and the space's own unless the entry permits `access` as it is. 0,
 * -E_NOMEM.
 */
int span_enter_locked(struct space *s, va_t va, unsigned access);

/* The slot of `va`, in a leaf table that is there or is made now. 0, -E_NOMEM. */
int span_slot_locked(struct space *s, va_t va, pte_t **slot);

/*
 * The tables of [start, end) are the space's own from now on. 0, -E_NOMEM: some
 * of them are.
 */
int span_own_locked(struct space *s, va_t start, va_t end);

/*
 * The same of those that the range covers in part, at its ends; then the others
 * that it covers can be let go, with what is in them.
 */
int span_own_edges_locked(struct space *s, va_t start, va_t end);
void span_let_go_locked(struct space *s, va_t start, va_t end);

/*
 * `to`, which has no tables yet and which nobody else knows, gets all leaf tables
 * of `from`. 0, -E_NOMEM: it has some of them.
 */
int span_share_all_locked(struct space *from, struct space *to);

/*
 * Of a space that ends: a step of leaving what it has in common, from *va on;
 * true at the end. What it alone has is linked.
 */
bool span_leave_locked(struct space *s, va_t *va, struct mmu_flush *f);

/* Does the pointer, plain, or the leaf in its place, stand for `table`? */
bool span_leads_to(pte_t pointer, const struct frame *table);

/* A pointer was changed that could be walked: all harts forget the space. */
void span_forget_pointers(struct space *s);

#endif
