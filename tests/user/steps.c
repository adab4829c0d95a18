/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * steps.c - long calls are done in steps: who is more urgent need not wait for
 * their end, and what ends leaves nothing behind.
 */
#include "regions.h"
#include "threads.h"

#define PAGES 4096ul

static uint64_t bell;
static volatile int inside; /* a long call */
static volatile unsigned seen;

/* Wakes every now and then; has it found a long call half done? */
static void urgent(void *unused)
{
	uint64_t bits;

	(void)unused;
	while (!notification_wait(bell, 1, NEVER, &bits))
		seen += inside != 0;
}

static uint64_t door;
static volatile int told;

static void calls_door(void *unused)
{
	struct message m = {.word = {1}};

	(void)unused;
	told = ipc_call(door, &m) == -E_PEER ? 1 : 2;
}

/* Who is woken by what ends here, and is more urgent, goes first. */
static void a_close_lets_the_urgent_go_first(void)
{
	CHECK_EQ(told, 0);
	CHECK_EQ(handle_close(door), 0);
	CHECK_EQ(told, 1);
}

static char *touched(void)
{
	long p = space_map(SELF, NULL, PAGES * PAGE, RW, 0, NULL);

	CHECK(p > 0);
	for (uint64_t i = 0; i < PAGES; i++)
		((volatile char *)p)[i * PAGE] = 1;
	return (char *)p;
}

static void ring_soon(uint64_t ns)
{
	CHECK_EQ(notification_timer(bell, 1, (uint64_t)time_now() + ns), 0);
}

/* A call is met half done by a timer that comes while it is at it. */
static void an_urgent_thread_gets_in_between(void)
{
	long err;

	seen = 0;
	for (uint64_t ns = 10000; !seen; ns += 10000) {
		char *p = touched();

		CHECK(ns < 3000000); /* it was never met */
		ring_soon(ns);
		inside = 1;
		err = space_unmap(SELF, p, PAGES * PAGE);
		inside = 0;
		CHECK_EQ(err, 0);
		CHECK_EQ(space_protect(SELF, p, PAGES * PAGE, PROT_R),
			 -E_NOMEM);
	}
}

static void a_protection_holds_everywhere_after_its_steps(void)
{
	char *p = touched();
	struct regions all = {.space = SELF, .from = (uint64_t)p};
	struct region_info r;
	uint64_t before;

	CHECK_EQ(space_protect(SELF, p, PAGES * PAGE, PROT_R), 0);
	CHECK(regions_next(&all, &r));
	CHECK_EQ(r.start, (uint64_t)p);
	CHECK_EQ(r.end, (uint64_t)p + PAGES * PAGE);
	CHECK_EQ(r.prot, PROT_R);
	CHECK_EQ(r.resident, PAGES);
	CHECK_EQ(r.flags & MAP_PART, 0);
	CHECK_EQ(space_protect(SELF, p, PAGES * PAGE, RW), 0);
	before = counts().zeroed;
	for (uint64_t i = 0; i < PAGES; i++) {
		CHECK_EQ(p[i * PAGE], 1);
		((volatile char *)p)[i * PAGE] = 2;
	}
	CHECK_EQ(counts().zeroed, before);
	CHECK_EQ(space_unmap(SELF, p, PAGES * PAGE), 0);
}

/* The argument registers tell what is left of a call that failed. */
static void an_error_says_what_is_left(void)
{
	char *p = touched();
	register uint64_t a0 __asm__("a0") = SELF;
	register uint64_t a1 __asm__("a1") = (uint64_t)p;
	register uint64_t a2 __asm__("a2") = PAGES * PAGE;
	register uint64_t a3 __asm__("a3") = PROT_R;
	register uint64_t a7 __asm__("a7") = CALL_space_protect;

	CHECK_EQ(space_unmap(SELF, p + (PAGES - 1) * PAGE, PAGE), 0);
	a0 = SELF;
	a1 = (uint64_t)p;
	a2 = PAGES * PAGE;
	a3 = PROT_R;
	a7 = CALL_space_protect;
	__asm__ volatile("ecall"
			 : "+r"(a0), "+r"(a1), "+r"(a2)
			 : "r"(a3), "r"(a7)
			 : "memory");
	CHECK_EQ((long)a0, -E_NOMEM);
	CHECK(a1 > (uint64_t)p && a1 + a2 == (uint64_t)p + PAGES * PAGE);
	CHECK_EQ(space_unmap(SELF, p, PAGES * PAGE), 0);
}

/* ---- ends -------------------------------------------------------------- */

/* This hart does all of it before it goes on here. */
static void memory_is_back_when_the_last_handle_is_closed(void)
{
	uint64_t object = (uint64_t)object_create(SELF, PAGES * PAGE, 0);
	char *p = (char *)space_map_object(SELF, NULL, PAGES * PAGE,
					   RW | MAP_SHARED, object, 0);
	uint64_t free;

	for (uint64_t i = 0; i < PAGES; i++)
		((volatile char *)p)[i * PAGE] = 1;
	CHECK_EQ(space_unmap(SELF, p, PAGES * PAGE), 0);
	free = counts().free;
	CHECK_EQ(handle_close(object), 0);
	CHECK(counts().free >= free + PAGES);
}

#define MANY 300u

static char stack[64] __attribute__((aligned(16)));

/* Threads, handles, memory, and a chain of tasks: all of it goes with a task. */
static uint64_t a_full_task(uint64_t object)
{
	uint64_t space = (uint64_t)space_create(), task, far;

	task = (uint64_t)task_create(space, "full", 4);
	for (unsigned i = 0; i < MANY; i++) {
		long t = thread_create(task, stack, stack, i);

		CHECK(t > 0);
		CHECK(handle_duplicate(task, (uint64_t)t, ~0u, 0) > 0);
		CHECK_EQ(handle_close((uint64_t)t), 0);
		far = ((uint64_t)i % 200 + 1) << 30;
		if (i < 200)
			CHECK_EQ(space_map_object(space, (const void *)far,
						  PAGE,
						  RW | MAP_SHARED | MAP_FIXED,
						  object, 0),
				 (long)far);
	}
	CHECK_EQ(handle_close(space), 0);
	return task;
}

static void much_ends_at_once_and_nothing_is_left(void)
{
	uint64_t object = (uint64_t)object_create(SELF, PAGE, 0);
	uint64_t over = (uint64_t)notification_create(), bits, task;
	struct task_info info;
	uint64_t free = 0;

	for (int round = 0; round < 3; round++) {
		task = a_full_task(object);
		CHECK_EQ(handle_watch(task, over, 1), 0);
		CHECK_EQ(task_end(task, 9), 0);
		CHECK_EQ(notification_wait(over, 1, NEVER, &bits), 0);
		CHECK_EQ(task_info(task, &info), 0);
		CHECK_EQ(info.threads, 0);
		CHECK_EQ(info.handles, 0);
		CHECK_EQ(info.status, 9);
		CHECK_EQ(thread_create(task, stack, stack, 0), -E_STALE);
		CHECK_EQ(handle_close(task), 0);
		if (round == 0)
			free = counts().free;
	}
	for (int i = 0; counts().free + 64 < free; i++) {
		CHECK(i < 1000); /* structures wait for every hart */
		sleep_until((uint64_t)time_now() + MS);
	}
	CHECK_EQ(handle_close(over), 0);
	CHECK_EQ(handle_close(object), 0);
}

int main(void)
{
	uint64_t t;

	bell = (uint64_t)notification_create();
	CHECK_EQ(thread_schedule(SELF, PRIORITY_DEFAULT, 1), 0);
	t = run(urgent, NULL);
	door = (uint64_t)endpoint_create();
	run(calls_door, NULL);
	CHECK_EQ(thread_schedule(SELF, PRIORITY_DEFAULT - 1, 1), 0);
	a_close_lets_the_urgent_go_first();
	an_urgent_thread_gets_in_between();
	a_protection_holds_everywhere_after_its_steps();
	an_error_says_what_is_left();
	memory_is_back_when_the_last_handle_is_closed();
	much_ends_at_once_and_nothing_is_left();
	CHECK_EQ(task_end(SELF, 0), 0);
	(void)t;
	return 0;
}
