/* SPDX-License-Identifier: BSD-2-Clause */
/* handle.h - a task's table of handles. */
#ifndef TASK_HANDLE_H
#define TASK_HANDLE_H
#include "abi/handle.h"
#include "lib/kobject.h"

struct space;

extern const struct kind machine_kind, notification_kind;

long handle_look(uint64_t handle, const struct kind *kind, unsigned rights,
		 struct kobject **o, uint64_t *badge);
long handle_find(uint64_t handle, const struct kind *kind, unsigned rights,
		 struct kobject **o);
struct space *handle_space(uint64_t handle, unsigned rights, long *err);
long handle_add_new(struct kobject *o, unsigned rights);

#endif
