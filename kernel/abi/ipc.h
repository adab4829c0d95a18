/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ipc.h - messages: what lies in which register, and in struct ipc_extra.
 *
 * A message is six words, and with an ipc_extra also up to 64 KiB of bytes from
 * the sender's buffer into the receiver's, and up to four handles.
 *
 *	          a0           a1..a6   t0               t1     a7
 *	going in  handle       words    ipc_extra or 0          number
 *	coming    0 or -error  words    what came        badge  kept
 *	back                            (IPC_*)
 *
 * Handles that came are in t2..t5, in the order in which they were sent. a1..a6
 * and t0..t5 are meaningless after an error, but as said below, and after calls
 * that bring no message (ipc_send, ipc_reply).
 *
 * Who calls is parked until the reply; who sends, until somebody has received.
 * The badge is the one of the handle that the sender used (handle_duplicate),
 * so a server knows its clients apart; one it gave out without a badge is 0.
 *
 * Bytes and handles that the receiver has no room for stay behind, and the
 * receiver sees IPC_CUT; the sender does not. A handle is sent as a duplicate
 * with the same rights and badge, and needs RIGHT_DUPLICATE; if one of them is
 * bad the sender has the error and nothing is sent.
 *
 * Bytes can also break off because the sender ends, is stopped or cancelled, or
 * has a buffer that cannot be read (his -E_FAULT). Then
 *
 *	a reply		gives the caller -E_PEER. t0 has IPC_CUT, and words, the
 *			count of bytes and handles are there as after a whole
 *			one; after any other -E_PEER t0 has no IPC_CUT
 *	a request	comes with IPC_CUT and without IPC_ASKS: nobody waits
 */
#ifndef ABI_IPC_H
#define ABI_IPC_H
#include <stdint.h>

#define IPC_WORDS     6
#define IPC_HANDLES   4
#define IPC_BYTES_MAX 0x10000u

struct ipc_extra {
	uint64_t send;	     /* address of the bytes to send, ... */
	uint64_t receive;    /* and of the room for what comes */
	uint32_t send_bytes; /* at most IPC_BYTES_MAX each */
	uint32_t receive_bytes;
	uint64_t deadline; /* see below; for the whole call */
	uint32_t handles;  /* how many of handle[] are sent */
	uint32_t accept;   /* how many may come */
	uint64_t handle[IPC_HANDLES];
};
_Static_assert(sizeof(struct ipc_extra) == 72, "part of the ABI");

/*
 * A deadline is in nanoseconds as of time_now(). NEVER is no deadline; one that
 * has passed is "do not wait": -E_AGAIN if the call would have to, -E_TIMEDOUT
 * if it waited until then.
 */
#define NEVER 0ul
#define NOW   1ul

/* What came, in t0. */
#define IPC_BYTES(t0) ((uint32_t)(t0))
#define IPC_COUNT(t0) ((unsigned)((t0) >> 32 & 7)) /* handles in t2.. */
#define IPC_CUT	      (1ul << 40) /* there was more than there was room for */
#define IPC_ASKS      (1ul << 41) /* a call: somebody waits for the reply */
#define IPC_KERNEL    (1ul << 42) /* of the kernel: see abi/handler.h */
#define IPC_SIGNAL \
	(1ul << 43) /* no message: bits of the bound notification
				     are in a1, and taken */

#endif
