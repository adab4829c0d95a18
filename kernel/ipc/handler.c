/* SPDX-License-Identifier: BSD-2-Clause */
/* handler.c - faults and foreign calls as messages. */
#include "ipc/handler.h"
#include "abi/handler.h"
#include "arch/riscv/csr.h"
#include "ipc/endpoint.h"
#include "ipc/ipc.h"
#include "task/task.h"

_Static_assert(sizeof(struct registers) == sizeof(struct trap_frame),
	       "a frame is what a program sees of one");
_Static_assert(offsetof(struct registers, x) == offsetof(struct trap_frame, x),
	       "in the same order");

static enum handler_kind kind_of(uint64_t scause)
{
	switch (scause) {
	case CAUSE_FETCH_FAULT:
	case CAUSE_LOAD_FAULT:
	case CAUSE_STORE_FAULT:
		return HANDLER_FAULT;
	case CAUSE_ILLEGAL:
		return HANDLER_ILLEGAL;
	case CAUSE_BREAKPOINT:
		return HANDLER_BREAKPOINT;
	case CAUSE_USER_ECALL:
		return HANDLER_CALL;
	}
	return HANDLER_OTHER;
}

bool handler_call(uint64_t scause, uint64_t stval, int why)
{
	struct thread *t = this_cpu()->current;
	struct kobject *o =
		__atomic_load_n(&t->task->handler, __ATOMIC_ACQUIRE);

	if (!o)
		return false;
	t->words[0] = kind_of(scause);
	t->words[1] = scause;
	t->words[2] = stval;
	t->words[3] = t->frame.pc;
	t->words[4] = (uint64_t)-why;
	t->words[5] = t->name;
	t->mode &= ~(uint32_t)MODE_EXTRA;
	t->sync.object = NULL; /* its call may not be made again */
	t->in_handler = true;
	if (ipc_fast_handler(endpoint_of(o), t->task->handler_badge) ||
	    !endpoint_send(endpoint_of(o), t->task->handler_badge, true))
		return true;
	t->in_handler = false;
	return false;
}
