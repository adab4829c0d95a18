/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * trap.c - step 2 of a page fault: what a trap is, and who answers it.
 *
 *	scause                  from user mode       in the kernel
 *	----------------------  -------------------  ------------------------
 *	interrupt               timer, IPI, device   never: they are off
 *	12, 13, 15 page fault   fault_resolve()      inside uaccess: the same;
 *	                                             else panic
 *	8 ecall                 sys_find(), call;    -
 *	                        below 0x1000: the
 *	                        task's handler
 *	2 illegal instruction   floating point       panic
 *	                        turned on, or the
 *	                        handler
 *	3 breakpoint            the handler          an assert; but after a
 *	                                             semihosting call that nobody
 *	                                             took: go on
 *	others                  the handler          inside uaccess: -E_FAULT;
 *	                                             else panic
 *	any, in arch/trial.h    -                    the trial has failed
 *
 * Where a task has no handler the thread ends, and one line says why.
 */
#include "abi/error.h"
#include "arch/interrupt.h"
#include "arch/machine.h"
#include "arch/mmu.h"
#include "arch/riscv/csr.h"
#include "arch/trial.h"
#include "arch/uaccess.h"
#include "arch/upcall.h"
#include "ipc/handler.h"
#include "ipc/interrupt.h"
#include "ipc/ipc.h"
#include "kernel.h"
#include "lib/assert.h"
#include "mm/ending.h"
#include "mm/fault.h"
#include "mm/grace.h"
#include "mm/reclaim.h"
#include "sys/sys.h"
#include "task/page_wait.h"
#include "task/sched.h"
#include "task/task.h"

/* The access that a page fault's cause stands for. */
static unsigned access_of(uint64_t scause)
{
	switch (scause) {
	case CAUSE_FETCH_FAULT:
		return PROT_X;
	case CAUSE_LOAD_FAULT:
		return PROT_R;
	default:
		return PROT_W;
	}
}

/* What this hart has to bring to its end goes on, unless the thread is urgent. */
static void go_on_ending(void)
{
	const struct thread *t = this_cpu()->current;

	ending_interrupt(t ? t->priority : 0);
	if (ending_has_work())
		timer_want_slice(); /* and then looks again */
}

/* From user mode: this hart is in no structure. */
static void interrupt(void)
{
	grace_quiet();
	interrupt_poll();
	thread_look_at_poked();
	if (ending_has_work())
		go_on_ending();
	if (reclaim_is_wanted() && reclaim_step())
		interrupt_again(); /* others first, then another step */
	if (grace_is_due())
		grace_work(false);
	sched_check();
}

bool trap_fetch_stval_erratum;

/*
 * Where stval of a fetch is not sign-extended, bits 63..39 are made like bit
 * 38. No user address is affected, so only what is printed goes through here.
 */
static uint64_t true_stval(uint64_t scause, uint64_t stval)
{
	if (trap_fetch_stval_erratum &&
	    (scause == CAUSE_FETCH_FAULT || scause == CAUSE_FETCH_ACCESS))
		return (uint64_t)((int64_t)(stval << 25) >> 25);
	return stval;
}

/* Nothing permits what the thread did: its handler's business, or its end. */
static void not_permitted(const struct trap_frame *frame, uint64_t scause,
			  uint64_t stval, int err)
{
	if (handler_call(scause, true_stval(scause, stval), err))
		return;
	report_user_fault(this_cpu()->current, frame, scause,
			  true_stval(scause, stval), err);
	thread_exit(128 + (int)scause, (unsigned)scause);
}

/* Some harts leave stval 0 for an illegal instruction; then it is read. */
static bool illegal_instruction(const struct trap_frame *frame, uint64_t stval)
{
	uint32_t word = (uint32_t)stval;
	uint16_t half[2] = {0};

	if (!word) {
		if (copy_from_user(&half[0], frame->pc, 2))
			return false;
		if ((half[0] & 3) == 3 &&
		    copy_from_user(&half[1], frame->pc + 2, 2))
			return false;
		word = half[0] | (uint32_t)half[1] << 16;
	}
	return thread_claim_fpu(word);
}

#ifdef QUIRE_TEST
long (*trap_test_call)(const uint64_t arg[6]);

static bool is_test_call(struct trap_frame *frame, uint64_t scause)
{
	if (!trap_test_call || scause != CAUSE_USER_ECALL ||
	    frame->x[X_A7] != TRAP_TEST_CALL)
		return false;
	frame->pc += 4;
	frame->x[X_A0] = (uint64_t)trap_test_call(&frame->x[X_A0]);
	return true;
}
#else
static bool is_test_call(struct trap_frame *frame, uint64_t scause)
{
	(void)frame, (void)scause;
	return false;
}
#endif

/* Calls and page faults are what happens; all else is rare. */
static COLD __attribute__((noinline)) struct trap_frame *
other_trap(struct trap_frame *frame, uint64_t scause, uint64_t stval, int err)
{
	if (scause & CAUSE_INTERRUPT)
		interrupt();
	else if (is_test_call(frame, scause))
		;
	else if (scause != CAUSE_ILLEGAL || !illegal_instruction(frame, stval))
		not_permitted(frame, scause, stval, err);
	return sched_next();
}

/* The call is not over as calls are, for this thread. */
static __attribute__((noinline)) struct trap_frame *
call_ends_otherwise(struct trap_frame *frame, struct thread *now, long result)
{
	if (!now)
		return sched_next();
	if (&now->frame != frame) /* another runs, handed over to */
		return mmu_switch_then(&now->task->space->mmu, &now->frame);
	assert(result == -E_WAIT || result == -E_STEP);
	frame->pc -= 4; /* it starts again, */
	if (result == -E_STEP)
		return frame; /* unless an interrupt comes first: they are on */
	page_wait();	      /* when a page has come */
	return sched_next();
}

/* Any call, by the table. */
static __attribute__((noinline)) struct trap_frame *
call_by_table(struct trap_frame *frame, uint64_t n)
{
	struct thread *now;
	long result;

	frame->pc += 4;
	result = ((sys_fn *)(long)sys_table[n])(&frame->x[X_A0]);
	now = this_cpu()->current;
	if ((void *)now != frame || result <= -E_WAIT)
		return call_ends_otherwise(frame, now, result);
	frame->x[X_A0] = (uint64_t)result;
	return frame;
}

static struct trap_frame *call_slowly(struct trap_frame *frame)
{
	return call_by_table(frame, frame->x[X_A7] - CALL_FIRST);
}

/* Two of them have a fast path. */
static inline struct trap_frame *call(struct trap_frame *frame)
{
	uint64_t n = frame->x[X_A7] - CALL_FIRST;

	if (n >= CALL_END - CALL_FIRST)
		return other_trap(frame, CAUSE_USER_ECALL, frame->x[X_A7], 0);
	if (n == CALL_ipc_call - CALL_FIRST)
		return ipc_fast_call(frame, call_slowly);
	if (n == CALL_ipc_reply_receive - CALL_FIRST)
		return ipc_fast_reply_receive(frame, call_slowly);
	return call_by_table(frame, n);
}

/* The registers that say what has trapped are as they were: nothing else has. */
static __attribute__((noinline)) struct trap_frame *no_such_page(int err)
{
	return other_trap(&this_cpu()->current->frame, csr_read(scause),
			  csr_read(stval), err);
}

static __attribute__((noinline)) struct trap_frame *page_fault(uint64_t scause,
							       uint64_t stval)
{
	struct cpu *cpu = this_cpu();
	unsigned access = access_of(scause);
	int err;

	cpu->fault = round_down(stval, PAGE_SIZE) | access;
	err = fault_resolve(cpu->current->task->space, stval, access);
	if (err == -E_NOMEM) /* 0 then: the instruction runs again */
		err = fault_resolve_short(cpu->current->task->space, stval,
					  access);
	cpu->fault = 0;
	if (!err) {
		cpu->current->page_error = 0; /* of a page that is there */
		return &cpu->current->frame;
	}
	if (err == -E_WAIT) /* it is parked; who was woken by that goes on */
		return sched_settle_next();
	return no_such_page(err);
}

static __attribute__((noinline)) struct trap_frame *
no_call(struct trap_frame *frame, uint64_t scause, uint64_t stval)
{
	if (!cause_is_page_fault(scause))
		return other_trap(frame, scause, stval, 0);
	return page_fault(scause, stval);
}

/* A leaf, so that none of its ways pays for the registers of another. */
struct trap_frame *upcall_trap_user(struct trap_frame *frame, uint64_t scause,
				    uint64_t stval)
{
	return scause == CAUSE_USER_ECALL ? call(frame)
					  : no_call(frame, scause, stval);
}

/* What a call says of a page that it could not reach. */
static int copy_error(int err)
{
	switch (err) {
	case -E_NOMEM:
	case -E_WAIT:
	case -E_IO:
	case -E_TIMEDOUT:
		return err;
	}
	return -E_FAULT;
}

/* Where memory is short it takes a few steps, or the call is made again. */
static COLD int resolve_in_call(struct space *s, va_t va, unsigned access)
{
	int err = fault_resolve_alone(s, va, access);

	for (unsigned n = 0; n < 4 && err == -E_NOMEM; n++) {
		err = fault_resolve_short(s, va, access);
		if (err)
			return err;
		err = fault_resolve_alone(s, va, access);
	}
	return err;
}

COLD void upcall_trap_kernel(struct trap_frame *frame, uint64_t scause,
			     uint64_t stval)
{
	struct thread *t = this_cpu()->current;
	int err;

	if (scause == CAUSE_BREAKPOINT) {
		if (!machine_owns_breakpoint(frame->pc))
			panic("assertion at 0x%lx, line %u", (long)frame->pc,
			      assert_line((const void *)frame->pc));
		frame->pc += 4;
		return;
	}
	if (trial_owns(frame->pc)) {
		frame->pc = trial_failure();
		return;
	}
	if (!uaccess_owns(frame->pc) || !t)
		panic_trap(frame, scause, true_stval(scause, stval));
	err = -E_FAULT; /* registers that nobody answers for, say */
	if (cause_is_page_fault(scause))
		err = resolve_in_call(t->task->space, stval, access_of(scause));
	if (err) {
		frame->x[X_A0] = (uint64_t)(long)copy_error(err);
		frame->pc = uaccess_failure();
	}
}

void upcall_timer(void)
{
	this_cpu()->ticks++;
	if (timer_tick())
		sched_slice_over();
}

void upcall_external(void)
{
	interrupt_arrived();
}
