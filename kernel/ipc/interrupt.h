/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * interrupt.h - interrupt sources of the PLIC, as bits of a notification.
 *
 *	device --> PLIC --> claimed by the hart that made it --> bits
 *	                    and not completed until interrupt_done(): it is
 *	                    silent meanwhile
 */
#ifndef IPC_INTERRUPT_H
#define IPC_INTERRUPT_H
#include "lib/kobject.h"

extern const struct kind interrupt_kind;

/*
 * `source` sets `bits` of `n`, of which it takes the caller's reference. The
 * object with one reference, or NULL and *err: -E_INVAL, -E_BUSY, -E_NOMEM (the
 * reference stays the caller's).
 */
struct kobject *interrupt_create(uint32_t source, struct kobject *n,
				 uint64_t bits, int *err);

/* The next one may come. */
void interrupt_done(struct kobject *o);

/* The PLIC has something for this hart. */
void interrupt_arrived(void);

void interrupt_trim(void);

#endif
