/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sched.h - which thread a hart runs.
 *
 * Each hart has a queue of READY threads, first come first served, with a tick
 * while more than one wants the hart. An idle hart zeroes frames for the pool,
 * then waits for an interrupt; to give it work, queue and send an IPI.
 */
#ifndef TASK_SCHED_H
#define TASK_SCHED_H
#include "task/thread.h"

/* Before any other hart runs. */
void sched_init(void);

/* Makes a NEW thread READY on hart `cpu`, and tells the hart. */
void sched_start(struct thread *t, unsigned cpu);

/* The current thread goes to the end of its queue. */
void sched_yield(void);

/*
 * The frame to return to: of the current thread if it still runs, else of the
 * next one; idles until there is one. May end the machine's run and not return.
 */
struct trap_frame *sched_next(void);

/* Called by the idle loop when there is nothing else to do; may be NULL. */
extern void (*sched_idle_hook)(void);

/* Enters the loop on this hart for good. */
__attribute__((noreturn)) void sched_run(void);

/* A tick has come. */
void sched_tick(void);

/* Ticks are this far apart, in timebase units. */
extern uint64_t sched_slice;

/*
 * While held, idle harts leave frames alone, and on return none is in the midst
 * of it: for who walks all records, mm_check(). Holds are counted.
 */
void sched_hold_frames(bool still);

/* Threads READY on hart `cpu`, for tests. */
unsigned sched_queued(unsigned cpu);

#endif
