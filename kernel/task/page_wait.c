/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * page_wait.c - threads that wait for a page: in the object's list, under the
 * object's lock, by thread.queue. `mask` says for which page.
 *
 * Between upcall_page_needed() and page_wait() the hart does not leave the
 * kernel, so the object that the thread noted needs no reference until it is
 * parked.
 */
#include "task/page_wait.h"
#include "abi/error.h"
#include "arch/interrupt.h"
#include "mm/object.h"
#include "mm/paged.h"
#include "mm/wait.h"
#include "task/sched.h"
#include "task/timer.h"

/* Why the page that the thread has waited for did not come; told once. */
static int take_error(struct thread *t, const struct object *o, uint64_t index)
{
	int err = t->page_error;

	t->page_error = 0;
	return t->page_object == o && t->mask == index ? err : 0;
}

int upcall_page_needed(struct object *o, uint64_t index)
{
	struct thread *t = this_cpu()->current;
	int err;

	if (!t) /* the kernel itself, in a test */
		return -E_WAIT;
	err = take_error(t, o, index);
	t->page_object = o;
	t->mask = index;
	return err ? err : -E_WAIT;
}

static void park_locked(struct thread *t, struct object *o)
{
	uint64_t ns = object_pager_timeout(o);
	uint64_t wait = thread_next_wait(t, WAIT_PAGE);

	thread_leave();
	t->wait_lock = &o->lock;
	list_push_back(&o->waiting, &t->queue);
	if (ns)
		thread_set_deadline(t, timer_ns(time_now()) + ns, wait);
	thread_wait(t, wait);
}

void page_wait(void)
{
	struct thread *t = this_cpu()->current;
	struct object *o = t->page_object;
	bool parked;

	if (!kobject_try(&o->kobject))
		return; /* it has ended: the thread will see */
	lock_take(&o->lock);
	parked = paged_is_awaited_locked(o, t->mask);
	if (parked)
		park_locked(t, o);
	lock_drop(&o->lock);
	if (!parked)
		object_put(o);
}

/* Claimed, and off the list. What it does next it does from the start. */
static void go_on(struct thread *t, uint64_t wait, int err)
{
	t->wait_lock = NULL;
	thread_unlink(t, wait);
	t->page_error = err;
	sched_ready(t);
}

void upcall_pages_settled(struct object *o, uint64_t first, uint64_t count,
			  int err)
{
	struct list *e = o->waiting.next;

	while (e != &o->waiting) {
		struct thread *t = container_of(e, struct thread, queue);
		uint64_t wait = __atomic_load_n(&t->wait, __ATOMIC_ACQUIRE);

		e = e->next;
		if (t->mask - first >= count || !thread_claim(t, wait))
			continue; /* another page's, or leaves by itself */
		list_remove(&t->queue);
		go_on(t, wait, err);
		object_put(o); /* not the last: the caller has one */
	}
}

void page_wait_timed_out(struct thread *t, uint64_t wait)
{
	object_wait_timed_out(t->page_object, t->mask);
	thread_unlink(t, wait);
	t->page_error = -E_TIMEDOUT;
	sched_ready(t);
}
