/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reply.h - answers: to who called last, and to callers that were kept.
 */
#ifndef IPC_REPLY_H
#define IPC_REPLY_H
#include "task/thread.h"

/* A caller that was put aside, and the one handle to answer him. */
struct reply {
	struct kobject object;
	struct held held;
};

extern const struct kind reply_kind;

/*
 * The current thread answers who is named in `h`; with `receives` it goes on to
 * receive if bytes have to be copied first. 0, or the error, -E_WAIT among them
 * (and nothing has happened). If bytes are copied the thread has left.
 */
long reply_to(struct held *h, bool receives);

/* Its bytes are across: a server that one owns goes on. */
void reply_copied(struct thread *server);

/* A handle for the current thread's caller, or an error. */
long reply_keep(void);

void reply_trim(void);

#endif
