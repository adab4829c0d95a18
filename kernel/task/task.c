/* SPDX-License-Identifier: BSD-2-Clause */
/* task.c - tasks: creation and the end. */
#include "task/task.h"
#include "lib/assert.h"
#include "mm/slab.h"
#include <string.h>

static struct slab_cache tasks =
	SLAB_CACHE_INIT(tasks, "task", sizeof(struct task));

struct task *task_create(const char *name, void (*ended)(struct task *t))
{
	struct task *t = slab_alloc(&tasks);

	if (!t)
		return NULL;
	t->space = space_create();
	if (!t->space) {
		slab_free(&tasks, t);
		return NULL;
	}
	t->ended = ended;
	strncpy(t->name, name, TASK_NAME - 1);
	return t;
}

void task_free(struct task *t)
{
	if (t->space)
		space_put(t->space);
	slab_free(&tasks, t);
}

void task_thread_gone(struct task *t, int status, unsigned fault)
{
	uint32_t left = __atomic_sub_fetch(&t->threads, 1, __ATOMIC_ACQ_REL);

	if (left > 0)
		return;
	t->status = status;
	t->fault = fault;
	space_put(t->space);
	t->space = NULL;
	t->ended(t);
}

void task_trim(void)
{
	slab_trim(&tasks);
}
