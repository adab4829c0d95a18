/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * message.h - what is in a message, and getting it across. A sender and a
 * receiver have met; the caller owns both.
 */
#ifndef IPC_MESSAGE_H
#define IPC_MESSAGE_H
#include "task/thread.h"

/*
 * Reads the current thread's ipc_extra, if it has one, and checks it: 0,
 * -E_FAULT, -E_INVAL, -E_WAIT, or an error of a handle to be sent.
 */
int message_prepare(struct thread *t);

/* Its deadline, NEVER without. */
static inline uint64_t message_deadline(const struct thread *t)
{
	return t->mode & MODE_EXTRA ? t->extra.deadline : NEVER;
}

/* May it not wait at all? */
bool message_is_late(const struct thread *t);

/* The six words, a1..a6. */
static inline void message_words(struct thread *to, const uint64_t *word)
{
	uint64_t *x = &to->frame.x[X_A1];

	x[0] = word[0];
	x[1] = word[1];
	x[2] = word[2];
	x[3] = word[3];
	x[4] = word[4];
	x[5] = word[5];
}

/*
 * Words, badge and handles from a sender to a receiver, whose call gives 0. If
 * bytes follow, `true`: the receiver is to go through copy_go() before user mode
 * (its `resume` says so), and the sender is to wait with `to->copy.from.wait`.
 */
bool message_deliver(struct thread *from, struct thread *to);

/* What a received request turns its sender into: a waiting caller, or free. */
void message_received(struct thread *from, struct thread *by);

/* The same for a reply: `from` answers `to`. */
bool message_reply(struct thread *from, struct thread *to);

#endif
