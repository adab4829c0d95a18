/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * handler.h - what a task's handler endpoint is told, and what it may answer.
 *
 * A thread that does what nothing permits, or makes a call below CALL_FIRST, is
 * parked, and calls its task's handler (task_handler) with this message:
 *
 *	a1 kind    a2 scause    a3 stval    a4 pc    a5 why    a6 thread
 *
 * `why` is the error that the kernel could not mend: E_FAULT, E_ACCES, E_NOMEM,
 * E_IO of a page fault, else 0. `thread` is the `name` that thread_create() was
 * given. With room for them in the receiver's buffer all registers come too, a
 * struct registers. The badge is the one of the handle that was made the handler.
 *
 * The reply's a1 is one of enum handler_answer. A handler that ends, or whose
 * endpoint is revoked, ends the thread as if there were none.
 */
#ifndef ABI_HANDLER_H
#define ABI_HANDLER_H
#include <stdint.h>

enum handler_kind {
	HANDLER_FAULT = 1,  /* a page fault; stval is the address */
	HANDLER_ILLEGAL,    /* an illegal instruction; stval may be it, or 0 */
	HANDLER_BREAKPOINT, /* ebreak */
	HANDLER_CALL,	    /* ecall with a7 below CALL_FIRST; stval is a7 */
	HANDLER_OTHER,	    /* misaligned, access fault */
};

enum handler_answer {
	HANDLER_RETRY,	/* the instruction runs again */
	HANDLER_RESUME, /* with the registers in the reply's bytes */
	HANDLER_RETURN, /* the call gives a2, and goes on behind it */
	HANDLER_END,	/* the thread ends with status a2 */
};

/* All registers of a thread: pc, x1..x31. */
struct registers {
	uint64_t pc;
	uint64_t x[31]; /* x[0] is x1, ra */
};
_Static_assert(sizeof(struct registers) == 256, "part of the ABI");

#endif
