/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stress_thread.c - threads come and go on all harts: some end by themselves,
 * others are stopped, started again, ended from outside at any moment, or never
 * start. The task has as many threads at the end as at the beginning.
 */
#include "stress.h"

#define ROUNDS 150u
#define SLOTS  4u
#define MOST   8u

/* A stack is used again when its thread is gone: nobody ends on another's. */
static char stacks[MOST][SLOTS][1024] __attribute__((aligned(16)));
static uint64_t lives[MOST][SLOTS]; /* handle */
static uint64_t ran, bell;

static __attribute__((used, noinline)) void life(uint64_t name)
{
	struct random r = {name};
	uint64_t bits;

	add(&ran, 1);
	switch (random_below(&r, 4)) {
	case 0:
		while (random_below(&r, 200))
			thread_yield();
		break;
	case 1:
		sleep_until(now() + random_below(&r, 300000));
		break;
	case 2:
		notification_wait(bell, 1, now() + random_below(&r, 300000),
				  &bits);
		break;
	}
	for (;;)
		thread_exit(0);
}

/* A new thread has no gp. */
static __attribute__((naked)) void life_entry(__attribute__((unused))
					      uint64_t name)
{
	__asm__ volatile(".option push\n.option norelax\n\t"
			 "lla gp, __global_pointer$\n.option pop\n\t"
			 "tail life");
}

static void begin(unsigned m, unsigned slot, struct random *r)
{
	long t = thread_create(SELF, (const void *)(uintptr_t)life_entry,
			       stacks[m][slot] + sizeof(stacks[m][slot]),
			       random_word(r));

	CHECK(t > 0);
	lives[m][slot] = (uint64_t)t;
	if (random_once_in(r, 2))
		CHECK_EQ(
			thread_schedule((uint64_t)t, PRIORITY_DEFAULT,
					1ul << random_below(r, stress_harts())),
			0);
	if (!random_once_in(r, 8))
		CHECK_EQ(thread_control((uint64_t)t, THREAD_START), 0);
}

/* Started or not, running, waiting, stopped or gone: all is fair. */
static void meddle(uint64_t thread, struct random *r)
{
	static const unsigned operations[] = {THREAD_STOP, THREAD_START,
					      THREAD_CANCEL};
	struct registers registers;
	long err;

	if (random_once_in(r, 4))
		notification_signal(bell, 1);
	err = thread_control(thread, operations[random_below(r, 3)]);
	CHECK(!err || err == -E_INVAL || err == -E_AGAIN || err == -E_STALE);
	err = thread_registers(thread, REGISTERS_READ, &registers);
	CHECK(!err || err == -E_BUSY || err == -E_STALE);
}

/* It is about to end, or has: no notice is lost, and none comes early. */
static void be_told(uint64_t thread)
{
	uint64_t n = (uint64_t)notification_create(), bits;

	CHECK_EQ(handle_watch(thread, n, 1), 0);
	CHECK_EQ(notification_wait(n, 1, now() + PATIENCE, &bits), 0);
	CHECK_EQ(thread_control(thread, THREAD_START), -E_STALE);
	CHECK_EQ(handle_close(n), 0);
}

/* Until its handle says that it has ended. */
static void see_its_end(uint64_t thread, bool at_once)
{
	uint64_t until = now() + PATIENCE;
	long err;

	if (at_once) {
		thread_control(thread, THREAD_END);
		be_told(thread);
	}
	for (;;) {
		err = thread_control(thread, THREAD_START);
		if (err == -E_STALE)
			break;
		CHECK(now() < until);
		thread_yield();
		if (now() > until - PATIENCE / 2)
			thread_control(thread, THREAD_END);
	}
	CHECK_EQ(handle_close(thread), 0);
}

static void mother(uint64_t m)
{
	struct random r = {m};

	for (unsigned n = 0; n < ROUNDS; n++) {
		unsigned slot = (unsigned)random_below(&r, SLOTS);

		if (!lives[m][slot]) {
			begin(m, slot, &r);
			if (random_once_in(&r, 2))
				thread_yield();
			continue;
		}
		if (random_once_in(&r, 2))
			thread_yield();
		for (unsigned i = random_below(&r, 3) ? 0 : 2; i < 3; i++)
			meddle(lives[m][slot], &r);
		if (random_once_in(&r, 2)) {
			see_its_end(lives[m][slot], true);
			lives[m][slot] = 0;
		}
	}
	for (unsigned i = 0; i < SLOTS; i++)
		if (lives[m][i])
			see_its_end(lives[m][i], i & 1);
}

int main(void)
{
	unsigned mothers = stress_harts();
	struct task_info info;

	bell = (uint64_t)notification_create();
	for (unsigned i = 0; i < mothers; i++)
		stress_begin(mother, i, i);
	stress_wait(mothers);
	do
		CHECK_EQ(task_info(SELF, &info), 0);
	while (info.threads > 1);
	printf("# thread: %lu ran\n", ran);
	CHECK(ran > 0);
	stress_well("thread");
}
