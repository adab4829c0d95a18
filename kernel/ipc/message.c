/* SPDX-License-Identifier: BSD-2-Clause */
/* message.c - words, handles, and the start of a copy. */
#include "ipc/message.h"
#include "abi/error.h"
#include "arch/interrupt.h"
#include "arch/uaccess.h"
#include "ipc/copy.h"
#include "lib/atomic.h"
#include "task/sched.h"
#include "task/task.h"

/* Where handles that come are told: t2..t5. */
static const uint8_t handle_register[IPC_HANDLES] = {X_T2, X_T3, X_T4, X_T5};

/* ---- the sender's side ------------------------------------------------- */

static int check_extra(const struct ipc_extra *e)
{
	uint64_t badge;
	struct kobject *o;

	if (e->send_bytes > IPC_BYTES_MAX || e->receive_bytes > IPC_BYTES_MAX ||
	    e->handles > IPC_HANDLES || e->accept > IPC_HANDLES)
		return -E_INVAL;
	for (uint32_t i = 0; i < e->handles; i++) {
		long err = handle_look(e->handle[i], NULL, RIGHT_DUPLICATE, &o,
				       &badge);

		if (err)
			return (int)err;
	}
	return 0;
}

int message_prepare(struct thread *t)
{
	uint64_t extra = t->frame.x[X_T0];
	int err;

	t->mode &= ~(uint32_t)MODE_EXTRA;
	if (!extra)
		return 0;
	err = copy_from_user(&t->extra, extra, sizeof(t->extra));
	if (!err)
		err = check_extra(&t->extra);
	if (!err)
		t->mode |= MODE_EXTRA;
	return err;
}

bool message_is_late(const struct thread *t)
{
	uint64_t deadline = message_deadline(t);

	return deadline != NEVER && timer_when(deadline) <= time_now();
}

/* ---- handles ----------------------------------------------------------- */

/* A duplicate in the receiver's table, or an error. */
static long send_handle(struct thread *from, struct thread *to, uint64_t handle)
{
	uint64_t badge,
		word = handle_word(&from->task->handles, handle, &badge);
	struct kobject *o;
	long sent;

	if (!word || !(HANDLE_WORD_RIGHTS(word) & RIGHT_DUPLICATE))
		return -E_STALE;
	o = handle_object(word);
	if (!kobject_try(o))
		return -E_STALE;
	sent = handle_add_to(to->task, o, HANDLE_WORD_RIGHTS(word), badge);
	if (sent < 0)
		kobject_put(o);
	return sent;
}

/* Gives what t0 says of them. */
static uint64_t send_handles(struct thread *from, struct thread *to)
{
	uint32_t n = from->mode & MODE_EXTRA ? from->extra.handles : 0;
	uint32_t room = to->mode & MODE_EXTRA ? to->extra.accept : 0;
	uint64_t count = 0, cut = n > room ? IPC_CUT : 0;

	for (uint32_t i = 0; i < n && i < room; i++) {
		long sent = send_handle(from, to, from->extra.handle[i]);

		if (sent < 0)
			return count << 32 | IPC_CUT;
		to->frame.x[handle_register[count++]] = (uint64_t)sent;
	}
	return count << 32 | cut;
}

/* ---- across ------------------------------------------------------------ */

static uint32_t bytes_sent(const struct thread *t)
{
	if (t->in_handler)
		return sizeof(struct trap_frame);
	return t->mode & MODE_EXTRA ? t->extra.send_bytes : 0;
}

static uint32_t room_for(const struct thread *t)
{
	return t->mode & MODE_EXTRA ? t->extra.receive_bytes : 0;
}

/* Sets t0, and begins the copy if there is one. */
static bool send_rest(struct thread *from, struct thread *to, uint64_t came)
{
	uint32_t bytes = bytes_sent(from), room = room_for(to);

	if (bytes > room && !(from->in_handler && room == 0))
		came |= IPC_CUT;
	if (from->mode & MODE_EXTRA)
		came |= send_handles(from, to);
	to->frame.x[X_T0] = came;
	if (!bytes || !room)
		return false;
	copy_begin(from, to);
	return true;
}

bool message_deliver(struct thread *from, struct thread *to)
{
	uint64_t came = from->calls ? IPC_ASKS : 0;

	if (from->in_handler)
		came |= IPC_KERNEL;
	message_words(to,
		      from->in_handler ? from->words : &from->frame.x[X_A1]);
	thread_set_result(to, 0);
	to->frame.x[X_T1] = from->badge;
	return send_rest(from, to, came);
}

void message_received(struct thread *from, struct thread *by)
{
	uint64_t wait;

	if (!from->calls) {
		thread_wake(from, 0);
		return;
	}
	wait = thread_next_wait(from, WAIT_REPLY);
	if (from->priority > by->priority)
		sched_set_priority(by, from->priority);
	from->held_by = &by->caller;
	by->caller.wait = wait;
	store_release(&by->caller.thread, from);
	thread_set_deadline(from, message_deadline(from), wait);
	thread_wait(from, wait);
}

bool message_reply(struct thread *from, struct thread *to)
{
	message_words(to, &from->frame.x[X_A1]);
	thread_set_result(to, 0);
	to->frame.x[X_T1] = 0;
	return send_rest(from, to, 0);
}
