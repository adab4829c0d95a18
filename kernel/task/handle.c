/* SPDX-License-Identifier: BSD-2-Clause */
/* handle.c - a task's table of handles. */
#include "task/handle.h"
#include "abi/error.h"
#include "task/task.h"
#include "task/thread.h"

const struct kind machine_kind, notification_kind;

long handle_look(uint64_t handle, const struct kind *kind, unsigned rights,
		 struct kobject **o, uint64_t *badge)
{
	(void)handle, (void)kind, (void)rights, (void)o, (void)badge;
	return -E_BADF;
}

long handle_find(uint64_t handle, const struct kind *kind, unsigned rights,
		 struct kobject **o)
{
	(void)handle, (void)kind, (void)rights, (void)o;
	return -E_BADF;
}

struct space *handle_space(uint64_t handle, unsigned rights, long *err)
{
	(void)handle, (void)rights;
	*err = -E_BADF;
	return NULL;
}

long handle_add_new(struct kobject *o, unsigned rights)
{
	(void)rights;
	kobject_put(o);
	return -E_MFILE;
}
