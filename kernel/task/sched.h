/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sched.h - which thread a hart runs.
 *
 * Each hart has a queue of READY threads: 32 priorities, round robin inside
 * one, with a slice while more than one thread wants the hart. A hart without
 * work takes some from another's queue; without any it zeroes frames for the
 * pool, then sleeps.
 */
#ifndef TASK_SCHED_H
#define TASK_SCHED_H
#include "abi/thread.h"
#include "lib/atomic.h"
#include "task/thread.h"

/* Before any other hart runs. */
void sched_init(void);

/*
 * Its owner gives a thread up: it becomes READY, where it ran last if it may be
 * there, or on a hart that is idle. The hart is told if it should look.
 */
void sched_ready(struct thread *t);

/*
 * The same; the current thread has left, and the thread goes on in its place on
 * this hart, if it may be there and nobody is more urgent.
 */
void sched_hand_over(struct thread *t);

/*
 * From sched_keep() on this hart keeps the first thread that becomes READY here
 * in hand, instead of in its queue. sched_settle() lets it go on: in place of the
 * current thread, if that has left meanwhile; else it is READY as any other.
 * Nothing else that leads to user mode comes between the two.
 */
static inline void sched_keep(void)
{
	this_cpu()->keeps = true;
}

void sched_settle(void);

/* The same after the current thread has left: then sched_next(). */
struct trap_frame *sched_settle_next(void);

/* Takes a thread out of the queue that it is READY in; false: it is in none. */
bool sched_take(struct thread *t);

/* Its priority becomes `priority`, in its queue, too; owned or not. */
void sched_set_priority(struct thread *t, unsigned priority);

/* Where it may run; one that is READY or RUNNING elsewhere goes there. */
void sched_set_harts(struct thread *t, uint64_t harts);

/*
 * Bits of cpu->levels: the most urgent priority is the lowest bit, so that those
 * above another are a mask.
 */
#define LEVEL_BIT(priority)   (1u << (PRIORITIES - 1 - (priority)))
#define LEVELS_FROM(priority) (LEVEL_BIT(priority) * 2 - 1)

/* Is somebody READY on the hart who is more urgent than that? */
static inline bool sched_has_above(const struct cpu *cpu, unsigned priority)
{
	uint32_t levels = __atomic_load_n(&cpu->levels, __ATOMIC_RELAXED);

	return levels && (levels & (LEVEL_BIT(priority) - 1));
}

/*
 * The current thread goes to the front of its queue if somebody is more urgent
 * or if it may not be here, and does what its orders say. At the end of an
 * interrupt, and of a call that woke somebody or gave orders.
 */
void sched_check(void);

/* The current thread goes to the end of its queue. */
void sched_yield(void);

/* The slice is over: the same, if another of its priority is READY. */
void sched_slice_over(void);

/*
 * Makes a thread that the caller owns current, in place of one that has left.
 * The slice goes on. Inline: the end of the fast path.
 */
static inline void sched_switch(struct thread *t)
{
	struct cpu *cpu = this_cpu();

	t->cpu = (uint8_t)cpu->index;
	store_relaxed(&cpu->current, t);
}

/* Does a hart run it just now? */
static inline bool sched_runs(const struct thread *t)
{
	return __atomic_load_n(&cpus[t->cpu].current, __ATOMIC_ACQUIRE) == t;
}

/*
 * The frame to return to: of the current thread if it still runs, else of the
 * next one; idles until there is one. May end the machine's run and not return.
 */
struct trap_frame *sched_next(void);

/* Called by the idle loop when there is nothing else to do; may be NULL. */
extern void (*sched_idle_hook)(void);

/* Enters the loop on this hart for good. */
__attribute__((noreturn)) void sched_run(void);

/*
 * While held, idle harts leave frames alone, and on return none is in the midst
 * of it: for who walks all records, mm_check(). Holds are counted.
 */
void sched_hold_frames(bool still);

/* Threads READY on hart `cpu`, for tests. */
unsigned sched_queued(unsigned cpu);

/* Threads that a hart took from another's queue, all harts. */
uint64_t sched_migrations(void);

#endif
