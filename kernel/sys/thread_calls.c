/* SPDX-License-Identifier: BSD-2-Clause */
/* thread_calls.c - calls about threads, and time. */
#include "abi/error.h"
#include "abi/handler.h"
#include "arch/interrupt.h"
#include "arch/uaccess.h"
#include "sys/sys.h"
#include "task/handle.h"
#include "task/sched.h"
#include "task/task.h"

long sys_nothing(const uint64_t arg[6])
{
	(void)arg;
	return ABI_VERSION;
}

long sys_thread_exit(const uint64_t arg[6])
{
	thread_exit((int)arg[0], 0);
	return 0;
}

long sys_thread_yield(const uint64_t arg[6])
{
	(void)arg;
	thread_set_result(this_cpu()->current, 0);
	sched_yield();
	return 0;
}

long sys_time_now(const uint64_t arg[6])
{
	(void)arg;
	return (long)timer_ns(time_now());
}

/* No more urgent than its creator, and where that one may be. */
static void inherit(struct thread *t, const struct thread *from)
{
	if (t->priority > from->own_priority)
		t->priority = t->own_priority = from->own_priority;
	t->cpu = from->cpu;
	sched_set_harts(t, from->harts);
}

long sys_thread_create(const uint64_t arg[6])
{
	struct thread *thread;
	struct task *t;
	long handle;

	t = handle_task(arg[0], RIGHT_CONTROL, &handle);
	if (!t)
		return handle;
	thread = thread_create(t, arg[1], arg[2], arg[3]);
	handle = thread ? 0 : task_is_ending(t) ? -E_STALE : -E_NOMEM;
	kobject_put(&t->object);
	if (!thread)
		return handle;
	if (!kobject_try(&thread->object))
		return -E_STALE; /* its task has just ended, and it, too */
	inherit(thread, this_cpu()->current);
	handle = handle_add(&thread->object,
			    RIGHT_DUPLICATE | RIGHT_INSPECT | RIGHT_CONTROL, 0);
	if (handle < 0) {
		thread_end(thread, 0);
		kobject_put(&thread->object);
	}
	return handle;
}

static long control(struct thread *t, uint64_t operation)
{
	switch (operation) {
	case THREAD_START:
		return thread_start(t);
	case THREAD_STOP:
		return thread_stop(t);
	case THREAD_CANCEL:
		thread_cancel(t);
		return 0;
	case THREAD_END:
		thread_end(t, 0);
		return 0;
	}
	return -E_INVAL;
}

long sys_thread_control(const uint64_t arg[6])
{
	struct thread *t;
	long err;

	t = handle_thread(arg[0], RIGHT_CONTROL, &err);
	if (!t)
		return err;
	err = control(t, arg[1]);
	kobject_put(&t->object);
	return sys_let_urgent_go(err);
}

/* ---- registers ---------------------------------------------------------- */

/*
 * The thread, out of reach of anybody else, or false: it is new, stopped, or its
 * handler has it. *wait is to be given back.
 */
static bool hold(struct thread *t, uint64_t *wait)
{
	*wait = __atomic_load_n(&t->wait, __ATOMIC_ACQUIRE);
	switch (wait_kind(*wait)) {
	case WAIT_NEW:
	case WAIT_STOPPED:
		return thread_claim(t, *wait);
	case WAIT_REPLY:
		if (!thread_claim(t, *wait))
			return false;
		if (t->in_handler)
			return true;
		thread_wait(t, *wait);
	}
	return false;
}

static void let_go(struct thread *t, uint64_t wait)
{
	thread_wait(t, wait);
	if (thread_has_orders(t))
		thread_enforce(t);
}

union registers_copy {
	struct trap_frame frame;
	struct fpu_state fpu;
};

static void exchange(struct thread *t, uint64_t operation,
		     union registers_copy *r)
{
	switch (operation) {
	case REGISTERS_READ:
		r->frame = t->frame;
		break;
	case REGISTERS_WRITE:
		t->frame = r->frame;
		t->sync.object = NULL; /* what it was at is over */
		break;
	case REGISTERS_READ_FLOAT:
		r->fpu = t->fpu;
		break;
	case REGISTERS_WRITE_FLOAT:
		t->fpu = r->fpu;
		break;
	}
}

_Static_assert(sizeof(struct float_registers) == sizeof(struct fpu_state),
	       "what a program sees of it");

static long registers(struct thread *t, uint64_t operation, va_t buffer)
{
	union registers_copy r;
	size_t n = operation >= REGISTERS_READ_FLOAT ? sizeof(r.fpu)
						     : sizeof(r.frame);
	bool writes = operation == REGISTERS_WRITE ||
		      operation == REGISTERS_WRITE_FLOAT;
	uint64_t wait;
	long err = writes ? copy_from_user(&r, buffer, n) : 0;

	if (err)
		return err;
	if (!hold(t, &wait))
		return -E_BUSY;
	exchange(t, operation, &r);
	let_go(t, wait);
	return writes ? 0 : copy_to_user(buffer, &r, n);
}

long sys_thread_registers(const uint64_t arg[6])
{
	struct thread *t;
	long err;

	if (arg[1] > REGISTERS_WRITE_FLOAT)
		return -E_INVAL;
	t = handle_thread(arg[0], RIGHT_CONTROL, &err);
	if (!t)
		return err;
	err = registers(t, arg[1], arg[2]);
	kobject_put(&t->object);
	return err;
}

/* ---- where and how urgently --------------------------------------------- */

long sys_thread_schedule(const uint64_t arg[6])
{
	struct thread *me = this_cpu()->current, *t;
	uint64_t harts = arg[2] & (BIT(cpu_count) - 1);
	long err;

	if (arg[1] >= PRIORITIES || !harts)
		return -E_INVAL;
	if (arg[1] > me->own_priority)
		return -E_PERM;
	t = handle_thread(arg[0], RIGHT_CONTROL, &err);
	if (!t)
		return err;
	t->own_priority = (uint8_t)arg[1];
	sched_set_priority(t, (unsigned)arg[1]);
	sched_set_harts(t, harts);
	kobject_put(&t->object);
	return sys_let_urgent_go(0);
}
