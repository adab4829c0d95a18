/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * notification.h - 64 bits that are set by somebody and taken by somebody else.
 * Interrupts, timers and rings of pagers set them, and tasks.
 *
 * Bits go to the first who waits for one of them; else to the thread that is
 * bound, if it waits to receive; else they stay. Neither side misses the other:
 * who sets bits looks for the bound thread afterwards, who begins to receive
 * looks at the bits afterwards, and a full fence on both sides makes one of them
 * see the other. Who then wakes the bound thread has the lock as he finds it
 * bound, finds bits, and claims it: so a receive ends with IPC_SIGNAL only while
 * its thread is bound, and never without a bit.
 */
#ifndef IPC_NOTIFICATION_H
#define IPC_NOTIFICATION_H
#include "mm/wait.h"
#include "task/thread.h"

struct notification {
	struct kobject object;
	struct lock lock;
	uint64_t bits;
	struct list waiting;  /* threads, for `mask` each */
	struct thread *bound; /* cleared when it ends; not counted */
	struct timer timer;
	uint64_t timer_bits;
	uint64_t timer_number; /* of the setting that counts */
};

extern const struct kind notification_kind;

static inline struct notification *notification_of(struct kobject *o)
{
	return container_of(o, struct notification, object);
}

/* One reference, the caller's. NULL: no memory. */
struct notification *notification_create(void);

/* It ends for everybody: who waits there gets -E_PEER. */
void notification_revoke(struct notification *n);

/*
 * Sets bits. Who is woken by it becomes READY: sched_check() afterwards, where
 * the current thread's call is done.
 */
void notification_signal(struct notification *n, uint64_t bits);

/* The current thread waits; a0 and a1 as in abi/calls.h. */
long notification_wait(struct notification *n, uint64_t mask,
		       uint64_t deadline);

/* The current thread sleeps until then. */
long notification_sleep(uint64_t deadline);

/* NEVER: stops it. */
void notification_set_timer(struct notification *n, uint64_t bits,
			    uint64_t deadline);

/*
 * Binds it to the current thread, whose reference it takes; NULL: none any more.
 * 0 or -E_BUSY, -E_STALE.
 */
int notification_bind(struct notification *n);

/*
 * The current thread is about to receive: true if it has bits to take, which are
 * in its registers then (IPC_SIGNAL).
 */
bool notification_take_bound(struct thread *me);

/*
 * Whom it is bound to has begun to wait, and is not to be touched any more: bits
 * set meanwhile wake it, if it waits still.
 */
void notification_recheck(struct kobject *bound);

void notification_trim(void);

#endif
