/* SPDX-License-Identifier: BSD-2-Clause */
/* thread_calls.c - calls about the calling thread, and time. */
#include "arch/interrupt.h"
#include "sys/sys.h"
#include "task/sched.h"

#define NS_PER_SECOND 1000000000ul

long sys_nothing(const uint64_t arg[6])
{
	(void)arg;
	return ABI_VERSION;
}

long sys_thread_exit(const uint64_t arg[6])
{
	thread_exit((int)arg[0], 0);
	return 0;
}

long sys_thread_yield(const uint64_t arg[6])
{
	(void)arg;
	this_cpu()->frame->x[X_A0] = 0;
	sched_yield();
	return 0;
}

/* Whole seconds apart, so that the product does not overflow. */
long sys_time_now(const uint64_t arg[6])
{
	uint64_t t = time_now(), f = time_frequency;

	(void)arg;
	return (long)(t / f * NS_PER_SECOND + t % f * NS_PER_SECOND / f);
}
