/* SPDX-License-Identifier: BSD-2-Clause */
/* stress.c - threads on all harts, waited for. */
#include "stress.h"
#include "libc.h"
#include "thread.h"

#define MOST 64

static struct start {
	void (*run)(uint64_t);
	uint64_t argument;
} starts[MOST];
static uint64_t started, done;

void stress_end(int status)
{
	libc_flush();
	for (;;)
		task_end(SELF, status);
}

unsigned stress_harts(void)
{
	return (unsigned)counts().harts;
}

static void run_one(void *at)
{
	struct start *s = at;

	s->run(s->argument);
	add(&done, 1);
}

uint64_t stress_begin(void (*run)(uint64_t), uint64_t argument, unsigned hart)
{
	uint64_t n = add(&started, 1) - 1;
	long thread;

	CHECK(n < MOST);
	starts[n] = (struct start){run, argument};
	thread = thread_begin(run_one, &starts[n], n + 1, 4 * PAGE);
	CHECK(thread > 0);
	if (hart != ~0u)
		CHECK_EQ(thread_schedule((uint64_t)thread, PRIORITY_DEFAULT,
					 1ul << hart),
			 0);
	return (uint64_t)thread;
}

unsigned stress_done(void)
{
	return (unsigned)load(&done);
}

void stress_wait(unsigned wanted)
{
	uint64_t until = now() + PATIENCE;

	while (stress_done() < wanted) {
		CHECK(now() < until); /* else somebody waits for ever */
		sleep_until(now() + 2000000);
	}
}

void stress_well(const char *what)
{
	printf("# %s: %lu lock waits\n", what, counts().lock_waits);
	stress_end(0);
}
