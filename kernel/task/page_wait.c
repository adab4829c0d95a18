/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * page_wait.c - threads that wait for a page: in the object's list, under the
 * object's lock, by thread.queue. `mask` says for which page.
 *
 * A thread is in the list only as long as a request for its page is at the pager
 * or on its way there, so the request's reference of the object is enough; one
 * that leaves by itself does so before its hart leaves the kernel, and memory
 * stays that long (mm/grace.h). For the same reason the object that a thread in a
 * call has noted needs none from upcall_page_needed() to page_wait().
 */
#include "task/page_wait.h"
#include "abi/error.h"
#include "arch/interrupt.h"
#include "mm/fault.h"
#include "mm/object.h"
#include "mm/paged.h"
#include "mm/pager.h"
#include "mm/wait.h"
#include "task/sched.h"
#include "task/task.h"
#include "task/timer.h"

/* Why the page that the thread has waited for did not come; told once. */
static int take_error(struct thread *t, const struct object *o, uint64_t index)
{
	int err = t->page_error;

	t->page_error = 0;
	return t->page_object == o && t->mask == index ? err : 0;
}

/* In the object's list. `ns` is how long at most; 0: for ever. */
static inline void enter_locked(struct thread *t, struct object *o,
				uint64_t fault, uint64_t ns)
{
	uint64_t wait = thread_next_wait(t, WAIT_PAGE);

	t->wait_lock = &o->lock;
	t->page_fault = fault;
	list_push_back(&o->waiting, &t->queue);
	if (ns)
		thread_set_deadline(t, timer_ns(time_now()) + ns, wait);
	thread_leave();
	thread_wait(t, wait);
}

static __attribute__((noinline)) void
park_slowly_locked(struct thread *t, struct object *o, uint64_t fault)
{
	enter_locked(t, o, fault, pager_timeout(o));
}

/* A leaf, if there is no time limit and nothing to save. */
static inline void park_locked(struct thread *t, struct object *o,
			       uint64_t fault)
{
	if (pager_timeout(o) || this_cpu()->fpu_owner)
		park_slowly_locked(t, o, fault);
	else
		enter_locked(t, o, fault, 0);
}

/* It has waited for a page in vain: perhaps for this one. */
static __attribute__((noinline, cold)) int
needed_again(struct thread *t, struct object *o, uint64_t index)
{
	int err = take_error(t, o, index);

	return err ? err : upcall_page_needed(o, index);
}

/* The common case is a leaf. */
int upcall_page_needed(struct object *o, uint64_t index)
{
	struct cpu *cpu = this_cpu();
	struct thread *t = cpu->current;

	if (!t) /* the kernel itself, in a test */
		return -E_WAIT;
	if (t->page_error)
		return needed_again(t, o, index);
	t->page_object = o;
	t->mask = index;
	if (cpu->fault) {
		sched_keep(); /* the pager, most likely */
		park_locked(t, o, cpu->fault);
	}
	return -E_WAIT;
}

COLD void page_wait(void)
{
	struct thread *t = this_cpu()->current;
	struct object *o = t->page_object;

	if (!kobject_try(&o->kobject))
		return; /* it has ended: the thread will see */
	lock_take(&o->lock);
	if (paged_is_awaited_locked(o, t->mask))
		park_slowly_locked(t, o, 0);
	lock_drop(&o->lock);
	object_put(o);
}

/* Claimed, and in no list. What it does next it does from the start. */
static inline void go_on(struct thread *t, struct object *o, struct frame *f,
			 int err)
{
	t->page_error = err;
	if (f && t->page_fault)
		fault_page_came_locked(t->task->space, t->page_fault, o, f);
	sched_ready(t);
}

/* It had a time limit. */
static __attribute__((noinline, cold)) void
go_on_in_time(struct thread *t, struct object *o, struct frame *f, int err)
{
	thread_stop_timer(t);
	go_on(t, o, f, err);
}

static __attribute__((noinline)) void settle_locked(struct thread *t,
						    struct object *o,
						    uint64_t index,
						    struct frame *f, int err)
{
	uint64_t wait = __atomic_load_n(&t->wait, __ATOMIC_RELAXED);

	if (t->mask != index || !thread_claim(t, wait))
		return; /* waits for another, or leaves by itself */
	list_remove(&t->queue);
	t->wait_lock = NULL;
	if (t->mode & MODE_TIMER)
		go_on_in_time(t, o, f, err);
	else
		go_on(t, o, f, err);
}

static struct thread *in_list(struct list *e)
{
	return container_of(e, struct thread, queue);
}

static __attribute__((noinline)) void
settle_each_locked(struct object *o, uint64_t index, struct frame *f, int err)
{
	struct list *e = o->waiting.next;

	while (e != &o->waiting) {
		struct thread *t = in_list(e);

		e = e->next;
		settle_locked(t, o, index, f, err);
	}
}

/* Mostly one thread waits. */
void upcall_page_settled(struct object *o, uint64_t index, struct frame *f,
			 int err)
{
	struct list *e = o->waiting.next;

	if (e->next != &o->waiting)
		settle_each_locked(o, index, f, err);
	else if (e != &o->waiting)
		settle_locked(in_list(e), o, index, f, err);
}

COLD void upcall_pages_settled(struct object *o)
{
	struct list *e = o->waiting.next;

	while (e != &o->waiting) {
		struct thread *t = in_list(e);

		e = e->next;
		settle_locked(t, o, t->mask, NULL, 0);
	}
}

void page_wait_timed_out(struct thread *t, uint64_t wait)
{
	object_wait_timed_out(t->page_object, t->mask);
	thread_unlink(t, wait);
	t->page_error = -E_TIMEDOUT;
	sched_ready(t);
}
