/* SPDX-License-Identifier: BSD-2-Clause */
/* swap_calls.c - where pages go when memory is short. */
#include "abi/error.h"
#include "mm/object.h"
#include "mm/swap.h"
#include "sys/machine.h"
#include "sys/sys.h"
#include "task/handle.h"

static long find(const uint64_t arg[6], struct kobject **o)
{
	long err = machine_may(arg[0], RIGHT_FRAMES);

	return err ? err : handle_find(arg[1], &object_kind, RIGHT_MANAGE, o);
}

long sys_swap_add(const uint64_t arg[6])
{
	struct kobject *o;
	long err = find(arg, &o);

	if (err)
		return err;
	err = swap_add(object_of(o), arg[2]);
	kobject_put(o);
	return err;
}

/* a2 and a3, 0 at first, say how far it is. */
long sys_swap_remove(const uint64_t arg[6])
{
	uint64_t n = arg[2], va = round_down(arg[3], PAGE_SIZE);
	struct kobject *o;
	long err = find(arg, &o);

	if (err)
		return err;
	err = swap_remove_step(object_of(o), &n, &va);
	kobject_put(o);
	if (err == -E_WAIT || err == -E_STEP) {
		sys_go_on_with(arg, 2, n);
		sys_go_on_with(arg, 3, va);
	}
	return err;
}
