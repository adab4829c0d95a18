/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * endpoint.h - where messages meet: senders and receivers wait in its lists,
 * never both at once, and nothing is buffered.
 *
 *	ipc_call ---> senders ---+                  +--- receivers <--- ipc_receive
 *	              (by         \   a message    /     (first come
 *	              priority)    +---- from ----+      first served)
 *	                                 to
 *	then: sender waits for REPLY, held in receiver->caller
 *
 * A receiver in waiting runs with the priority of its caller until it has
 * answered; one that is busy is lifted to that of the most urgent who waits.
 *
 * The registers and the errors: abi/ipc.h, abi/calls.h. The functions here act
 * for the current thread, whose frame holds its arguments, and give what goes
 * into a0; if the thread was parked, or another runs now, that is of no concern.
 * Locking: LOCK_ENDPOINT guards the lists; see task/thread.h for who may touch
 * the threads in them.
 */
#ifndef IPC_ENDPOINT_H
#define IPC_ENDPOINT_H
#include "lib/kobject.h"
#include "task/thread.h"

struct endpoint {
	struct kobject object;
	struct lock lock;
	struct list senders, receivers;
	int32_t can_receive;   /* handles with RIGHT_RECEIVE */
	struct thread *server; /* who received here first; counted */
};

extern const struct kind endpoint_kind;

static inline struct endpoint *endpoint_of(struct kobject *o)
{
	return container_of(o, struct endpoint, object);
}

/* One reference, the caller's. NULL: no memory. */
struct endpoint *endpoint_create(void);

/* It ends for everybody: who waits there gets -E_PEER. */
void endpoint_revoke(struct endpoint *ep);

/* The current thread sends its message; with `calls` it waits for the reply. */
long endpoint_send(struct endpoint *ep, uint64_t badge, bool calls);

/* The current thread receives. */
long endpoint_receive(struct endpoint *ep);

void endpoint_trim(void);

#endif
