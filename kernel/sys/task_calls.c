/* SPDX-License-Identifier: BSD-2-Clause */
/* task_calls.c - calls about tasks. */
#include "abi/error.h"
#include "arch/uaccess.h"
#include "ipc/endpoint.h"
#include "ipc/notification.h"
#include "sys/sys.h"
#include "task/handle.h"
#include "task/sched.h"
#include "task/task.h"
#include "task/thread.h"

long sys_task_create(const uint64_t arg[6])
{
	char name[TASK_NAME_MAX + 1] = "";
	size_t n = arg[2] < TASK_NAME_MAX ? arg[2] : TASK_NAME_MAX;
	struct task *me = this_cpu()->current->task, *t;
	struct kobject *space;
	long err = copy_from_user(name, arg[1], n);

	if (!err)
		err = handle_find(arg[0], &space_kind, RIGHT_MANAGE, &space);
	if (err)
		return err;
	t = task_create(name, space_of(space));
	kobject_put(space);
	if (!t)
		return -E_NOMEM;
	task_adopt(me, t);
	return handle_add_new(&t->object,
			      RIGHT_DUPLICATE | RIGHT_INSPECT | RIGHT_CONTROL);
}

/* The object with a reference, or NULL for SELF. */
static long find_or_self(uint64_t handle, const struct kind *kind,
			 unsigned right, struct kobject **o)
{
	*o = NULL;
	return handle == SELF ? 0 : handle_find(handle, kind, right, o);
}

long sys_task_handler(const uint64_t arg[6])
{
	struct kobject *endpoint;
	uint64_t badge = 0;
	struct task *t;
	long err = find_or_self(arg[1], &endpoint_kind, RIGHT_SEND, &endpoint);

	if (err)
		return err;
	if (endpoint)
		handle_word(&this_cpu()->current->task->handles, arg[1],
			    &badge);
	t = handle_task(arg[0], RIGHT_CONTROL, &err);
	if (t) {
		err = task_set_handler(t, endpoint, badge);
		kobject_put(&t->object);
	}
	if (err && endpoint)
		kobject_put(endpoint);
	return err;
}

/* A task or a thread, whether or not it has ended; not counted. */
static long find_mortal(uint64_t handle, struct kobject **o)
{
	uint64_t badge;
	long err;

	if (handle == SELF) {
		*o = &this_cpu()->current->task->object;
		return 0;
	}
	err = handle_look(handle, &thread_kind, RIGHT_INSPECT, o, &badge);
	return err == -E_TYPE ? handle_look(handle, &task_kind, RIGHT_INSPECT,
					    o, &badge)
			      : err;
}

/*
 * The latest bits count, so who may only signal is not heard: the notice that he
 * would change is of who waits.
 */
long sys_handle_watch(const uint64_t arg[6])
{
	struct kobject *n, *o;
	long err = handle_find(arg[1], &notification_kind,
			       RIGHT_SIGNAL | RIGHT_WAIT, &n);

	if (err)
		return err;
	err = find_mortal(arg[0], &o);
	if (!err) {
		err = o->kind == &task_kind
			      ? task_watch(task_of(o), n, arg[2])
			      : thread_watch(thread_of(o), n, arg[2]);
		if (err == -E_STALE) {
			notification_signal(notification_of(n), arg[2]);
			err = 0;
		}
	}
	kobject_put(n);
	return sys_let_urgent_go(err);
}

long sys_task_end(const uint64_t arg[6])
{
	long err;
	struct task *t = handle_task(arg[0], RIGHT_CONTROL, &err);

	if (!t)
		return err;
	task_end(t, (int)arg[1]);
	kobject_put(&t->object);
	return sys_let_urgent_go(0);
}

long sys_task_info(const uint64_t arg[6])
{
	struct task_info info;
	long err;
	struct task *t = handle_task(arg[0], RIGHT_INSPECT, &err);

	if (!t)
		return err;
	task_describe(t, &info);
	kobject_put(&t->object);
	return copy_to_user(arg[1], &info, sizeof(info));
}

long sys_thread_list(const uint64_t arg[6])
{
	struct thread_info list[THREADS_MAX];
	uint64_t max = arg[3] < THREADS_MAX ? arg[3] : THREADS_MAX;
	unsigned n;
	long err;
	struct task *t = handle_task(arg[0], RIGHT_INSPECT, &err);

	if (!t)
		return err;
	n = task_list_threads(t, arg[1], list, (unsigned)max);
	kobject_put(&t->object);
	err = copy_to_user(arg[2], list, n * sizeof(list[0]));
	return err ? err : (long)n;
}
