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

/* lock_try() may be out of order. */
#ifdef QUIRE_DEBUG
void lock_take(struct lock *l);
bool lock_try(struct lock *l);
void lock_drop(struct lock *l);
#else
/* One instruction, whose result the compiler would extend once more. */
static inline bool lock_try(struct lock *l)
{
	long was;

	__asm__ volatile("amoswap.w.aq %0, %2, %1"
			 : "=r"(was), "+A"(l->held)
			 : "r"(1)
			 : "memory");
	return !was;
}

/*
 * Waiting is a call that changes t0 and t1 only (arch/riscv/lock.S), so that
 * functions that only take a lock stay leaves.
 */
static inline void lock_take(struct lock *l)
{
	register struct lock *waited_for __asm__("t0") = l;

	if (__builtin_expect(!lock_try(l), 0))
		__asm__ volatile("jal t1, lock_wait"
				 : "+r"(waited_for)
				 :
				 : "t1", "memory");
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
