/* SPDX-License-Identifier: BSD-2-Clause */
/* thread.c - creation, waiting, the end. */
#include "task/thread.h"
#include "abi/error.h"
#include "abi/handle.h"
#include "arch/fpu.h"
#include "arch/interrupt.h"
#include "lib/assert.h"
#include "lib/atomic.h"
#include "mm/object.h"
#include "mm/slab.h"
#include "mm/wait.h"
#include "task/page_wait.h"
#include "task/sched.h"
#include "task/task.h"

static struct slab_cache threads =
	SLAB_CACHE_INIT(threads, "thread", sizeof(struct thread));

/* ---- creation --------------------------------------------------------- */

/* The task may end as soon as its lock is free; the space's memory stays. */
static bool enter_task(struct thread *t, struct task *task)
{
	struct space *space;
	bool alive, is_first;

	lock_take(&task->lock);
	alive = !task_is_ending(task);
	space = task->space;
	is_first = list_empty(&task->threads);
	if (alive)
		list_push_back(&task->threads, &t->in_task);
	lock_drop(&task->lock);
	if (alive && !is_first)
		space_share(space);
	return alive;
}

struct thread *thread_create(struct task *task, va_t pc, va_t sp, uint64_t name)
{
	struct thread *t = slab_alloc(&threads);

	if (!t)
		return NULL;
	kobject_init(&t->object, &thread_kind);
	t->task = task;
	t->frame.pc = pc;
	t->frame.x[X_SP] = sp;
	t->frame.x[X_A0] = t->name = name;
	t->priority = t->own_priority = PRIORITY_DEFAULT;
	t->harts = (uint8_t)(BIT(cpu_count) - 1);
	t->caller.owner = t->copy.from.owner = t;
	t->wait = WAIT_NEW;
	if (enter_task(t, task))
		return t;
	slab_free(&threads, t);
	return NULL;
}

/* The last reference: it has ended, and its task has let it go. */
static bool last_reference(struct kobject *o)
{
	struct thread *t = thread_of(o);

	assert(wait_kind(t->wait) == WAIT_ENDED);
	if (t->counted)
		kobject_put(&t->task->object);
	return true;
}

static void reclaim(struct kobject *o)
{
	slab_free(&threads, thread_of(o));
}

const struct kind thread_kind = {
	.number = KIND_THREAD,
	.name = "thread",
	.end = last_reference,
	.reclaim = reclaim,
};

void thread_trim(void)
{
	slab_trim(&threads);
}

/* ---- waiting ---------------------------------------------------------- */

/* Who copies from a thread claims it for each piece; so does who looks at it. */
uint64_t thread_settled_wait(const struct thread *t)
{
	uint64_t wait;

	do
		wait = __atomic_load_n(&t->wait, __ATOMIC_SEQ_CST);
	while (wait_kind(wait) == WAIT_NONE && !sched_runs(t) &&
	       !__atomic_load_n(&t->ready, __ATOMIC_ACQUIRE));
	return wait;
}

bool thread_claim_settled(struct thread *t, uint64_t wait)
{
	while (!thread_claim(t, wait))
		if (wait_kind(wait) == WAIT_NONE ||
		    thread_settled_wait(t) != wait)
			return false;
	return true;
}

static void out_of_time(struct timer *timer, uint64_t wait)
{
	struct thread *t = container_of(timer, struct thread, timer);
	bool sleeps;

	if (!thread_claim_settled(t, wait))
		return;
	if (wait_kind(wait) == WAIT_PAGE) {
		page_wait_timed_out(t, wait);
		return;
	}
	sleeps = wait_kind(wait) == WAIT_BITS && !t->wait_lock;
	thread_unlink(t, wait);
	thread_wake(t, sleeps ? 0 : -E_TIMEDOUT);
}

void thread_set_deadline(struct thread *t, uint64_t ns, uint64_t wait)
{
	if (ns == NEVER)
		return;
	t->mode |= MODE_TIMER;
	timer_start(&t->timer, timer_when(ns), out_of_time, wait);
}

/* Empties the place that names it, if that is there still. */
static void leave_place(struct thread *t)
{
	struct held *h = t->held_by;
	struct thread *expected = t;

	__atomic_compare_exchange_n(&h->thread, &expected, NULL, false,
				    __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

void thread_stop_timer(struct thread *t)
{
	timer_stop(&t->timer);
	t->mode &= ~(uint32_t)MODE_TIMER;
}

void thread_unlink(struct thread *t, uint64_t wait)
{
	unsigned kind = wait_kind(wait);

	if (t->mode & MODE_TIMER)
		thread_stop_timer(t);
	if (kind == WAIT_REPLY || kind == WAIT_COPY)
		leave_place(t);
	if (!t->wait_lock)
		return;
	lock_take(t->wait_lock);
	if (list_linked(&t->queue))
		list_remove(&t->queue);
	lock_drop(t->wait_lock);
	t->wait_lock = NULL;
}

/* What the kernel says of a thread, or a page it waits for, is not a call. */
void thread_wake(struct thread *t, long result)
{
	if (t->in_handler)
		t->in_handler = false; /* the instruction runs again */
	else
		thread_set_result(t, result);
	t->resume = t->then = NULL;
	sched_ready(t);
}

bool thread_go_on(struct thread *t)
{
	if (!t->then)
		return false;
	t->resume = t->then;
	t->then = NULL;
	sched_ready(t);
	return true;
}

/*
 * A thread whose handler is gone ends as if there were none. Not here, where it
 * might be the next link of a long chain: it is only told to.
 */
void thread_fail(struct thread *t, uint64_t wait, int err)
{
	thread_unlink(t, wait);
	if (thread_go_on(t))
		return;
	if (t->in_handler) {
		t->status = 128 + (int)t->words[1];
		t->fault = (unsigned)t->words[1];
		__atomic_fetch_or(&t->orders, ORDER_END, __ATOMIC_RELAXED);
	}
	thread_wake(t, err);
}

void thread_fail_held(struct held *h, int err)
{
	struct thread *t =
		__atomic_exchange_n(&h->thread, NULL, __ATOMIC_ACQ_REL);

	if (t && thread_claim_settled(t, h->wait))
		thread_fail(t, h->wait, err);
}

unsigned upcall_priority(void)
{
	const struct thread *t = this_cpu()->current;

	return t ? t->priority : PRIORITY_DEFAULT; /* it is about to end */
}

/* ---- the end ---------------------------------------------------------- */

/* Owned, and running nowhere. */
static void finish(struct thread *t, int status, unsigned fault)
{
	struct task *task = t->task;
	bool counted = t->counted;
	struct watch watch[THREAD_WATCHERS];

	thread_fail_held(&t->caller, -E_PEER);
	thread_fail_held(&t->copy.from, -E_PEER);
	upcall_thread_ended(t);
	lock_take(&task->lock);
	list_remove(&t->in_task);
	store_release(&t->object.dead, 1);
	watch_take_locked(t->watch, THREAD_WATCHERS, watch);
	lock_drop(&task->lock);
	thread_wait(t, thread_next_wait(t, WAIT_ENDED));
	watch_tell(watch, THREAD_WATCHERS);
	if (counted)
		task_thread_gone(task, status, fault);
	kobject_put(&t->object); /* the task's */
}

void thread_exit(int status, unsigned fault)
{
	finish(thread_leave(), status, fault);
}

/* ---- from outside ----------------------------------------------------- */

static void give_orders(struct thread *t, uint32_t orders)
{
	__atomic_fetch_or(&t->orders, orders, __ATOMIC_SEQ_CST);
}

bool thread_obey(struct thread *t)
{
	uint32_t orders = __atomic_load_n(&t->orders, __ATOMIC_ACQUIRE);

	if (orders & ORDER_END) {
		t->resume = NULL;
		finish(t, t->status, t->fault);
		return true;
	}
	if (orders & ORDER_STOP) {
		__atomic_fetch_and(&t->orders, ~(uint32_t)ORDER_STOP,
				   __ATOMIC_RELAXED);
		thread_wait(t, thread_next_wait(t, WAIT_STOPPED));
		return true;
	}
	return false;
}

/* It does what it was told already, perhaps before who told it came to look. */
static bool is_stopped(const struct thread *t, uint64_t wait)
{
	return (wait_kind(wait) == WAIT_NEW ||
		wait_kind(wait) == WAIT_STOPPED) &&
	       !(__atomic_load_n(&t->orders, __ATOMIC_SEQ_CST) & ORDER_END);
}

/*
 * Makes a thread the caller's, wherever it is; false if it runs, or is stopped and
 * is to stay so.
 */
static bool grab(struct thread *t)
{
	uint64_t wait = __atomic_load_n(&t->wait, __ATOMIC_SEQ_CST);

	if (is_stopped(t, wait))
		return false;
	switch (wait_kind(wait)) {
	case WAIT_NONE:
		return sched_take(t);
	case WAIT_ENDED:
		return false;
	}
	if (!thread_claim(t, wait))
		return false;
	thread_unlink(t, wait);
	switch (wait_kind(wait)) {
	case WAIT_NEW:
	case WAIT_STOPPED:
	case WAIT_PAGE:
		return true;
	}
	if (t->in_handler)
		t->in_handler = false;
	else
		thread_set_result(t, -E_INTR);
	t->resume = t->then = NULL;
	return true;
}

/* Harts look at the threads in their box when they take an interrupt. */
static struct thread *poked[MAX_HARTS];

static void poke(struct thread *t)
{
	unsigned hart = t->cpu;
	struct thread *first = __atomic_load_n(&poked[hart], __ATOMIC_RELAXED);

	if (__atomic_exchange_n(&t->poked, 1, __ATOMIC_ACQ_REL))
		return;
	kobject_get(&t->object);
	do
		t->poke_next = first;
	while (!__atomic_compare_exchange_n(&poked[hart], &first, t, false,
					    __ATOMIC_RELEASE,
					    __ATOMIC_RELAXED));
	interrupt_send(hart);
}

bool thread_enforce(struct thread *t)
{
	uint64_t wait = __atomic_load_n(&t->wait, __ATOMIC_SEQ_CST);

	if (wait_kind(wait) == WAIT_ENDED || is_stopped(t, wait) ||
	    t == this_cpu()->current) /* on its way out of the kernel */
		return true;
	if (!grab(t)) {
		poke(t);
		return false;
	}
	if (!thread_obey(t))
		sched_ready(t);
	return true;
}

void thread_look_at_poked(void)
{
	struct thread **mine = &poked[this_cpu()->index], *t;

	if (!__atomic_load_n(mine, __ATOMIC_RELAXED))
		return;
	t = __atomic_exchange_n(mine, NULL, __ATOMIC_ACQ_REL);
	while (t) {
		struct thread *next = t->poke_next;

		store_release(&t->poked, 0);
		if (thread_has_orders(t))
			thread_enforce(t);
		kobject_put(&t->object);
		t = next;
	}
}

static int start_locked(struct thread *t)
{
	uint64_t wait = __atomic_load_n(&t->wait, __ATOMIC_RELAXED);

	if (wait_kind(wait) != WAIT_NEW && wait_kind(wait) != WAIT_STOPPED)
		return -E_INVAL;
	if (t->task->ended)
		return -E_STALE;
	__atomic_fetch_and(&t->orders, ~(uint32_t)ORDER_STOP, __ATOMIC_SEQ_CST);
	if (!thread_claim(t, wait))
		return -E_INVAL; /* it is just being ended */
	if (t->counted || task_thread_starts_locked(t->task)) {
		t->counted = true;
		return 0;
	}
	thread_wait(t, wait);
	return -E_STALE;
}

int thread_start(struct thread *t)
{
	int err;

	if (wait_kind(__atomic_load_n(&t->wait, __ATOMIC_ACQUIRE)) ==
	    WAIT_ENDED)
		return -E_INVAL;
	lock_take(&t->task->lock);
	err = start_locked(t);
	lock_drop(&t->task->lock);
	if (!err)
		sched_ready(t);
	return err;
}

int thread_stop(struct thread *t)
{
	switch (wait_kind(__atomic_load_n(&t->wait, __ATOMIC_SEQ_CST))) {
	case WAIT_NEW:
	case WAIT_STOPPED:
		return 0;
	case WAIT_ENDED:
		return -E_INVAL;
	}
	give_orders(t, ORDER_STOP);
	return thread_enforce(t) ? 0 : -E_AGAIN;
}

void thread_cancel(struct thread *t)
{
	uint64_t wait = thread_settled_wait(t);

	switch (wait_kind(wait)) {
	case WAIT_SEND:
	case WAIT_REPLY:
	case WAIT_RECEIVE:
	case WAIT_COPY:
	case WAIT_BITS:
		if (!thread_claim_settled(t, wait))
			return;
		thread_unlink(t, wait);
		thread_wake(t, -E_CANCELED);
	}
}

void thread_end(struct thread *t, int status)
{
	t->status = status;
	give_orders(t, ORDER_END);
	thread_enforce(t);
}

/* One that has not ended keeps its task's memory, as long as this hart looks. */
int thread_watch(struct thread *t, struct kobject *notification, uint64_t bits)
{
	struct kobject *old = NULL;
	int err = -E_STALE;

	if (__atomic_load_n(&t->object.dead, __ATOMIC_ACQUIRE))
		return err;
	lock_take(&t->task->lock);
	if (!t->object.dead)
		err = watch_set_locked(t->watch, THREAD_WATCHERS, notification,
				       bits, &old);
	lock_drop(&t->task->lock);
	if (old)
		kobject_put(old);
	return err;
}
