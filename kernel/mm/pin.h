/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pin.h - a page of a space, held for a moment by who runs in another space.
 */
#ifndef MM_PIN_H
#define MM_PIN_H
#include "mm/space.h"

struct frame;

struct pin {
	void *page;	     /* where the kernel reaches it */
	struct frame *frame; /* held; NULL: it needs no holding */
};

/*
 * Brings the page of `va` for `access` (PROT_R or PROT_W) as a fault would, and
 * holds its frame until unpin(). 0, and the errors of fault_resolve(), -E_WAIT
 * among them. Takes the space's lock; holds nothing but the frame.
 */
int pin(struct space *s, va_t va, unsigned access, struct pin *p);
void unpin(struct pin *p);

#endif
