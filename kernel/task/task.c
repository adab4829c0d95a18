/* SPDX-License-Identifier: BSD-2-Clause */
/* task.c - tasks: creation and the end. */
#include "task/task.h"
#include "abi/error.h"
#include "lib/assert.h"
#include "mm/ending.h"
#include "mm/slab.h"
#include "mm/wait.h"
#include "task/sched.h"
#include "task/thread.h"
#include <string.h>

static struct slab_cache tasks =
	SLAB_CACHE_INIT(tasks, "task", sizeof(struct task));
static void finish(struct task *t, int status, unsigned fault);

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
static __attribute__((noinline)) bool begin_end(struct task *t, int status,
						unsigned fault)
{
	bool mine;

	lock_take(&t->lock);
	mine = !t->ended && t->running == 0;
	if (mine) {
		t->ended = true;
		t->status = t->calling ? t->status : status;
		t->fault = t->calling ? 0 : fault;
	}
	lock_drop(&t->lock);
	return mine;
}

/* Some of the threads that were never started end; true if none is left. */
static bool end_new_threads(struct task *t)
{
	for (unsigned n = 0; n < ENDING_SMALL; n++) {
		struct thread *thread = NULL;

		lock_take(&t->lock);
		if (!list_empty(&t->threads)) {
			thread = container_of(t->threads.next, struct thread,
					      in_task);
			kobject_get(&thread->object);
		}
		lock_drop(&t->lock);
		if (!thread)
			return true;
		thread_end(thread, t->status);
		kobject_put(&thread->object);
	}
	return false;
}

/* Some children, which do not run yet, go with it; true if none is left. */
static bool end_children(struct task *t)
{
	for (unsigned n = 0; n < ENDING_SMALL; n++) {
		struct task *child = take_child(t);

		if (!child)
			return true;
		finish(child, t->status, 0);
		kobject_put(&child->object);
	}
	return false;
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

static void let_space_go(struct task *t)
{
	struct watch watch[TASK_WATCHERS];
	struct kobject *o;

	drop_handler(t);
	lock_take(&t->lock);
	o = &t->space->object;
	t->space = NULL;
	watch_take_locked(t->watch, TASK_WATCHERS, watch);
	lock_drop(&t->lock);
	kobject_put(o);
	watch_tell(watch, TASK_WATCHERS);
}

/* One step of its going; true after the last. */
static bool rest_goes(struct task *t)
{
	if (t->over)
		return true;
	if (!end_new_threads(t) || !end_children(t) || !handle_close_all(t))
		return false;
	let_space_go(t);
	t->over = true;
	if (t->on_end)
		t->on_end(t);
	return true;
}

static bool rest_end(struct kobject *o)
{
	struct task *t = container_of(o, struct task, rest);

	if (!rest_goes(t))
		return false;
	kobject_put(&t->object);
	return true;
}

static const struct kind rest_kind = {.name = "rest of a task",
				      .end = rest_end};

/*
 * Everything that a task has goes, in an order in which nothing can come back:
 * it is marked first. The caller has a reference.
 */
static void finish(struct task *t, int status, unsigned fault)
{
	if (!begin_end(t, status, fault))
		return;
	leave_family(t);
	kobject_get(&t->object);
	ending_begin(&t->rest, &rest_kind);
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

/*
 * The next thread of the round, with a reference, now at the front and `told`;
 * NULL if all are.
 */
static struct thread *next_to_tell(struct task *t)
{
	struct thread *thread = NULL;

	lock_take(&t->lock);
	if (!list_empty(&t->threads))
		thread = container_of(t->threads.prev, struct thread, in_task);
	if (thread && thread->told)
		thread = NULL;
	if (thread) {
		thread->told = true;
		list_remove(&thread->in_task);
		list_push_front(&t->threads, &thread->in_task);
		kobject_get(&thread->object);
	}
	lock_drop(&t->lock);
	return thread;
}

/* One step of the round; a task without a running thread ends then, too. */
static bool call_end(struct kobject *o)
{
	struct task *t = container_of(o, struct task, call);
	struct thread *thread;

	for (unsigned n = 0; n < ENDING_SMALL; n++) {
		thread = next_to_tell(t);
		if (!thread) {
			finish(t, t->status, 0);
			kobject_put(&t->object);
			return true;
		}
		thread_end(thread, t->status);
		kobject_put(&thread->object);
	}
	return false;
}

static const struct kind call_kind = {.name = "end of a task", .end = call_end};

void task_end(struct task *t, int status)
{
	bool first;

	lock_take(&t->lock);
	first = !t->calling && !t->ended;
	if (first) {
		t->calling = true;
		t->status = status;
	}
	lock_drop(&t->lock);
	if (!first)
		return;
	kobject_get(&t->object);
	ending_begin(&t->call, &call_kind);
}

/* The last reference: it never ran, or it has ended. */
static bool task_last(struct kobject *o)
{
	struct task *t = task_of(o);

	if (begin_end(t, 0, 0))
		leave_family(t);
	return rest_goes(t);
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
	to->kernel += sizeof(*s) + s->mmu.tables * PAGE_SIZE;
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
