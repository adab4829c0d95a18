/* SPDX-License-Identifier: BSD-2-Clause */
/* second.c - see second.h. */
#include "demo/second.h"
#include "quire.h"
#include <abi/handle.h>

#define PAGE	  4096ul
#define ALL_HARTS (~0ul)

/* In both spaces: the page of an object. */
struct talk {
	uint64_t given, done; /* orders, so far */
	uint64_t at;
};

static volatile struct talk *talk;
static uint64_t space, task, thread, object;

/* Only the clone writes to its copy. */
static char stack[2 * PAGE] __attribute__((aligned(4096)));

/* ---- in the clone -------------------------------------------------------- */

static __attribute__((used, noinline)) void run(void)
{
	for (;;) {
		while (__atomic_load_n(&talk->given, __ATOMIC_ACQUIRE) ==
		       talk->done)
			thread_yield();
		(void)*(volatile char *)talk->at; // NOLINT
		__atomic_store_n(&talk->done, talk->done + 1, __ATOMIC_RELEASE);
	}
}

/* A new thread has no gp. */
static __attribute__((naked)) void enter(void)
{
	__asm__ volatile(".option push\n.option norelax\n\t"
			 "lla gp, __global_pointer$\n.option pop\n\t"
			 "tail run");
}

/* ---- in the tour ----------------------------------------------------------- */

static bool make_talk(void)
{
	long o = object_create(SELF, PAGE, 0), at;

	if (o < 0)
		return false;
	object = (uint64_t)o;
	at = space_map_object(SELF, NULL, PAGE, PROT_R | PROT_W | MAP_SHARED,
			      object, 0);
	talk = at < 0 ? NULL : (volatile struct talk *)at; // NOLINT
	return talk;
}

static bool make_task(void)
{
	long s = space_clone(SELF), t, r;

	if (s < 0)
		return false;
	space = (uint64_t)s;
	t = task_create(space, "clone", 5);
	if (t < 0)
		return false;
	task = (uint64_t)t;
	r = thread_create(task, (const void *)(uintptr_t)enter,
			  stack + sizeof(stack), 0);
	if (r < 0)
		return false;
	thread = (uint64_t)r;
	return !thread_control(thread, THREAD_START);
}

bool second_begin(void)
{
	space = task = thread = object = 0;
	talk = NULL;
	if (!thread_schedule(SELF, PRIORITY_DEFAULT, ALL_HARTS) &&
	    make_talk() && make_task())
		return true;
	second_end();
	return false;
}

void second_end(void)
{
	const uint64_t handles[] = {thread, task, space, object};

	if (task)
		task_end(task, 0);
	while (task && !second_has_failed())
		thread_yield();
	if (talk)
		space_unmap(SELF, (const void *)(uintptr_t)talk, PAGE);
	for (unsigned i = 0; i < 4; i++)
		if (handles[i])
			handle_close(handles[i]);
}

uint64_t second_space(void)
{
	return space;
}

void second_reads(const void *at)
{
	talk->at = (uint64_t)at;
	__atomic_store_n(&talk->given, talk->given + 1, __ATOMIC_RELEASE);
}

bool second_is_done(void)
{
	return __atomic_load_n(&talk->done, __ATOMIC_ACQUIRE) == talk->given;
}

bool second_has_failed(void)
{
	struct task_info t;

	return task_info(task, &t) < 0 || t.ended;
}
