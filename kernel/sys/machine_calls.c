/* SPDX-License-Identifier: BSD-2-Clause */
/* machine_calls.c - the machine. */
#include "abi/error.h"
#include "arch/machine.h"
#include "arch/uaccess.h"
#include "lib/log.h"
#include "mm/slab.h"
#include "sys/machine.h"
#include "sys/sys.h"
#include "task/handle.h"
#include "task/task.h"
#include "task/thread.h"

static struct slab_cache machines =
	SLAB_CACHE_INIT(machines, "machine", sizeof(struct kobject));
struct machine_info machine_facts;
const struct board *machine_board;

static void revoke(struct kobject *o)
{
	o->dead = 1;
}

static bool end(struct kobject *o)
{
	revoke(o);
	return true;
}

static void reclaim(struct kobject *o)
{
	slab_free(&machines, o);
}

const struct kind machine_kind = {
	.number = KIND_MACHINE,
	.name = "machine",
	.end = end,
	.reclaim = reclaim,
	.revoke = revoke,
};

struct kobject *machine_object(void)
{
	struct kobject *o = slab_alloc(&machines);

	if (o)
		kobject_init(o, &machine_kind);
	return o;
}

void machine_trim(void)
{
	slab_trim(&machines);
}

long machine_may(uint64_t handle, unsigned rights)
{
	struct kobject *o;
	uint64_t badge;

	long err = handle_look(handle, &machine_kind, rights, &o, &badge);

	return !err && o->dead ? -E_STALE : err;
}

long sys_machine_info(const uint64_t arg[6])
{
	long err = machine_may(arg[0], 0);

	return err ? err
		   : copy_to_user(arg[1], &machine_facts,
				  sizeof(machine_facts));
}

long sys_machine_stop(const uint64_t arg[6])
{
	long err = machine_may(arg[0], RIGHT_POWER);

	if (err)
		return err;
	log_print("quire: %s stops the machine with status %d\n",
		  this_cpu()->current->task->name, (int)arg[1]);
	machine_stop((int)arg[1]);
}
