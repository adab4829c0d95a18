/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * advise.h - what a program says of memory that it has: enum advice of
 * abi/space.h.
 *
 * Flags of regions split and join them as protection does. Forgetting pages is
 * unmapping without the region; bringing them is faulting without the program.
 */
#ifndef MM_ADVISE_H
#define MM_ADVISE_H
#include "mm/space.h"

/*
 * One step, as space_unmap_step(): *addr and *len become what is left to do. 0,
 * -E_INVAL, -E_NOMEM, and the errors of fault_resolve(), -E_WAIT among them. What
 * lies below *addr is done.
 */
int space_advise_step(struct space *s, va_t *addr, uint64_t *len,
		      unsigned advice);

/* The most pages that the regions of a space may pin. */
uint64_t space_pinned_max(void);

#endif
