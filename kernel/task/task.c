/* SPDX-License-Identifier: BSD-2-Clause */
/* task.c - tasks: creation and the end. */
#include "task/task.h"
#include "abi/error.h"
#include "lib/assert.h"
#include "mm/slab.h"
#include "mm/wait.h"
#include "task/sched.h"
#include "task/thread.h"
#include <string.h>

static struct slab_cache tasks =
	SLAB_CACHE_INIT(tasks, "task", sizeof(struct task));

struct task *task_create(const char *name, struct space *space)
{
	struct task *t = slab_alloc(&tasks);

	if (!t)
		return NULL;
	kobject_init(&t->object, &task_kind);
	lock_init(&t->lock, LOCK_TASK);
	list_init(&t->threads);
	list_init(&t->children);
	kobject_get(&space->object);
	if (__atomic_fetch_add(&space->tasks, 1, __ATOMIC_RELAXED) > 0)
		space_share(space);
	t->space = space;
	strncpy(t->name, name, TASK_NAME_MAX);
	return t;
}

struct space *task_space(struct task *t)
{
	struct space *s;

	lock_take(&t->lock);
	s = t->space;
	if (s)
		kobject_get(&s->object);
	lock_drop(&t->lock);
	return s;
}

/* ---- creator and children --------------------------------------------- */

/* One lock for all families: they change when tasks come and go. */
static struct lock families = LOCK_INIT(LOCK_SPACES);

void task_adopt(struct task *creator, struct task *child)
{
	lock_take(&families);
	child->creator = creator;
	list_push_back(&creator->children, &child->in_creator);
	lock_drop(&families);
}

static void leave_family(struct task *t)
{
	lock_take(&families);
	if (t->creator) {
		list_remove(&t->in_creator);
		t->creator = NULL;
	}
	lock_drop(&families);
}

/* A child that does not run, with a reference, or NULL. */
static struct task *take_child(struct task *t)
{
	struct task *child = NULL;

	lock_take(&families);
	while (!child && !list_empty(&t->children)) {
		struct list *e = list_pop_front(&t->children);

		child = container_of(e, struct task, in_creator);
		child->creator = NULL;
		if (!kobject_try(&child->object))
			child = NULL;
	}
	lock_drop(&families);
	return child;
}

/* ---- the end ---------------------------------------------------------- */

/* Marks it; false if somebody else has. */
static bool begin_end(struct task *t, int status, unsigned fault)
{
	bool mine;

	lock_take(&t->lock);
	mine = !t->ended && t->running == 0;
	if (mine) {
		t->ended = true;
		t->status = t->told ? t->status : status;
		t->fault = t->told ? 0 : fault;
	}
	lock_drop(&t->lock);
	return mine;
}

/* A thread that was never started, with a reference, or NULL. */
static struct thread *take_new_thread(struct task *t)
{
	struct thread *thread = NULL;

	lock_take(&t->lock);
	if (!list_empty(&t->threads)) {
		thread = container_of(t->threads.next, struct thread, in_task);
		kobject_get(&thread->object);
	}
	lock_drop(&t->lock);
	return thread;
}

static void drop_handler(struct task *t)
{
	struct kobject *o;

	lock_take(&t->lock);
	o = t->handler;
	t->handler = NULL;
	lock_drop(&t->lock);
	if (o)
		kobject_put(o);
}

/*
 * Everything that a task has goes, in an order in which nothing can come back:
 * it is marked first. Children that do not run yet go with it.
 */
static void finish(struct task *t, int status, unsigned fault)
{
	struct thread *thread;
	struct task *child;
	struct watch watch[TASK_WATCHERS];
	struct kobject *o;

	if (!begin_end(t, status, fault))
		return;
	leave_family(t);
	while ((thread = take_new_thread(t))) {
		thread_end(thread, status);
		kobject_put(&thread->object);
	}
	while ((child = take_child(t))) {
		finish(child, status, 0);
		kobject_put(&child->object);
	}
	handle_close_all(t);
	drop_handler(t);
	lock_take(&t->lock);
	o = &t->space->object;
	t->space = NULL;
	watch_take_locked(t->watch, TASK_WATCHERS, watch);
	lock_drop(&t->lock);
	kobject_put(o);
	watch_tell(watch, TASK_WATCHERS);
	if (t->on_end)
		t->on_end(t);
}

bool task_thread_starts_locked(struct task *t)
{
	if (!kobject_try(&t->object)) /* the thread's reference */
		return false;
	if (t->running++ > 0)
		return true;
	kobject_get(&t->object); /* a running task holds itself */
	leave_family(t);
	return true;
}

void task_thread_gone(struct task *t, int status, unsigned fault)
{
	bool last;

	lock_take(&t->lock);
	last = --t->running == 0;
	lock_drop(&t->lock);
	if (!last)
		return;
	finish(t, status, fault);
	kobject_put(&t->object);
}

/* A thread that has not been told to end yet, with a reference, or NULL. */
static struct thread *take_unaware_thread(struct task *t)
{
	struct thread *found = NULL;

	lock_take(&t->lock);
	list_for_each (e, &t->threads) {
		struct thread *i = container_of(e, struct thread, in_task);

		if (!(__atomic_load_n(&i->orders, __ATOMIC_RELAXED) &
		      ORDER_END)) {
			found = i;
			kobject_get(&i->object);
			break;
		}
	}
	lock_drop(&t->lock);
	return found;
}

void task_end(struct task *t, int status)
{
	struct thread *thread;

	lock_take(&t->lock);
	if (!t->ended && !t->told) {
		t->told = true;
		t->status = status;
	}
	lock_drop(&t->lock);
	while ((thread = take_unaware_thread(t))) {
		thread_end(thread, status);
		kobject_put(&thread->object);
	}
	finish(t, status, 0);
}

/* The last reference: it never ran, or it has ended. */
static void task_last(struct kobject *o)
{
	finish(task_of(o), 0, 0);
}

static void task_reclaim(struct kobject *o)
{
	slab_free(&tasks, task_of(o));
}

const struct kind task_kind = {
	.number = KIND_TASK,
	.name = "task",
	.end = task_last,
	.reclaim = task_reclaim,
};

/* ---- who is told ------------------------------------------------------ */

int task_set_handler(struct task *t, struct kobject *endpoint, uint64_t badge)
{
	struct kobject *old = NULL;
	int err = 0;

	lock_take(&t->lock);
	if (t->ended) {
		err = -E_STALE;
	} else {
		old = t->handler;
		t->handler_badge = badge;
		t->handler = endpoint;
	}
	lock_drop(&t->lock);
	if (old)
		kobject_put(old);
	return err;
}

int task_watch(struct task *t, struct kobject *notification, uint64_t bits)
{
	struct kobject *old = NULL;
	int err = -E_STALE;

	lock_take(&t->lock);
	if (!t->ended)
		err = watch_set_locked(t->watch, TASK_WATCHERS, notification,
				       bits, &old);
	lock_drop(&t->lock);
	if (old)
		kobject_put(old);
	return err;
}

/* ---- listing ---------------------------------------------------------- */

static uint32_t count_threads(const struct task *t)
{
	uint32_t n = 0;

	list_for_each (e, &t->threads)
		n++;
	return n;
}

void task_describe(struct task *t, struct task_info *to)
{
	struct space *s = task_space(t);

	memset(to, 0, sizeof(*to));
	lock_take(&t->lock);
	memcpy(to->name, t->name, sizeof(to->name));
	to->threads = count_threads(t);
	to->ended = t->ended;
	to->status = t->status;
	to->fault = t->fault;
	to->handles = t->handles.used;
	to->kernel = sizeof(*t) + to->threads * sizeof(struct thread) +
		     (uint64_t)(t->handles.limit + HANDLE_CHUNK - 1) /
			     HANDLE_CHUNK * PAGE_SIZE;
	lock_drop(&t->lock);
	if (!s)
		return;
	to->resident = space_resident(s);
	to->kernel += sizeof(*s) + space_tables(s) * PAGE_SIZE;
	space_put(s);
}

static enum thread_activity activity(const struct thread *t)
{
	static const uint8_t of_wait[] = {
		[WAIT_NONE] = THREAD_IS_READY,
		[WAIT_NEW] = THREAD_IS_NEW,
		[WAIT_STOPPED] = THREAD_IS_STOPPED,
		[WAIT_SEND] = THREAD_WAITS_SEND,
		[WAIT_REPLY] = THREAD_WAITS_REPLY,
		[WAIT_RECEIVE] = THREAD_WAITS_RECEIVE,
		[WAIT_COPY] = THREAD_WAITS_COPY,
		[WAIT_BITS] = THREAD_WAITS_BITS,
		[WAIT_PAGE] = THREAD_WAITS_PAGE,
		[WAIT_ENDED] = THREAD_IS_STOPPED,
	};
	unsigned kind = wait_kind(__atomic_load_n(&t->wait, __ATOMIC_RELAXED));

	return kind == WAIT_NONE && sched_runs(t) ? THREAD_IS_RUNNING
						  : of_wait[kind];
}

unsigned task_list_threads(struct task *t, uint64_t skip,
			   struct thread_info *to, unsigned max)
{
	unsigned n = 0;

	lock_take(&t->lock);
	list_for_each (e, &t->threads) {
		const struct thread *i =
			container_of(e, struct thread, in_task);

		if (skip > 0) {
			skip--;
			continue;
		}
		if (n == max)
			break;
		to[n++] = (struct thread_info){
			.name = i->name,
			.activity = activity(i),
			.priority = i->priority,
			.own_priority = i->own_priority,
			.hart = i->cpu,
			.harts = i->harts,
		};
	}
	lock_drop(&t->lock);
	return n;
}

void task_trim(void)
{
	slab_trim(&tasks);
}
