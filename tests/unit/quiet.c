/* SPDX-License-Identifier: BSD-2-Clause */
/* quiet.c - what is left when nothing is on its way. */
#include "tests/unit/quiet.h"
#include "abi/error.h"
#include "ipc/endpoint.h"
#include "ipc/interrupt.h"
#include "ipc/notification.h"
#include "ipc/reply.h"
#include "lib/assert.h"
#include "lib/log.h"
#include "mm/ending.h"
#include "mm/frame_boot.h"
#include "mm/grace.h"
#include "mm/mm.h"
#include "mm/slab.h"
#include "sys/machine.h"
#include "task/sched.h"
#include "task/task.h"

bool quiet_spoilt;

static void trim_all(void)
{
	mm_trim();
	task_trim();
	thread_trim();
	endpoint_trim();
	notification_trim();
	reply_trim();
	interrupt_trim();
	machine_trim();
}

uint64_t quiet_frames(void)
{
	uint64_t n;

	grace_flush();
	sched_hold_frames(true);
	trim_all();
	n = frames_free();
	sched_hold_frames(false);
	return n;
}

void quiet_check(void)
{
	if (quiet_spoilt)
		return;
	grace_flush();
	sched_hold_frames(true);
	mm_check();
	sched_hold_frames(false);
}

/* ---- for programs ------------------------------------------------------- */

/* As grace_flush(), but the thread that asks stays current. */
static void let_go(void)
{
	while (ending_anywhere() || grace_has_work()) {
		grace_quiet();
		ending_step();
		grace_work(true);
	}
}

static long check_all(void)
{
	uint64_t n;

	let_go();
	sched_hold_frames(true);
	trim_all();
	mm_check();
	for (struct slab_cache *c = slab_known; c; c = c->next_known) {
		const char *wrong = slab_check(c);

		if (wrong)
			panic("%s: %s", c->name, wrong);
	}
	n = frames_free();
	sched_hold_frames(false);
	return (long)n;
}

static long in_use(void)
{
	uint64_t n = 0;

	for (struct slab_cache *c = slab_known; c; c = c->next_known)
		n += c->used;
	return (long)n;
}

static void print_all(void)
{
	for (struct slab_cache *c = slab_known; c; c = c->next_known)
		log_print("#   %-14s %lu\n", c->name, (unsigned long)c->used);
}

long quiet_call(const uint64_t arg[6])
{
	switch (arg[0]) {
	case 0:
		return check_all();
	case 1:
		return in_use();
	case 2:
		print_all();
		return 0;
	}
	return -E_INVAL;
}
