/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * thread.h - a thread: registers at its last trap, and where it waits.
 *
 * Nothing of a thread stays on a kernel stack. One that cannot go on is parked
 * at its trap frame; when it is woken it returns to user mode, or, if it was in
 * a call that must start again, makes the call again.
 */
#ifndef TASK_THREAD_H
#define TASK_THREAD_H
#include "arch/cpu.h"
#include "lib/list.h"

enum thread_state { THREAD_NEW, THREAD_READY, THREAD_RUNNING };

struct thread {
	struct trap_frame frame; /* first: a frame is its thread's */
	struct list queue;	 /* of the hart where it is READY */
	struct task *task;
	uint8_t state; /* enum thread_state */
	uint8_t cpu;   /* index of the hart it runs on */
	bool started;  /* it has run */
	bool fpu_used; /* `fpu` holds its registers, unless it is an owner */
	struct fpu_state fpu;
};
_Static_assert(sizeof(struct thread) <= 1024, "a thread is at most 1 KiB");

/* A NEW thread that will start at `pc` with stack `sp`. NULL: no memory. */
struct thread *thread_create(struct task *t, va_t pc, va_t sp);

/* Of a NEW thread that will not run. The task loses it without an ending. */
void thread_abandon(struct thread *t);

/*
 * Ends the current thread; the caller then picks another (sched_next()). With
 * the last one its task ends.
 */
void thread_exit(int status, unsigned fault);

/*
 * An illegal instruction of the current thread: if it was a floating-point one
 * met with the unit off, turns it on and gives true: run it again.
 */
bool thread_claim_fpu(uint64_t instruction);

/* The current thread leaves this hart for now; saves what it dirtied. */
void thread_fpu_leave(struct thread *t);

void thread_trim(void);

#endif
