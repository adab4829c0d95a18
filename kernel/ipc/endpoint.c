/* SPDX-License-Identifier: BSD-2-Clause */
/* endpoint.c - senders and receivers meet: the way that is not the fast one. */
#include "ipc/endpoint.h"
#include "abi/error.h"
#include "abi/handle.h"
#include "ipc/copy.h"
#include "ipc/message.h"
#include "ipc/notification.h"
#include "mm/ending.h"
#include "mm/slab.h"
#include "task/sched.h"
#include "task/task.h"

static struct slab_cache endpoints =
	SLAB_CACHE_INIT(endpoints, "endpoint", sizeof(struct endpoint));

/* ---- life ------------------------------------------------------------- */

struct endpoint *endpoint_create(void)
{
	struct endpoint *ep = slab_alloc(&endpoints);

	if (!ep)
		return NULL;
	kobject_init(&ep->object, &endpoint_kind);
	lock_init(&ep->lock, LOCK_ENDPOINT);
	list_init(&ep->senders);
	list_init(&ep->receivers);
	return ep;
}

/* The first of a list that nobody else has claimed, with its word, or NULL. */
static struct thread *pop_locked(struct list *list, uint64_t *wait)
{
	struct list *e;

	while ((e = list_pop_front(list))) {
		struct thread *t = container_of(e, struct thread, queue);

		*wait = __atomic_load_n(&t->wait, __ATOMIC_ACQUIRE);
		if (thread_claim(t, *wait))
			return t;
	}
	return NULL;
}

/* It is dead, and one who waits there learns that; false: nobody does. */
static bool fail_one(struct endpoint *ep)
{
	struct thread *t, *server;
	uint64_t wait;

	lock_take(&ep->lock);
	ep->object.dead = 1;
	t = pop_locked(&ep->senders, &wait);
	if (!t)
		t = pop_locked(&ep->receivers, &wait);
	server = ep->server;
	ep->server = NULL;
	lock_drop(&ep->lock);
	if (t)
		thread_fail(t, wait, -E_PEER);
	if (server)
		kobject_put(&server->object);
	return t != NULL;
}

void endpoint_revoke(struct endpoint *ep)
{
	while (fail_one(ep))
		;
}

static void revoke(struct kobject *o)
{
	endpoint_revoke(endpoint_of(o));
}

static bool end(struct kobject *o)
{
	for (unsigned n = 0; n < ENDING_SMALL; n++) {
		if (!fail_one(endpoint_of(o)))
			return true;
		ending_spent(ENDING_THREAD);
	}
	return false;
}

static void reclaim(struct kobject *o)
{
	slab_free(&endpoints, endpoint_of(o));
}

/* When nobody can receive any more, nobody need wait to send. */
static void receivers_change(struct kobject *o, int change)
{
	struct endpoint *ep = endpoint_of(o);

	if (__atomic_add_fetch(&ep->can_receive, change, __ATOMIC_ACQ_REL) == 0)
		endpoint_revoke(ep);
}

const struct kind endpoint_kind = {
	.number = KIND_ENDPOINT,
	.name = "endpoint",
	.end = end,
	.reclaim = reclaim,
	.revoke = revoke,
	.receivers = receivers_change,
};

void endpoint_trim(void)
{
	slab_trim(&endpoints);
}

/* ---- priorities -------------------------------------------------------- */

/* Chains longer than that are lifted in part. */
#define DONATION_DEPTH 8

/*
 * Somebody urgent waits for `server`: it, and whom it waits for, go on with that
 * priority. Nothing here is owned: a moment later each may have moved on, and
 * has then been lifted for nothing, until its next reply.
 */
static void lift(struct thread *server, unsigned priority)
{
	for (unsigned i = 0; server && i < DONATION_DEPTH; i++) {
		uint64_t wait;

		if (server->priority >= priority)
			return;
		sched_set_priority(server, priority);
		wait = __atomic_load_n(&server->wait, __ATOMIC_ACQUIRE);
		if (wait_kind(wait) != WAIT_REPLY)
			return;
		server = server->held_by->owner;
	}
}

/* By priority; first come first served inside one. */
static void queue_sender_locked(struct endpoint *ep, struct thread *t)
{
	struct list *after = ep->senders.prev;

	while (after != &ep->senders &&
	       container_of(after, struct thread, queue)->priority <
		       t->priority)
		after = after->prev;
	list_insert(&t->queue, after, after->next);
}

/* ---- sending ----------------------------------------------------------- */

/* The receiver was waiting, and is the caller's now. */
static long meet_receiver(struct thread *me, struct thread *r, uint64_t wait)
{
	bool calls = me->calls, copies;

	thread_unlink(r, wait);
	copies = message_deliver(me, r);
	if (!copies && !calls) {
		sched_ready(r);
		thread_set_result(me, 0);
		sched_check();
		return 0;
	}
	thread_leave();
	sched_set_priority(r, r->priority > me->priority ? r->priority
							 : me->priority);
	if (copies)
		thread_wait(me, r->copy.from.wait);
	else
		message_received(me, r);
	sched_hand_over(r);
	return 0;
}

static void wait_in_locked(struct thread *me, struct endpoint *ep,
			   uint64_t wait)
{
	me->wait_lock = &ep->lock;
	thread_set_deadline(me, message_deadline(me), wait);
	thread_leave();
	thread_wait(me, wait);
}

long endpoint_send(struct endpoint *ep, uint64_t badge, bool calls)
{
	struct thread *me = this_cpu()->current, *r = NULL;
	unsigned priority = me->priority;
	uint64_t wait;
	long err = 0;

	me->badge = badge;
	me->calls = calls;
	lock_take(&ep->lock);
	if (ep->object.dead)
		err = ep->can_receive > 0 ? -E_STALE : -E_PEER;
	else
		r = pop_locked(&ep->receivers, &wait);
	if (!err && !r && message_is_late(me))
		err = -E_AGAIN;
	if (!err && !r) {
		queue_sender_locked(ep, me);
		wait_in_locked(me, ep, thread_next_wait(me, WAIT_SEND));
		lift(ep->server, priority);
	}
	lock_drop(&ep->lock);
	return r ? meet_receiver(me, r, wait) : err;
}

/* ---- receiving --------------------------------------------------------- */

static long meet_sender(struct thread *me, struct thread *s, uint64_t wait)
{
	thread_unlink(s, wait);
	if (!message_deliver(s, me)) {
		message_received(s, me);
		return 0;
	}
	me->resume = NULL; /* not later: now */
	thread_wait(s, me->copy.from.wait);
	copy_go(me);
	return 0;
}

/* Who receives here is lifted when somebody urgent waits. Gives the old one. */
static struct thread *become_server_locked(struct endpoint *ep,
					   struct thread *me)
{
	struct thread *old = ep->server;

	if (old && (old == me || !old->object.dead))
		return NULL;
	kobject_get(&me->object);
	ep->server = me;
	return old;
}

static void queue_receiver_locked(struct endpoint *ep, struct thread *me,
				  struct thread **old, uint64_t *wait)
{
	*old = become_server_locked(ep, me);
	*wait = thread_next_wait(me, WAIT_RECEIVE);
	list_push_back(&ep->receivers, &me->queue);
	wait_in_locked(me, ep, *wait);
}

long endpoint_receive(struct endpoint *ep)
{
	struct thread *me = this_cpu()->current, *s = NULL, *old = NULL;
	struct kobject *bound = me->bound;
	uint64_t wait = 0;
	long err = 0;

	thread_fail_held(&me->caller, -E_PEER);
	if (me->priority != me->own_priority)
		sched_set_priority(me, me->own_priority);
	if (bound && notification_take_bound(me))
		return 0;
	lock_take(&ep->lock);
	if (ep->object.dead)
		err = -E_STALE;
	else
		s = pop_locked(&ep->senders, &wait);
	if (!err && !s && message_is_late(me))
		err = -E_AGAIN;
	if (!err && !s)
		queue_receiver_locked(ep, me, &old, &wait);
	lock_drop(&ep->lock);
	if (old)
		kobject_put(&old->object);
	if (s)
		return meet_sender(me, s, wait);
	if (!err && bound)
		notification_recheck(bound);
	return err;
}
