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
 * it meets that is not so, it leaves everything as it was for the other way.
 */
#include "ipc/ipc.h"
#include "abi/error.h"
#include "abi/handler.h"
#include "ipc/endpoint.h"
#include "ipc/message.h"
#include "ipc/notification.h"
#include "ipc/reply.h"
#include "task/handle.h"
#include "task/sched.h"
#include "task/task.h"

/* ---- the fast path ----------------------------------------------------- */

/*
 * These are leaves: they call nothing, so the compiler saves no register; what
 * they go on to they jump to.
 */

/* The endpoint that a0 names with that right, or NULL: then why, elsewhere. */
static inline struct endpoint *fast_endpoint(const struct thread *me,
					     unsigned right, uint64_t *badge)
{
	uint64_t word =
		handle_word(&me->task->handles, me->frame.x[X_A0], badge);
	struct kobject *o = handle_object(word);

	if (!(word & right) || o->kind != &endpoint_kind)
		return NULL;
	return endpoint_of(o);
}

/* Takes a receiver that is plain off the list, claimed; NULL if there is none. */
static inline struct thread *fast_receiver_locked(struct endpoint *ep)
{
	struct list *e = ep->receivers.next;
	struct thread *r = container_of(e, struct thread, queue);

	if (e == &ep->receivers || r->special || !thread_claim(r, r->wait))
		return NULL; /* a dead endpoint has none */
	ep->receivers.next = e->next;
	e->next->prev = &ep->receivers;
	e->next = NULL; /* on no list: lib/list.h */
	r->wait_lock = NULL;
	return r;
}

/* `words` of `me` go to a waiting receiver, and `me` waits for the answer. */
static inline struct thread *fast_send(struct thread *me, struct endpoint *ep,
				       const uint64_t *words, uint64_t badge,
				       uint64_t came)
{
	struct thread *r;
	uint64_t wait;

	if (!lock_try(&ep->lock))
		return NULL;
	r = fast_receiver_locked(ep);
	lock_drop(&ep->lock);
	if (!r)
		return NULL;
	message_words(r, words);
	thread_set_result(r, 0);
	r->frame.x[X_T0] = came;
	r->frame.x[X_T1] = badge;
	if (r->priority < me->priority)
		r->priority = me->priority;
	me->mode = 0;
	wait = thread_next_wait(me, WAIT_REPLY);
	me->held_by = &r->caller;
	r->caller.wait = wait;
	r->caller.thread = me;
	sched_switch(r);
	thread_wait(me, wait);
	return r;
}

/* On to the frame of who runs now, in his space. */
static inline struct trap_frame *fast_return(struct thread *t)
{
	return mmu_switch_then(&t->task->space->mmu, &t->frame);
}

struct trap_frame *ipc_fast_call(struct trap_frame *frame, trap_fn *otherwise)
{
	struct thread *me = this_cpu()->current, *r = NULL;
	struct endpoint *ep;
	uint64_t badge;

	if (frame->x[X_T0] || this_cpu()->fpu_owner)
		return otherwise(frame);
	ep = fast_endpoint(me, RIGHT_SEND, &badge);
	if (ep) {
		frame->pc += 4;
		r = fast_send(me, ep, &frame->x[X_A1], badge, IPC_ASKS);
		if (r)
			return fast_return(r);
		frame->pc -= 4;
	}
	return otherwise(frame);
}

/*
 * The server's reply and its next wait are one step under the endpoint's lock:
 * who sends meanwhile finds it in the list.
 */
COLD bool ipc_fast_handler(struct endpoint *ep, uint64_t badge)
{
	struct thread *me = this_cpu()->current, *r;

	if (this_cpu()->fpu_owner)
		return false;
	r = fast_send(me, ep, me->words, badge, IPC_ASKS | IPC_KERNEL);
	if (r)
		mmu_switch(&r->task->space->mmu);
	return r != NULL;
}

/* What a reply does to the caller; its words, or a handler's plain answer. */
static inline void fast_answer(struct thread *c, const uint64_t *words)
{
	if (!c->in_handler) {
		message_words(c, words);
		thread_set_result(c, 0);
		c->frame.x[X_T0] = c->frame.x[X_T1] = 0;
		return;
	}
	c->in_handler = false;
	if (words[0] == HANDLER_RETURN) {
		thread_set_result(c, (long)words[1]);
		c->frame.pc += 4;
	}
}

/* Answers that ask for more: new registers, the end. */
static inline bool is_plain_answer(const struct thread *c, uint64_t answer)
{
	return !c->in_handler || answer == HANDLER_RETRY ||
	       answer == HANDLER_RETURN;
}

struct trap_frame *ipc_fast_reply_receive(struct trap_frame *frame,
					  trap_fn *otherwise)
{
	struct cpu *cpu = this_cpu();
	struct thread *me = cpu->current, *c = me->caller.thread;
	struct endpoint *ep;
	uint64_t badge, wait;

	if (frame->x[X_T0] || !c || me->bound || c->special ||
	    !is_plain_answer(c, frame->x[X_A1]) ||
	    sched_has_above(cpu, c->priority) || cpu->fpu_owner)
		return otherwise(frame);
	ep = fast_endpoint(me, RIGHT_RECEIVE, &badge);
	if (!ep || !lock_try(&ep->lock))
		return otherwise(frame);
	if (ep->senders.next != &ep->senders || ep->object.dead ||
	    !thread_claim(c, me->caller.wait)) {
		lock_drop(&ep->lock);
		return otherwise(frame);
	}
	fast_answer(c, &frame->x[X_A1]);
	frame->pc += 4;
	me->mode = 0;
	me->caller.thread = NULL;
	me->caller.wait = 0;
	me->priority = me->own_priority;
	me->wait_lock = &ep->lock;
	wait = thread_next_wait(me, WAIT_RECEIVE);
	me->queue.prev = ep->receivers.prev;
	me->queue.next = &ep->receivers;
	ep->receivers.prev->next = &me->queue;
	ep->receivers.prev = &me->queue;
	sched_switch(c);
	thread_wait(me, wait);
	lock_drop(&ep->lock);
	return fast_return(c);
}

/* ---- the calls --------------------------------------------------------- */

static long send(const uint64_t *arg, bool calls)
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
	return send(arg, true);
}

long ipc_send(const uint64_t *arg)
{
	return send(arg, false);
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

COLD long ipc_reply_receive(const uint64_t *arg)
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

/* A kept caller is answered once: its handle goes. */
static long reply_to_kept(struct thread *me, uint64_t handle)
{
	struct task *task = me->task;
	struct kobject *o;
	uint64_t badge;
	long err = handle_look(handle, &reply_kind, 0, &o, &badge);

	if (!err && o->dead)
		err = -E_STALE;
	if (err)
		return err;
	err = reply_to(&container_of(o, struct reply, object)->held, false);
	if (err && err != -E_PEER && err != -E_INVAL)
		return err;
	handle_close_in(task, handle);
	return err == -E_INVAL ? -E_PEER : err;
}

COLD long ipc_reply(const uint64_t *arg)
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
