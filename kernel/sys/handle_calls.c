/* SPDX-License-Identifier: BSD-2-Clause */
/* handle_calls.c - calls about handles. */
#include "abi/error.h"
#include "ipc/endpoint.h"
#include "ipc/notification.h"
#include "sys/sys.h"
#include "task/handle.h"
#include "task/task.h"

/* A marked handle stays marked, whoever duplicates it. */
static long duplicate(struct task *to, struct kobject *o, unsigned rights,
		      uint64_t old_badge, uint64_t badge)
{
	long handle;

	if (!kobject_try(o))
		return -E_STALE;
	handle = handle_add_to(to, o, rights, old_badge ? old_badge : badge);
	if (handle < 0)
		kobject_put(o);
	return handle;
}

long sys_handle_duplicate(const uint64_t arg[6])
{
	const struct handle_table *mine = &this_cpu()->current->task->handles;
	struct kobject *o;
	uint64_t badge;
	struct task *to;
	unsigned rights;
	long err = handle_look(arg[1], NULL, RIGHT_DUPLICATE, &o, &badge);

	if (err)
		return err;
	if (o->dead)
		return -E_STALE;
	rights = HANDLE_WORD_RIGHTS(handle_word(mine, arg[1], &badge));
	to = handle_task(arg[0], RIGHT_CONTROL, &err);
	if (!to)
		return err;
	err = duplicate(to, o, rights & (unsigned)arg[2], badge, arg[3]);
	kobject_put(&to->object);
	return err;
}

long sys_handle_close(const uint64_t arg[6])
{
	return sys_let_urgent_go(handle_close(arg[0]));
}

long sys_handle_revoke(const uint64_t arg[6])
{
	struct kobject *o;
	long err = handle_find(arg[0], NULL, RIGHT_MANAGE, &o);

	if (err)
		return err;
	if (o->kind->revoke)
		o->kind->revoke(o);
	else
		err = -E_INVAL;
	kobject_put(o);
	return sys_let_urgent_go(err);
}

long sys_handle_info(const uint64_t arg[6])
{
	const struct handle_table *mine = &this_cpu()->current->task->handles;
	struct kobject *o;
	uint64_t badge;
	long err = handle_look(arg[0], NULL, 0, &o, &badge);

	if (err)
		return err;
	if (o->dead)
		return -E_STALE;
	return (long)(o->kind->number |
		      HANDLE_WORD_RIGHTS(handle_word(mine, arg[0], &badge))
			      << 8);
}

long sys_endpoint_create(const uint64_t arg[6])
{
	struct endpoint *ep = endpoint_create();

	(void)arg;
	return ep ? handle_add_new(&ep->object, RIGHT_DUPLICATE | RIGHT_MANAGE |
							RIGHT_SEND |
							RIGHT_RECEIVE)
		  : -E_NOMEM;
}

long sys_notification_create(const uint64_t arg[6])
{
	struct notification *n = notification_create();

	(void)arg;
	return n ? handle_add_new(&n->object, RIGHT_DUPLICATE | RIGHT_MANAGE |
						      RIGHT_SIGNAL | RIGHT_WAIT)
		 : -E_NOMEM;
}

static long add_space(struct space *s)
{
	return handle_add_new(&s->object, RIGHT_DUPLICATE | RIGHT_MANAGE |
						  RIGHT_READ | RIGHT_WRITE);
}

long sys_space_create(const uint64_t arg[6])
{
	struct space *s = space_create();

	(void)arg;
	return s ? add_space(s) : -E_NOMEM;
}

long sys_space_clone(const uint64_t arg[6])
{
	struct space *from, *to;
	long err;
	int why;

	from = handle_space(arg[0], RIGHT_READ | RIGHT_WRITE, &err);
	if (!from)
		return err;
	to = space_clone(from, &why);
	space_put(from);
	return to ? add_space(to) : why;
}
