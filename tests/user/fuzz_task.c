/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fuzz_task.c - a task that fuzzes. Its first thread is the watchdog: it breaks
 * off waits that would never end, lets stopped threads go on, and ends the task
 * when it has made its calls.
 */
#include "fuzz.h"
#include "ipc.h"
#include <string.h>

#define PAGE 4096ul

static struct fuzz_shared *const shared = (struct fuzz_shared *)FUZZ_SHARED;

static uint64_t calls_made(void)
{
	return __atomic_load_n(&shared->calls, __ATOMIC_RELAXED);
}

/* Touches now and then what it maps. */
static void touch(struct random *r)
{
	volatile char *at = (volatile char *)FUZZ_ARENA +
			    random_below(r, FUZZ_PAGES) * PAGE;

	if (random_once_in(r, 2))
		*at = 1;
	else
		(void)*at;
}

static __attribute__((used, noinline)) void fuzz_thread(uint64_t name)
{
	struct random r = {shared->seed ^ name * 0x9e3779b97f4a7c15};

	while (calls_made() < shared->wanted) {
		fuzz_call(&r);
		__atomic_add_fetch(&shared->calls, 1, __ATOMIC_RELAXED);
		if (random_once_in(&r, 200))
			touch(&r);
	}
	thread_exit(0);
}

/* A new thread has no gp. */
__attribute__((naked)) void fuzz_thread_entry(__attribute__((unused))
					      uint64_t name)
{
	__asm__ volatile(".option push\n.option norelax\n\t"
			 "lla gp, __global_pointer$\n.option pop\n\t"
			 "tail fuzz_thread");
}

/* Half of it there, half of that not to be written. */
static void make_arena(void)
{
	space_map(SELF, (const void *)FUZZ_ARENA, FUZZ_PAGES / 2 * PAGE,
		  PROT_R | PROT_W, MAP_FIXED, NULL);
	space_protect(SELF, (const void *)(FUZZ_ARENA + 16 * PAGE), 8 * PAGE,
		      PROT_R);
}

static void fill_pool(void)
{
	for (unsigned i = 0; i < FUZZ_POOL; i++)
		fuzz_take(i, shared->handle[i % shared->given]);
	for (unsigned i = FUZZ_GIVEN; i + 4 < FUZZ_POOL; i += 4) {
		fuzz_take(i, (uint64_t)notification_create());
		fuzz_take(i + 2,
			  (uint64_t)object_create(SELF, (i & 7) * PAGE + 1, 0));
	}
}

int fuzz_task(void)
{
	long thread[FUZZ_THREADS];

	make_arena();
	fill_pool();
	for (unsigned i = 0; i < FUZZ_THREADS; i++) {
		thread[i] = thread_create(
			SELF, (const void *)(uintptr_t)fuzz_thread_entry,
			fuzz_stacks[i + 1], i + 1);
		fuzz_take(FUZZ_POOL - 1 - i, (uint64_t)thread[i]);
		thread_control((uint64_t)thread[i], THREAD_START);
	}
	while (calls_made() < shared->wanted) {
		sleep_until((uint64_t)time_now() + 200000);
		for (unsigned i = 0; i < FUZZ_THREADS; i++) {
			thread_control((uint64_t)thread[i], THREAD_START);
			thread_control((uint64_t)thread[i], THREAD_CANCEL);
		}
	}
	for (;;)
		task_end(SELF, 0);
}
