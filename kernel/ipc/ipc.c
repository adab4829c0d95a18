/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ipc.c - the fast path, and the calls around it.
 *
 * The fast path is for a message of words alone between threads that share a
 * hart, when the other side waits already:
 *
 *	ipc_call            receiver waits, plain     caller   -> WAIT_REPLY
 *	                                              receiver -> runs
 *	ipc_reply_receive   nobody queues to send     server   -> WAIT_RECEIVE
 *	                                              caller   -> runs
 *
 * It takes the endpoint's lock, claims the other thread, moves six words, and
 * switches; no scheduler, no timer, and no satp write inside one space. Whatever
 * it meets that is not so, it leaves everything as it was and says NOT_FAST.
 */
#include "ipc/ipc.h"
#include "abi/error.h"
#include "ipc/endpoint.h"
#include "ipc/message.h"
#include "ipc/notification.h"
#include "ipc/reply.h"
#include "task/handle.h"
#include "task/sched.h"
#include "task/task.h"

#define NOT_FAST 1

/* ---- the fast path ----------------------------------------------------- */

/* The endpoint that a0 names with that right, or NULL: then why, elsewhere. */
static inline struct endpoint *fast_endpoint(const struct thread *me,
					     unsigned right, uint64_t *badge)
{
	uint64_t word =
		handle_word(&me->task->handles, me->frame.x[X_A0], badge);
	struct kobject *o = handle_object(word);

	if (!word || !(word & (uint64_t)right << 33) ||
	    o->kind != &endpoint_kind)
		return NULL;
	return endpoint_of(o);
}

/* Can it be switched to at once, and with nothing but words? */
static inline bool is_plain(const struct thread *t, const struct cpu *cpu)
{
	return !(t->orders | t->mode) && (t->harts & BIT(cpu->index));
}

/* The end of both: `to` runs in place of `from`, which has been let go. */
static inline void fast_switch(struct thread *to, struct space *from)
{
	struct space *space = to->task->space;

	sched_switch(to);
	if (space != from)
		mmu_switch(&space->mmu);
}

/* Takes a receiver that is plain off the list, claimed; NULL if there is none. */
static inline struct thread *fast_receiver_locked(struct endpoint *ep,
						  const struct cpu *cpu)
{
	struct list *e = ep->receivers.next;
	struct thread *r = container_of(e, struct thread, queue);

	if (e == &ep->receivers || ep->object.dead || !is_plain(r, cpu) ||
	    !thread_claim(r, r->wait))
		return NULL;
	ep->receivers.next = e->next;
	e->next->prev = &ep->receivers;
	e->next = e->prev = NULL;
	r->wait_lock = NULL;
	return r;
}

static inline long fast_call(struct thread *me)
{
	struct cpu *cpu = this_cpu();
	struct space *space = me->task->space;
	struct endpoint *ep;
	struct thread *r;
	uint64_t badge, wait;

	if (me->frame.x[X_T0])
		return NOT_FAST;
	ep = fast_endpoint(me, RIGHT_SEND, &badge);
	if (!ep)
		return NOT_FAST;
	lock_take(&ep->lock);
	r = fast_receiver_locked(ep, cpu);
	lock_drop(&ep->lock);
	if (!r)
		return NOT_FAST;
	message_words(r, &me->frame.x[X_A1]);
	thread_set_result(r, 0);
	r->frame.x[X_T0] = IPC_ASKS;
	r->frame.x[X_T1] = badge;
	if (r->priority < me->priority)
		r->priority = me->priority;
	if (cpu->fpu_owner)
		thread_fpu_leave(me);
	me->running = false;
	me->mode = 0;
	wait = thread_next_wait(me, WAIT_REPLY);
	me->held_by = &r->caller;
	r->caller.wait = wait;
	r->caller.thread = me;
	fast_switch(r, space);
	thread_wait(me, wait);
	return 0;
}

/*
 * The server's reply and its next wait are one step under the endpoint's lock:
 * who sends meanwhile finds it in the list.
 */
static inline long fast_reply_receive(struct thread *me)
{
	struct cpu *cpu = this_cpu();
	struct space *space = me->task->space;
	struct thread *c = me->caller.thread;
	struct kobject *bound = me->bound;
	struct endpoint *ep;
	uint64_t badge, wait;

	if (me->frame.x[X_T0] || !c || c->in_handler || !is_plain(c, cpu) ||
	    sched_best() > (int)c->priority)
		return NOT_FAST;
	ep = fast_endpoint(me, RIGHT_RECEIVE, &badge);
	if (!ep)
		return NOT_FAST;
	lock_take(&ep->lock);
	if (ep->senders.next != &ep->senders || ep->object.dead ||
	    !thread_claim(c, me->caller.wait)) {
		lock_drop(&ep->lock);
		return NOT_FAST;
	}
	message_words(c, &me->frame.x[X_A1]);
	thread_set_result(c, 0);
	c->frame.x[X_T0] = c->frame.x[X_T1] = 0;
	if (cpu->fpu_owner)
		thread_fpu_leave(me);
	me->running = false;
	me->mode = 0;
	me->caller.thread = NULL;
	me->priority = me->own_priority;
	me->wait_lock = &ep->lock;
	wait = thread_next_wait(me, WAIT_RECEIVE);
	list_push_back(&ep->receivers, &me->queue);
	fast_switch(c, space);
	thread_wait(me, wait);
	lock_drop(&ep->lock);
	if (bound)
		notification_recheck(bound, me, wait);
	return 0;
}

/* ---- the calls --------------------------------------------------------- */

static __attribute__((noinline)) long send_slowly(const uint64_t *arg,
						  bool calls)
{
	struct thread *me = this_cpu()->current;
	struct kobject *o;
	uint64_t badge;
	long err = message_prepare(me);

	if (!err)
		err = handle_look(arg[0], &endpoint_kind, RIGHT_SEND, &o,
				  &badge);
	return err ? err : endpoint_send(endpoint_of(o), badge, calls);
}

long ipc_call(const uint64_t *arg)
{
	long err = fast_call(this_cpu()->current);

	return err == NOT_FAST ? send_slowly(arg, true) : err;
}

long ipc_send(const uint64_t *arg)
{
	return send_slowly(arg, false);
}

static long receive(uint64_t handle)
{
	struct kobject *o;
	uint64_t badge;
	long err =
		handle_look(handle, &endpoint_kind, RIGHT_RECEIVE, &o, &badge);

	return err ? err : endpoint_receive(endpoint_of(o));
}

long ipc_receive(const uint64_t *arg)
{
	struct thread *me = this_cpu()->current;
	long err = message_prepare(me);

	return err ? err : receive(arg[0]);
}

void ipc_resume_receive(struct thread *t)
{
	long err = receive(t->frame.x[X_A0]);

	if (this_cpu()->current == t)
		thread_set_result(t, err);
}

static __attribute__((noinline)) long reply_slowly(const uint64_t *arg)
{
	struct thread *me = this_cpu()->current;
	struct kobject *o;
	uint64_t badge;
	long err = message_prepare(me);

	if (!err)
		err = handle_look(arg[0], &endpoint_kind, RIGHT_RECEIVE, &o,
				  &badge);
	if (err)
		return err;
	err = reply_to(&me->caller, true);
	if (err && me->caller.thread)
		return err; /* he waits still */
	if (this_cpu()->current != me)
		return 0; /* the receiving half comes later */
	return endpoint_receive(endpoint_of(o));
}

long ipc_reply_receive(const uint64_t *arg)
{
	long err = fast_reply_receive(this_cpu()->current);

	return err == NOT_FAST ? reply_slowly(arg) : err;
}

/* A kept caller is answered once: its handle goes. */
static long reply_to_kept(struct thread *me, uint64_t handle)
{
	struct task *task = me->task;
	struct kobject *o;
	uint64_t badge;
	long err = handle_look(handle, &reply_kind, 0, &o, &badge);

	if (err)
		return err;
	err = reply_to(&container_of(o, struct reply, object)->held, false);
	if (err && err != -E_PEER && err != -E_INVAL)
		return err;
	handle_close_in(task, handle);
	return err == -E_INVAL ? -E_PEER : err;
}

long ipc_reply(const uint64_t *arg)
{
	struct thread *me = this_cpu()->current;
	long err = message_prepare(me);

	if (err)
		return err;
	if (arg[0] != SELF) {
		err = reply_to_kept(me, arg[0]);
	} else {
		err = reply_to(&me->caller, false);
		if (me->priority != me->own_priority &&
		    this_cpu()->current == me)
			sched_set_priority(me, me->own_priority);
	}
	if (this_cpu()->current == me && !err) {
		thread_set_result(me, 0);
		sched_check();
	}
	return err;
}
