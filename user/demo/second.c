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
	uint64_t order, at, pages, apart;
	uint64_t right;
};

static volatile struct talk *talk;
static uint64_t space, task, thread, object;

/* Only the clone writes to its copy. */
static char stack[2 * PAGE] __attribute__((aligned(4096)));

/* ---- in the clone -------------------------------------------------------- */

static void obey(void)
{
	uint64_t right = 0;

	for (uint64_t i = 0; i < talk->pages; i++) {
		uint64_t at = talk->at + i * talk->apart * PAGE;
		volatile uint64_t *word = (volatile uint64_t *)at; // NOLINT

		if (talk->order == SECOND_WRITES)
			*word = at;
		else
			right += *word == at;
	}
	talk->right = right;
}

static __attribute__((used, noinline)) void run(void)
{
	for (;;) {
		while (__atomic_load_n(&talk->given, __ATOMIC_ACQUIRE) ==
		       talk->done)
			thread_yield();
		obey();
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

void second_tell(enum second_order order, const char *at, unsigned pages,
		 unsigned apart)
{
	talk->order = order;
	talk->at = (uint64_t)at;
	talk->pages = pages;
	talk->apart = apart;
	__atomic_store_n(&talk->given, talk->given + 1, __ATOMIC_RELEASE);
}

bool second_is_done(void)
{
	return __atomic_load_n(&talk->done, __ATOMIC_ACQUIRE) == talk->given;
}

uint64_t second_found_right(void)
{
	return talk->right;
}

bool second_waits_for_page(void)
{
	struct thread_info t;

	return thread_list(task, 0, &t, 1) == 1 &&
	       t.activity == THREAD_WAITS_PAGE;
}

bool second_has_failed(void)
{
	struct task_info t;

	return task_info(task, &t) < 0 || t.ended;
}
