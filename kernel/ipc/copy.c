/* SPDX-License-Identifier: BSD-2-Clause */
/* copy.c - a page at a time. */
#include "ipc/copy.h"
#include "abi/error.h"
#include "arch/interrupt.h"
#include "arch/uaccess.h"
#include "ipc/endpoint.h"
#include "ipc/message.h"
#include "ipc/reply.h"
#include "lib/assert.h"
#include "mm/pin.h"
#include "task/page_wait.h"
#include "task/sched.h"
#include "task/task.h"

/* Whose buffer it was that could not be used. */
enum blame { NOBODY, SENDER, RECEIVER };

static uint32_t least(uint32_t a, uint64_t b)
{
	return a < b ? a : (uint32_t)b;
}

void copy_begin(struct thread *from, struct thread *to)
{
	struct copy *c = &to->copy;
	uint64_t wait = thread_next_wait(from, WAIT_COPY);

	c->from_kernel = from->in_handler;
	c->source = from->extra.send;
	c->target = to->extra.receive;
	c->left = least(from->in_handler ? sizeof(struct trap_frame)
					 : from->extra.send_bytes,
			to->extra.receive_bytes);
	c->done = 0;
	c->is_reply = false;
	from->held_by = &c->from;
	c->from.wait = wait;
	c->from.thread = from; /* published by who lets `to` go */
	to->resume = copy_go;
}

/* The next bytes that lie in one page on both sides. */
static int copy_piece(struct copy *c, struct thread *from, enum blame *blame)
{
	uint64_t in_source = PAGE_SIZE - (c->source & PAGE_MASK);
	uint64_t in_target = PAGE_SIZE - (c->target & PAGE_MASK);
	uint32_t n = least(least(c->left, in_source), in_target);
	struct pin p = {.frame = NULL};
	const char *bytes = (const char *)&from->frame + c->done;
	int err;

	*blame = SENDER;
	if (c->from_kernel) {
		n = least(c->left, in_target);
	} else {
		err = pin(from->task->space, c->source, PROT_R, &p);
		if (err)
			return err;
		bytes = (const char *)p.page + (c->source & PAGE_MASK);
	}
	*blame = RECEIVER;
	err = copy_to_user(c->target, bytes, n);
	unpin(&p);
	if (err)
		return err;
	c->source += n;
	c->target += n;
	c->done += n;
	c->left -= n;
	return 0;
}

/* The sender, owned, goes on; `err` is what its buffer was worth. */
static __attribute__((noinline)) void release_sender(struct thread *from,
						     struct thread *to, int err)
{
	if (err && !from->in_handler)
		thread_wake(from, err);
	else if (to->copy.is_reply)
		reply_copied(from);
	else
		message_received(from, to);
}

/*
 * What came counts. If it breaks off because of the sender (NULL: gone) a reply
 * is none, and after a request nobody waits for one.
 */
static __attribute__((noinline)) void
finish(struct thread *t, struct thread *from, bool cut, int err)
{
	struct copy *c = &t->copy;
	bool breaks_off = !from || err;

	t->frame.x[X_T0] |= c->done;
	if (cut)
		t->frame.x[X_T0] |= IPC_CUT;
	if (breaks_off && c->is_reply)
		thread_set_result(t, -E_PEER);
	if (breaks_off && !c->is_reply)
		t->frame.x[X_T0] &= ~IPC_ASKS;
	c->from.thread = NULL;
	if (from)
		release_sender(from, t, err);
}

/* True if the thread goes on copying at once. */
static bool window(struct thread *t)
{
	if (!interrupt_is_pending())
		return true;
	t->resume = copy_go;
	interrupt_poll();
	sched_check();
	if (this_cpu()->current != t)
		return false;
	t->resume = NULL;
	return true;
}

/* One piece; true if there is more to do now. */
static __attribute__((noinline)) bool step(struct thread *t)
{
	struct copy *c = &t->copy;
	struct thread *from =
		__atomic_load_n(&c->from.thread, __ATOMIC_ACQUIRE);
	enum blame blame;
	int err;

	if (!from || !thread_claim(from, c->from.wait)) {
		finish(t, NULL, true, 0);
		return false;
	}
	err = copy_piece(c, from, &blame);
	if (err == -E_WAIT) {
		t->resume = copy_go;
		thread_wait(from, c->from.wait);
		page_wait();
		return false;
	}
	if (err || !c->left) {
		finish(t, from, err != 0, blame == SENDER ? err : 0);
		return false;
	}
	thread_wait(from, c->from.wait);
	return window(t);
}

void copy_go(struct thread *t)
{
	assert(this_cpu()->current == t);
	while (step(t))
		;
}
