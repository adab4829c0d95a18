/* SPDX-License-Identifier: BSD-2-Clause */
/* fault.h - the page fault: an access that the hardware could not make. */
#ifndef MM_FAULT_H
#define MM_FAULT_H
#include "mm/space.h"

struct frame;

/*
 * Makes `access` (one of PROT_R, PROT_W, PROT_X) to `va` possible: 0, and the
 * instruction runs again; -E_FAULT (no region there), -E_ACCES (the region does
 * not permit it), -E_NOMEM; of a page that a pager brings also -E_IO,
 * -E_TIMEDOUT, and -E_WAIT: the current thread waits for it (mm/wait.h), and the
 * access is then made again. Takes the space's lock; does not wait itself.
 */
int fault_resolve(struct space *s, va_t va, unsigned access);

/* The same where many such accesses make one call: no more than this page comes. */
int fault_resolve_alone(struct space *s, va_t va, unsigned access);

/*
 * The same again, after -E_NOMEM: as reclaim_for_me() (mm/reclaim.h), or with what
 * is kept for who can free memory. -E_WAIT is for the access as it stands then.
 */
int fault_resolve_short(struct space *s, va_t va, unsigned access);

/*
 * Page `f` of `o` has come, for which a thread of `s` waits that touched the page
 * at `fault` (as cpu.fault): shows it there, if what the space says of that place
 * still permits it, and the space is not busy. Else the thread faults again.
 * Called with the object's lock held, so it only tries the space's.
 */
void fault_page_came_locked(struct space *s, uint64_t fault, struct object *o,
			    struct frame *f);

/*
 * The page of `va`, which is in swap and in a table of the space's own, comes back.
 * 0, or as swap_in() (mm/swap.h). The space is locked.
 */
int fault_bring_locked(struct space *s, va_t va);

/*
 * Makes the page of `va` the space's own, whatever the region permits, and
 * gives where the kernel reaches it: for who fills a new space, with private
 * mappings and no pager. Same errors.
 */
int fault_own(struct space *s, va_t va, void **page);

#endif
