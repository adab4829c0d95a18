/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * forked.h - a task in a clone of this program's space: a fork, made of native
 * calls. The child runs forked_child(argument) on a stack of its own, which lies in
 * both spaces; what it returns is its status.
 *
 * The child has no thread-local variables and no handle but `bell`.
 */
#ifndef TESTS_USER_FORKED_H
#define TESTS_USER_FORKED_H
#include "ipc.h"
#include "quire.h"
#include <stdint.h>

struct forked {
	uint64_t task;
	uint64_t over; /* notification: bit 1 when it has ended */
};

int forked_child(uint64_t argument); /* the program's */

static char forked_stack[16384] __attribute__((aligned(16)));

static __attribute__((used, noinline)) void forked_run(uint64_t argument)
{
	int status = forked_child(argument);

	for (;;)
		thread_exit(status);
}

/* A new thread has no gp. */
static __attribute__((naked)) void forked_entry(__attribute__((unused))
						uint64_t argument)
{
	__asm__ volatile(".option push\n.option norelax\n\t"
			 "lla gp, __global_pointer$\n.option pop\n\t"
			 "tail forked_run");
}

#define forked_begin ((const void *)(uintptr_t)forked_entry)

/* On all harts; 0 or an error. `argument` is the child's. */
static inline long fork_off(struct forked *f, uint64_t argument)
{
	long space = space_clone(SELF), task, thread;

	if (space < 0)
		return space;
	task = task_create((uint64_t)space, "forked", 6);
	handle_close((uint64_t)space);
	if (task < 0)
		return task;
	f->task = (uint64_t)task;
	thread = thread_create(f->task, forked_begin,
			       forked_stack + sizeof(forked_stack), argument);
	if (thread >= 0) {
		handle_watch(f->task, f->over, 1);
		thread_control((uint64_t)thread, THREAD_START);
		handle_close((uint64_t)thread);
	}
	return thread < 0 ? thread : 0;
}

/* How it ended: its status, or 1000 + the fault. */
static inline long fork_wait(struct forked *f)
{
	struct task_info info;
	uint64_t bits;
	long err;

	notification_wait(f->over, 1, NEVER, &bits);
	err = task_info(f->task, &info);
	handle_close(f->task);
	if (err)
		return err;
	return info.fault ? 1000 + (long)info.fault : info.status;
}

#endif
