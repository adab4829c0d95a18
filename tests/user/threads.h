/* SPDX-License-Identifier: BSD-2-Clause */
/* threads.h - threads of a test program; a check that fails ends them all. */
#ifndef TESTS_USER_THREADS_H
#define TESTS_USER_THREADS_H
#include "check.h"
#include "ipc.h"
#include "thread.h"

#undef exit
#define exit(status) task_end(SELF, status)

#define MS 1000000ul

static inline uint64_t run(void (*f)(void *), void *argument)
{
	long t = thread_begin(f, argument, 1, THREAD_STACK);

	CHECK(t > 0);
	return (uint64_t)t;
}

/* What the thread is doing, as listings say it. */
static inline unsigned doing(uint64_t skip)
{
	struct thread_info i;

	CHECK_EQ(thread_list(SELF, skip, &i, 1), 1);
	return i.activity;
}

/* Until the thread in that place of the list does that. */
static inline void wait_until(uint64_t place, unsigned activity)
{
	for (int i = 0; doing(place) != activity; i++) {
		CHECK(i < 100000);
		sleep_until((uint64_t)time_now() + MS / 10);
	}
}

/* How many threads there are. */
static inline long threads(void)
{
	struct task_info i;

	CHECK_EQ(task_info(SELF, &i), 0);
	return i.threads;
}

static inline void wait_for_threads(long n)
{
	for (int i = 0; threads() != n; i++) {
		CHECK(i < 100000);
		sleep_until((uint64_t)time_now() + MS / 10);
	}
}

#endif
