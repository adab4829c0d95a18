/* SPDX-License-Identifier: BSD-2-Clause */
/* swap_calls.c - where pages go when memory is short. */
#include "abi/error.h"
#include "mm/object.h"
#include "mm/swap.h"
#include "sys/machine.h"
#include "sys/sys.h"
#include "task/handle.h"

long sys_swap_add(const uint64_t arg[6])
{
	struct kobject *o;
	long err = machine_may(arg[0], RIGHT_FRAMES);

	if (!err)
		err = handle_find(arg[1], &object_kind, RIGHT_MANAGE, &o);
	if (err)
		return err;
	err = swap_add(object_of(o), arg[2]);
	kobject_put(o);
	return err;
}
