/* SPDX-License-Identifier: BSD-2-Clause */
/* reply.c - answers. */
#include "ipc/reply.h"
#include "abi/error.h"
#include "abi/handler.h"
#include "arch/uaccess.h"
#include "ipc/ipc.h"
#include "ipc/message.h"
#include "mm/slab.h"
#include "task/handle.h"
#include "task/sched.h"

static struct slab_cache replies =
	SLAB_CACHE_INIT(replies, "reply", sizeof(struct reply));

/* ---- to a thread that the kernel spoke for ----------------------------- */

/* Registers for HANDLER_RESUME, while nothing has happened yet. */
static long read_registers(const struct thread *me, struct trap_frame *to)
{
	if (me->frame.x[X_A1] != HANDLER_RESUME)
		return 0;
	if (!(me->mode & MODE_EXTRA) || me->extra.send_bytes < sizeof(*to))
		return -E_INVAL;
	return copy_from_user(to, me->extra.send, sizeof(*to));
}

/* What the handler said; the thread is owned. */
static void obey_handler(struct thread *t, uint64_t answer, uint64_t value,
			 const struct trap_frame *registers)
{
	switch (answer) {
	case HANDLER_RESUME:
		t->frame = *registers;
		break;
	case HANDLER_RETURN:
		thread_set_result(t, (long)value);
		t->frame.pc += 4;
		break;
	case HANDLER_END:
		t->status = (int)value;
		__atomic_fetch_or(&t->orders, ORDER_END, __ATOMIC_RELAXED);
		break;
	}
	thread_wake(t, 0);
}

static long answer_handler(struct thread *me, struct held *h, struct thread *t)
{
	struct trap_frame registers;
	uint64_t wait = h->wait;
	long err = me->frame.x[X_A1] > HANDLER_END
			   ? -E_INVAL
			   : read_registers(me, &registers);

	if (err)
		return err;
	*h = (struct held){.owner = h->owner};
	if (!thread_claim_settled(t, wait))
		return -E_PEER;
	thread_unlink(t, wait);
	obey_handler(t, me->frame.x[X_A1], me->frame.x[X_A2], &registers);
	return 0;
}

/* ---- to a caller ------------------------------------------------------- */

/* The caller, owned, copies the bytes; the server waits meanwhile. */
static void wait_for_copy(struct thread *me, struct thread *c, bool receives)
{
	uint64_t wait = c->copy.from.wait;

	c->copy.is_reply = true;
	me->then = receives ? ipc_resume_receive : NULL;
	thread_leave();
	thread_wait(me, wait);
	sched_hand_over(c);
}

long reply_to(struct held *h, bool receives)
{
	struct thread *me = this_cpu()->current;
	struct thread *c = __atomic_load_n(&h->thread, __ATOMIC_ACQUIRE);
	uint64_t wait = h->wait;

	if (!c) { /* gone by himself, or never there */
		h->wait = 0;
		return wait ? -E_PEER : -E_INVAL;
	}
	if (thread_settled_wait(c) == wait && c->in_handler)
		return answer_handler(me, h, c);
	*h = (struct held){.owner = h->owner};
	if (!thread_claim_settled(c, wait))
		return -E_PEER;
	thread_unlink(c, wait);
	if (message_reply(me, c))
		wait_for_copy(me, c, receives);
	else
		sched_ready(c);
	return 0;
}

void reply_copied(struct thread *server)
{
	if (!thread_go_on(server))
		thread_wake(server, 0);
}

/* ---- kept ones --------------------------------------------------------- */

static void revoke(struct kobject *o)
{
	struct reply *r = container_of(o, struct reply, object);

	__atomic_store_n(&o->dead, 1, __ATOMIC_SEQ_CST); /* reply_keep() */
	thread_fail_held(&r->held, -E_PEER);
}

static bool end(struct kobject *o)
{
	revoke(o);
	return true;
}

static void reclaim(struct kobject *o)
{
	slab_free(&replies, container_of(o, struct reply, object));
}

const struct kind reply_kind = {
	.number = KIND_REPLY,
	.name = "reply",
	.end = end,
	.reclaim = reclaim,
	.revoke = revoke,
};

/* The caller, for a moment the kernel's, waits on in another place. */
static bool move_held(struct held *from, struct held *to)
{
	struct thread *c = from->thread;
	uint64_t wait = from->wait;

	*from = (struct held){.owner = from->owner};
	if (!c || !thread_claim_settled(c, wait))
		return false;
	to->wait = wait;
	to->thread = c;
	c->held_by = to;
	thread_wait(c, wait);
	return true;
}

long reply_keep(void)
{
	struct thread *me = this_cpu()->current;
	struct reply *r;
	long handle;

	if (!me->caller.thread)
		return -E_INVAL;
	r = slab_alloc(&replies);
	if (!r)
		return -E_NOMEM;
	kobject_init(&r->object, &reply_kind);
	handle = handle_add_new(&r->object, RIGHT_MANAGE | RIGHT_DUPLICATE);
	if (handle < 0)
		return handle;
	move_held(&me->caller, &r->held); /* or it is gone: -E_PEER */
	if (__atomic_load_n(&r->object.dead, __ATOMIC_SEQ_CST))
		thread_fail_held(&r->held, -E_PEER); /* the handle is */
	return handle;
}

void reply_trim(void)
{
	slab_trim(&replies);
}
