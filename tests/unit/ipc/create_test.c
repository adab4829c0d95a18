/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * create_test.c - tasks, threads, endpoints, notifications, replies and their
 * handles, with memory failing at every allocation: an error, and nothing lost.
 */
#include "abi/error.h"
#include "abi/handle.h"
#include "ipc/endpoint.h"
#include "ipc/interrupt.h"
#include "ipc/notification.h"
#include "mm/frame_boot.h"
#include "mm/grace.h"
#include "mm/mm.h"
#include "mm/slab.h"
#include "task/task.h"
#include "task/thread.h"
#include "tests/test.h"
#include "tests/unit/quiet.h"

static struct task *new_task(void)
{
	struct space *s = space_create();
	struct task *t = s ? task_create("t", s) : NULL;

	if (s)
		space_put(s);
	return t;
}

/* Puts it into the table, or lets it go. */
static int keep(struct task *t, struct kobject *o)
{
	long handle = handle_add_to(t, o, RIGHTS_ALL, 0);

	if (handle < 0)
		kobject_put(o);
	return handle < 0 ? (int)handle : 0;
}

static int with_interrupt(struct task *t, struct notification *n)
{
	struct kobject *i;
	int err;

	kobject_get(&n->object);
	i = interrupt_create(1, &n->object, 1, &err);
	if (!i) {
		kobject_put(&n->object);
		return err == -E_INVAL ? 0 : err; /* no PLIC */
	}
	return keep(t, i);
}

static int fill(struct task *t)
{
	struct endpoint *ep = endpoint_create();
	struct notification *n;
	int err = ep ? keep(t, &ep->object) : -E_NOMEM;

	if (err)
		return err;
	n = notification_create();
	if (!n)
		return -E_NOMEM;
	err = with_interrupt(t, n);
	if (err)
		kobject_put(&n->object);
	else
		err = keep(t, &n->object);
	if (!err && !thread_create(t, 0x1000, 0x2000, 7))
		err = -E_NOMEM;
	return err;
}

static int life_of_a_task(void)
{
	struct task *t = new_task();
	int err;

	if (!t)
		return -E_NOMEM;
	err = fill(t);
	kobject_put(&t->object);
	return err;
}

TEST(creation_fails_cleanly_at_every_structure)
{
	uint64_t before = quiet_frames(), n = 0;
	int err = -E_NOMEM;

	for (; err; n++) {
		slab_fail_after(n);
		err = life_of_a_task();
		slab_fail_after(SLAB_NEVER);
		CHECK_EQ(quiet_frames(), before);
		CHECK(err == 0 || err == -E_NOMEM);
		CHECK(n < 32);
	}
	CHECK(n > 4); /* space, task, endpoint, notification, thread */
}

TEST(creation_fails_cleanly_at_every_frame)
{
	uint64_t before = quiet_frames();
	int err = -E_NOMEM;
	long n = 0;

	for (; err; n++) {
		frame_fail_after(n);
		err = life_of_a_task();
		frame_fail_after(-1);
		CHECK_EQ(quiet_frames(), before);
		CHECK(err == 0 || err == -E_NOMEM);
		CHECK(n < 64);
	}
	CHECK(n > 6); /* slabs, the root, the handle table */
}

/* The number of a closed handle does not come back before two million others. */
TEST(a_handles_number_moves_on)
{
	struct task *t = new_task();
	struct notification *n = notification_create();
	long first, next;

	kobject_get(&n->object);
	first = handle_add_to(t, &n->object, RIGHTS_ALL, 0);
	CHECK_EQ(first, 1);
	CHECK_EQ(handle_close_in(t, (uint64_t)first), 0);
	CHECK_EQ(handle_close_in(t, (uint64_t)first), -E_STALE);
	kobject_get(&n->object);
	next = handle_add_to(t, &n->object, RIGHTS_ALL, 0);
	CHECK_EQ(next, 0x10001);
	CHECK_EQ(handle_close_in(t, 2), -E_BADF);
	kobject_put(&t->object);
	CHECK_EQ(n->object.refs, 1);
	kobject_put(&n->object);
}

/* What ends while something is ended waits: no depth, whatever the chain. */
TEST(a_chain_of_tasks_ends_in_a_flat_stack)
{
	struct task *last = new_task();

	for (unsigned i = 0; i < 200; i++) {
		struct task *t = new_task();

		CHECK_EQ(keep(t, &last->object), 0);
		last = t;
	}
	kobject_put(&last->object);
}
