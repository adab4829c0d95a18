/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lock.h - spin locks and their order.
 *
 * The list below is the order and the ranks: a hart takes locks downwards
 * only. Whoever comes from the other end tries (lock_try), and lets go if it
 * does not get it. Debug builds check every lock_take() against it.
 * Interrupts are off in the kernel, so a lock is never taken twice by one hart.
 */
#ifndef LIB_LOCK_H
#define LIB_LOCK_H
#include "lib/atomic.h"
#include "lib/types.h"

enum lock_rank {
	LOCK_CLOCK = 1,	   /* the clock hand: mm/reclaim.c */
	LOCK_TASK,	   /* a task: its handle table and threads */
	LOCK_SPACES,	   /* the list of spaces */
	LOCK_SPACE,	   /* a space: its regions and upper tables */
	LOCK_KIN,	   /* rings of leaf tables: mm/kin.h */
	LOCK_OBJECT,	   /* a memory object: its pages, who waits for them */
	LOCK_PAGER,	   /* a pager's ring */
	LOCK_ENDPOINT,	   /* an endpoint's queues */
	LOCK_NOTIFICATION, /* a notification: its bits, who waits */
	LOCK_INTERRUPT,	   /* interrupt sources and who has them */
	LOCK_TIMER,	   /* one hart's timers */
	LOCK_RUNQ,	   /* one hart's run queue */
	LOCK_ASID,	   /* the ASID generation */
	LOCK_SLAB,	   /* a cache of small structures */
	LOCK_GRACE,	   /* what is to be freed when no hart looks any more */
	LOCK_FRAME,	   /* the buddy lists */
	LOCK_LOG,	   /* the console */
};

struct lock {
	uint32_t held;
	uint8_t rank;
};

/* clang-format off */
#define LOCK_INIT(r) {.rank = (r)}
/* clang-format on */

void lock_init(struct lock *l, enum lock_rank rank);
bool lock_is_held(const struct lock *l);

extern uint64_t lock_wait_count; /* lock.c's */

/* lock_try() may be out of order. */
#ifdef QUIRE_DEBUG
void lock_take(struct lock *l);
bool lock_try(struct lock *l);
void lock_drop(struct lock *l);
#else
static inline bool lock_try(struct lock *l)
{
	return !__atomic_exchange_n(&l->held, 1, __ATOMIC_ACQUIRE);
}

/* It waits in line, so that functions that only take a lock stay leaves. */
static inline void lock_take(struct lock *l)
{
	if (__builtin_expect(lock_try(l), 1))
		return;
	__atomic_fetch_add(&lock_wait_count, 1, __ATOMIC_RELAXED);
	do
		while (__atomic_load_n(&l->held, __ATOMIC_RELAXED))
			;
	while (!lock_try(l));
}

static inline void lock_drop(struct lock *l)
{
	store_release(&l->held, 0);
}
#endif

/* Times that a hart had to wait, all locks. */
uint64_t lock_waits(void);

/*
 * The index of this hart: on the target the first word of what tp points to
 * (arch/cpu.h).
 */
#ifndef QUIRE_HOST
static inline unsigned long lock_hart(void)
{
	return *(const unsigned long *)__builtin_thread_pointer();
}
#else
unsigned lock_hart(void);
#endif

#endif
