/* SPDX-License-Identifier: BSD-2-Clause */
/* door.c - one request, one answer; all numbers are somebody else's. */
#include "ipc.h"
#include "swap.h"
#include "thread.h"
#include "touch.h"
#include <string.h>

#define DOOR_STACK 8192u
#define DOOR_NAME  16u /* of the thread; drives have theirs below */

static uint64_t door;
static struct ipc_extra extra;

static void tell(const struct area *a, struct message *m)
{
	const struct swap_info *i = &a->info;

	*m = (struct message){
		.word = {0, i->slots, i->used, i->in, i->out, i->errors},
		.extra = &extra};
	extra = (struct ipc_extra){.send = (uint64_t)i->name,
				   .send_bytes = (uint32_t)strlen(i->name)};
}

/* A new view of the area, to read and write. */
static long show(unsigned n)
{
	long all, some;

	if (!swap.plain)
		return -E_PERM;
	all = object_create(swap.pager, swap.area[n].slots * SWAP_PAGE, n);
	if (all < 0)
		return all;
	some = handle_duplicate(SELF, (uint64_t)all,
				RIGHT_DUPLICATE | RIGHT_READ | RIGHT_WRITE, 0);
	handle_close((uint64_t)all);
	return some;
}

/* *m is the reply after it; the handle that goes with it, to be closed, or 0. */
static uint64_t answer(struct message *m)
{
	uint64_t request = m->word[0], n = m->word[1];
	long r;

	*m = (struct message){.word = {(uint64_t)-E_INVAL}};
	if (request != SWAP_INFO && request != SWAP_OBJECT)
		return 0;
	m->word[0] = (uint64_t)-E_NOENT;
	if (n >= swap.areas)
		return 0;
	if (request == SWAP_INFO) {
		tell(&swap.area[n], m);
		return 0;
	}
	r = show((unsigned)n);
	m->word[0] = r < 0 ? (uint64_t)r : 0;
	if (r < 0)
		return 0;
	extra = (struct ipc_extra){.handles = 1, .handle = {(uint64_t)r}};
	m->extra = &extra;
	return (uint64_t)r;
}

static void serve(void *argument)
{
	struct message m;
	uint64_t handle;

	(void)argument;
	touch_stack(DOOR_STACK / 2);
	for (;;) {
		m = (struct message){.extra = NULL};
		if (ipc_receive(door, &m) || !(m.came & IPC_ASKS))
			continue;
		handle = answer(&m);
		ipc_reply(SELF, &m);
		if (handle)
			handle_close(handle);
	}
}

long door_open(uint64_t at)
{
	long r;

	door = at;
	r = thread_begin(serve, NULL, DOOR_NAME, DOOR_STACK);
	return r < 0 ? r : 0;
}
