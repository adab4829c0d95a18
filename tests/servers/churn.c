/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * churn - kills a service again and again, and looks whether the machine has as
 * much memory afterwards. The first kills fill what is kept for later use.
 */
#include "check.h"
#include "proto/init.h"

#define KILLS 8

static uint64_t init;
static long lives = 1;

static void kill_some(void)
{
	for (unsigned i = 0; i < KILLS; i++) {
		CHECK_EQ(init_end(init, "victim", 9), 0);
		lives++;
		while (init_count(init, "victim") < lives)
			thread_yield();
	}
}

static long free_frames(void)
{
	struct memory_info m;

	CHECK_EQ(memory_info(&m), 0);
	return (long)m.free;
}

int main(int argc, char **argv, char **envp)
{
	long before, after;

	(void)argc, (void)argv;
	service_begin(envp);
	init = service_handle("init");
	kill_some();
	before = free_frames();
	kill_some();
	after = free_frames();
	printf("churn: %ld frames are missing\n", before - after);
	CHECK(before - after < KILLS);
	return 0;
}
