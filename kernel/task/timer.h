/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * timer.h - what is to happen at a time: per hart a list in order of time, and
 * the hart's timer interrupt set for the first, or for the end of the slice of
 * the thread that runs, whichever is earlier.
 *
 * A timer is a part of what it is for. Times are units of the timebase.
 */
#ifndef TASK_TIMER_H
#define TASK_TIMER_H
#include "arch/cpu.h"
#include "lib/list.h"

struct timer;
/* In interrupt context of the hart that started it, no lock held. */
typedef void timer_fire(struct timer *t, uint64_t arg);

struct timer {
	struct list link;
	uint64_t when;
	timer_fire *fire;
	uint64_t
		arg; /* as at timer_start(), also if it is restarted meanwhile */
	uint32_t hart; /* whose list it is in */
};

/* Before any other hart runs. */
void timer_init(void);

/*
 * On this hart, at `when`; now if that has passed. It is not running. While
 * fire() runs it may be started again; a fire() on its way when it is stopped
 * still comes, with the `arg` of then.
 */
void timer_start(struct timer *t, uint64_t when, timer_fire *fire,
		 uint64_t arg);

/* It does not fire any more, unless it is just doing so. Any hart. */
void timer_stop(struct timer *t);

static inline bool timer_is_set(const struct timer *t)
{
	return __atomic_load_n(&t->link.next, __ATOMIC_RELAXED) != NULL;
}

/* A slice begins if none has: more than one thread wants this hart. */
void timer_start_slice(void);

static inline void timer_want_slice(void)
{
	if (!this_cpu()->slice_end)
		timer_start_slice();
}

/*
 * A timer interrupt: fires what is due, or some of it, and then comes again at
 * once; true if the slice is over.
 */
bool timer_tick(void);

/* Nanoseconds since the machine started, and back; as abi/ipc.h's deadlines. */
uint64_t timer_ns(uint64_t when);
uint64_t timer_when(uint64_t ns);

/* A slice, in timebase units. */
extern uint64_t timer_slice;

#endif
