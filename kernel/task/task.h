/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * task.h - a task: an address space, a table of handles, and the threads that
 * run in it.
 *
 *	task_create --> no thread yet --> threads run --> ended
 *	                      |        first start    last exit   ^
 *	                      +--- its creator ends, or nobody ---+
 *	                           names it any more
 *
 * When it ends its handles are closed and its space is let go; the structure
 * stays, with the status, as long as somebody holds it.
 * Locking: LOCK_TASK guards the table's shape and the lists.
 */
#ifndef TASK_TASK_H
#define TASK_TASK_H
#include "abi/thread.h"
#include "lib/kobject.h"
#include "lib/list.h"
#include "mm/space.h"
#include "task/handle.h"
#include "task/watch.h"

struct task {
	struct kobject object;
	struct kobject
		rest; /* what it has: goes, in steps, when it has ended */
	struct kobject call; /* "all threads end": goes round, in steps */
	struct lock lock;
	struct space *space; /* NULL: it has ended */
	char name[TASK_NAME_MAX + 1];
	struct handle_table handles;

	/* That have not ended, by in_task; at the front those that are `told`
	 * that all are to end. */
	struct list threads;
	uint32_t running; /* of these, how many were started */
	bool ended;
	bool calling; /* `call` goes round; `status` is set */
	bool over;    /* `rest` has gone */
	int status;   /* that of task_end(), or of the thread that ended last */
	unsigned fault; /* scause that ended it, 0 if it ended by itself */

	struct kobject *handler; /* endpoint, or NULL; counted */
	uint64_t handler_badge;
	struct watch watch[TASK_WATCHERS];

	struct task
		*creator; /* until it runs, or the creator ends; not counted */
	struct list children; /* that do not run yet */
	struct list in_creator;

	/* For boot: called once, after the last thread and the space are gone;
	 * owns the reference that task_create() gave. Else NULL. */
	void (*on_end)(struct task *t);
};

extern const struct kind task_kind;

/* It has ended, or all its threads are to: no thread comes any more. */
static inline bool task_is_ending(const struct task *t)
{
	return t->ended || t->calling;
}

static inline struct task *task_of(struct kobject *o)
{
	return container_of(o, struct task, object);
}

/*
 * A task in `space`, of which it takes its own reference; one reference, the
 * caller's. NULL: no memory.
 */
struct task *task_create(const char *name, struct space *space);

/* It has no thread yet, and ends with `creator` unless it gets one. */
void task_adopt(struct task *creator, struct task *child);

/*
 * A thread of it is started for the first time, and has a reference from now on;
 * false: the task's last reference has gone. It has not ended.
 */
bool task_thread_starts_locked(struct task *t);

/* A thread that was started is gone; with the last one the task ends. */
void task_thread_gone(struct task *t, int status, unsigned fault);

/*
 * All threads end, then the task. Those that run on other harts do so a moment
 * later; so do those beyond the first few (mm/ending.h).
 */
void task_end(struct task *t, int status);

/* Its space with a reference of the caller's, or NULL: it has ended. */
struct space *task_space(struct task *t);

/*
 * Makes `endpoint` (counted reference, taken over; NULL: none) the handler.
 * -E_STALE: it has ended, and the reference stays the caller's.
 */
int task_set_handler(struct task *t, struct kobject *endpoint, uint64_t badge);

/*
 * When it ends the notification gets `bits`: task/watch.h. 0, -E_BUSY, or
 * -E_STALE: it has ended, and nobody is told.
 */
int task_watch(struct task *t, struct kobject *notification, uint64_t bits);

void task_describe(struct task *t, struct task_info *to);
unsigned task_list_threads(struct task *t, uint64_t skip,
			   struct thread_info *to, unsigned max);

void task_trim(void);

#endif
