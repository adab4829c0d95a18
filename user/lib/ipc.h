/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ipc.h - messages as C functions; registers and meaning in abi/ipc.h, errors in
 * abi/calls.h.
 *
 *	struct message m = {.word = {OP_READ, block}};
 *	long err = ipc_call(disk, &m);          m is the reply now
 *
 *	ipc_receive(door, &m);
 *	for (;;) {
 *		serve(&m);                      m is the reply now
 *		ipc_reply_receive(door, &m);    and here the next request
 *	}
 */
#ifndef USER_IPC_H
#define USER_IPC_H
#include "quire.h"
#include <abi/handler.h>
#include <abi/ipc.h>

struct message {
	uint64_t word[IPC_WORDS];
	struct ipc_extra *extra;      /* going in: more than words, or NULL */
	uint64_t came;		      /* coming back: IPC_* */
	uint64_t badge;		      /* whose handle it was sent by */
	uint64_t handle[IPC_HANDLES]; /* handles that came */
};

static inline __attribute__((always_inline)) long
ipc_raw(long number, uint64_t handle, struct message *m)
{
	register uint64_t a0 __asm__("a0") = handle;
	register uint64_t a1 __asm__("a1") = m->word[0];
	register uint64_t a2 __asm__("a2") = m->word[1];
	register uint64_t a3 __asm__("a3") = m->word[2];
	register uint64_t a4 __asm__("a4") = m->word[3];
	register uint64_t a5 __asm__("a5") = m->word[4];
	register uint64_t a6 __asm__("a6") = m->word[5];
	register long a7 __asm__("a7") = number;
	register uint64_t t0 __asm__("t0") = (uint64_t)m->extra;
	register uint64_t t1 __asm__("t1");
	register uint64_t t2 __asm__("t2");
	register uint64_t t3 __asm__("t3");
	register uint64_t t4 __asm__("t4");
	register uint64_t t5 __asm__("t5");

	__asm__ volatile("ecall"
			 : "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a3), "+r"(a4),
			   "+r"(a5), "+r"(a6), "+r"(t0), "=r"(t1), "=r"(t2),
			   "=r"(t3), "=r"(t4), "=r"(t5)
			 : "r"(a7)
			 : "memory");
	m->word[0] = a1;
	m->word[1] = a2;
	m->word[2] = a3;
	m->word[3] = a4;
	m->word[4] = a5;
	m->word[5] = a6;
	m->came = t0;
	m->badge = t1;
	m->handle[0] = t2;
	m->handle[1] = t3;
	m->handle[2] = t4;
	m->handle[3] = t5;
	return (long)a0;
}

static inline long ipc_call(uint64_t endpoint, struct message *m)
{
	return ipc_raw(CALL_ipc_call, endpoint, m);
}

static inline long ipc_send(uint64_t endpoint, struct message *m)
{
	return ipc_raw(CALL_ipc_send, endpoint, m);
}

static inline long ipc_receive(uint64_t endpoint, struct message *m)
{
	return ipc_raw(CALL_ipc_receive, endpoint, m);
}

/* To who called last (SELF), or to a kept reply handle. */
static inline long ipc_reply(uint64_t to, struct message *m)
{
	return ipc_raw(CALL_ipc_reply, to, m);
}

static inline long ipc_reply_receive(uint64_t endpoint, struct message *m)
{
	return ipc_raw(CALL_ipc_reply_receive, endpoint, m);
}

/* Waits for a bit of `mask` until `deadline`; *bits are those taken. */
static inline long notification_wait(uint64_t notification, uint64_t mask,
				     uint64_t deadline, uint64_t *bits)
{
	register uint64_t a0 __asm__("a0") = notification;
	register uint64_t a1 __asm__("a1") = mask;
	register uint64_t a2 __asm__("a2") = deadline;
	register long a7 __asm__("a7") = CALL_notification_wait;

	__asm__ volatile("ecall"
			 : "+r"(a0), "+r"(a1)
			 : "r"(a2), "r"(a7)
			 : "memory");
	if (bits)
		*bits = a1;
	return (long)a0;
}

/* Until `deadline`, as of time_now(). */
static inline long sleep_until(uint64_t deadline)
{
	return notification_wait(SELF, 0, deadline, 0);
}

#endif
