/* SPDX-License-Identifier: BSD-2-Clause */
/* ipc_calls.c - messages, signals, interrupts. */
#include "abi/error.h"
#include "abi/ipc.h"
#include "ipc/interrupt.h"
#include "ipc/ipc.h"
#include "ipc/notification.h"
#include "ipc/reply.h"
#include "sys/machine.h"
#include "sys/sys.h"
#include "task/handle.h"
#include "task/sched.h"

long sys_ipc_call(const uint64_t arg[6])
{
	return ipc_call(arg);
}

long sys_ipc_send(const uint64_t arg[6])
{
	return ipc_send(arg);
}

long sys_ipc_receive(const uint64_t arg[6])
{
	return ipc_receive(arg);
}

long sys_ipc_reply(const uint64_t arg[6])
{
	return ipc_reply(arg);
}

long sys_ipc_reply_receive(const uint64_t arg[6])
{
	return ipc_reply_receive(arg);
}

long sys_reply_keep(const uint64_t arg[6])
{
	(void)arg;
	return reply_keep();
}

/* ---- notifications ----------------------------------------------------- */

/* Not counted: good until the hart leaves the kernel. */
static struct notification *look(uint64_t handle, unsigned right, long *err)
{
	struct kobject *o;
	uint64_t badge;

	*err = handle_look(handle, &notification_kind, right, &o, &badge);
	if (!*err && o->dead)
		*err = -E_STALE;
	return *err ? NULL : notification_of(o);
}

long sys_notification_signal(const uint64_t arg[6])
{
	long err;
	struct notification *n = look(arg[0], RIGHT_SIGNAL, &err);

	if (!n)
		return err;
	notification_signal(n, arg[1]);
	return sys_let_urgent_go(0);
}

long sys_notification_wait(const uint64_t arg[6])
{
	struct notification *n;
	long err;

	if (arg[0] == SELF)
		return notification_sleep(arg[2]);
	n = look(arg[0], RIGHT_WAIT, &err);
	if (!n)
		return err;
	return arg[1] ? notification_wait(n, arg[1], arg[2]) : -E_INVAL;
}

long sys_notification_timer(const uint64_t arg[6])
{
	long err;
	struct notification *n = look(arg[0], RIGHT_SIGNAL, &err);

	if (n)
		notification_set_timer(n, arg[1], arg[2]);
	return err;
}

long sys_notification_bind(const uint64_t arg[6])
{
	struct kobject *o;
	long err;

	if (arg[0] == SELF)
		return notification_bind(NULL);
	err = handle_find(arg[0], &notification_kind, RIGHT_WAIT, &o);
	if (err)
		return err;
	err = notification_bind(notification_of(o));
	if (err)
		kobject_put(o);
	return err == -E_EXIST ? 0 : err;
}

/* ---- interrupts -------------------------------------------------------- */

long sys_interrupt_create(const uint64_t arg[6])
{
	struct kobject *n, *i;
	int why;
	long err = machine_may(arg[0], RIGHT_LINES);

	if (!err && !arg[3])
		err = -E_INVAL;
	if (!err)
		err = handle_find(arg[2], &notification_kind, RIGHT_SIGNAL, &n);
	if (err)
		return err;
	i = arg[1] <= UINT32_MAX
		    ? interrupt_create((uint32_t)arg[1], n, arg[3], &why)
		    : (why = -E_INVAL, NULL);
	if (i)
		return handle_add_new(i, RIGHT_DUPLICATE | RIGHT_MANAGE);
	kobject_put(n);
	return why;
}

long sys_interrupt_done(const uint64_t arg[6])
{
	struct kobject *o;
	uint64_t badge;
	long err = handle_look(arg[0], &interrupt_kind, 0, &o, &badge);

	if (!err && o->dead)
		err = -E_STALE;
	if (!err)
		interrupt_done(o);
	return err;
}
