/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * task.h - a task: an address space, and the threads that run in it.
 */
#ifndef TASK_TASK_H
#define TASK_TASK_H
#include "lib/types.h"
#include "mm/space.h"

#define TASK_NAME 32

struct task {
	struct space *space;
	char name[TASK_NAME];
	uint32_t threads; /* alive */
	int status;	  /* of the thread that ended last */
	unsigned fault;	  /* scause that ended it, 0 if it ended by itself */
	/* Called once, after the last thread and the space are gone. */
	void (*ended)(struct task *t);
};

/*
 * A task with an empty space. NULL: no memory. `ended` owns the task from its
 * call on and frees it with task_free().
 */
struct task *task_create(const char *name, void (*ended)(struct task *t));
void task_free(struct task *t);

/* The last thread is gone: the space goes, then `ended` is called. */
void task_thread_gone(struct task *t, int status, unsigned fault);

void task_trim(void);

#endif
