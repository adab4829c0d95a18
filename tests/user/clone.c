/* SPDX-License-Identifier: BSD-2-Clause */
/* clone.c - copy-on-write between a task and a task in a clone of its space. */
#include "check.h"
#include "forked.h"
#include "ipc.h"

#define PAGES 600ul /* more than a leaf table has */

static struct forked child;
static volatile uint64_t value = 5, others[3] = {1, 2, 3};
static volatile uint64_t *memory, *common;
static char text[64];

enum {
	READS = 1,
	WRITES,
	CHAIN,
	LEAVES_STACK,
	WRITES_SHARED,
	TOUCHES_NOTHING_MAPPED,
	SPINS,
};

static int read_all(void)
{
	for (uint64_t i = 0; i < PAGES; i++)
		if (memory[i * 512] != i)
			return 1;
	return value == 5 && others[1] == 2 && text[0] == 0 ? 0 : 2;
}

static int write_all(void)
{
	int err = read_all();

	for (uint64_t i = 0; i < PAGES; i++)
		memory[i * 512] = ~i;
	value = 6;
	text[0] = 'x';
	for (uint64_t i = 0; i < PAGES; i++)
		if (memory[i * 512] != ~i)
			err = 3;
	return err;
}

/* Each forks the next, and changes what it has first. */
static int chain(uint64_t depth)
{
	struct forked next = {.over = (uint64_t)notification_create()};

	if (memory[depth * 512] != depth)
		return 4;
	memory[depth * 512] = 1000 + depth;
	if (depth == 12)
		return 0;
	if (fork_off(&next, CHAIN | (depth + 1) << 8))
		return 5;
	if (fork_wait(&next))
		return 6;
	return memory[(depth + 1) * 512] == depth + 1 ? 0 : 7;
}

static __attribute__((noinline)) int deep(int n)
{
	volatile char frame[2000];

	frame[0] = (char)n;
	return n ? deep(n - 1) + (frame[0] != (char)n) : 0;
}

int forked_child(uint64_t argument)
{
	switch (argument & 0xff) {
	case READS:
		return read_all();
	case WRITES:
		return write_all();
	case CHAIN:
		return chain(argument >> 8);
	case LEAVES_STACK:
		return deep(4);
	case WRITES_SHARED:
		for (uint64_t i = 0; i < 8; i++)
			common[i * 512] = 70 + i;
		return 0;
	case SPINS:
		for (;;)
			__asm__ volatile("" ::: "memory");
	case TOUCHES_NOTHING_MAPPED:
		return *(volatile char *)0x1230000000ul;
	}
	return 99;
}

static long fork_and_wait(uint64_t argument)
{
	CHECK_EQ(fork_off(&child, argument), 0);
	return fork_wait(&child);
}

static void fill(void)
{
	for (uint64_t i = 0; i < PAGES; i++)
		memory[i * 512] = i;
}

static void neither_sees_what_the_other_writes(void)
{
	CHECK_EQ(fork_and_wait(READS), 0);
	CHECK_EQ(fork_and_wait(WRITES), 0);
	CHECK_EQ(read_all(), 0);
	CHECK_EQ(fork_off(&child, WRITES), 0);
	for (uint64_t i = 0; i < PAGES; i++)
		CHECK_EQ(memory[i * 512], i);
	CHECK_EQ(fork_wait(&child), 0);
	CHECK_EQ(read_all(), 0);
}

/* Whether the writes after a clone's end met no fault. */
static int writes_meet_no_fault(void)
{
	struct memory_info before;

	fill(); /* of what earlier clones have left it is the sole owner */
	CHECK_EQ(fork_and_wait(LEAVES_STACK), 0);
	for (uint64_t i = 0; i < PAGES; i += 100)
		memory[i * 512] = i; /* its tables are linked again */
	memory[(PAGES - 1) * 512] = PAGES - 1;
	before = counts();
	fill();
	return counts().copied == before.copied &&
	       counts().faults == before.faults;
}

/* The task has ended; its space may take a moment more, on another hart. */
static void a_clone_that_is_gone_leaves_no_fault_behind(void)
{
	unsigned tries = 100;

	while (!writes_meet_no_fault())
		CHECK(--tries > 0);
}

static void generations(void)
{
	CHECK_EQ(fork_and_wait(CHAIN), 0);
	CHECK_EQ(read_all(), 0);
}

static void shared_memory_is_shared(void)
{
	uint64_t o = (uint64_t)object_create(SELF, 8 * PAGE, 0);

	common = (volatile uint64_t *)space_map_object(SELF, NULL, 8 * PAGE,
						       RW | MAP_SHARED, o, 0);
	for (uint64_t i = 0; i < 4; i++)
		common[i * 512] = i;
	CHECK_EQ(fork_and_wait(WRITES_SHARED), 0);
	for (uint64_t i = 0; i < 8; i++)
		CHECK_EQ(common[i * 512], 70 + i);
	CHECK_EQ(space_unmap(SELF, (const void *)common, 8 * PAGE), 0);
	CHECK_EQ(handle_close(o), 0);
}

static void faults_are_its_own(void)
{
	CHECK_EQ(fork_and_wait(TOUCHES_NOTHING_MAPPED), 1013);
	CHECK_EQ(read_all(), 0);
}

#define SPINNERS 40u

static char stacks[SPINNERS][2048] __attribute__((aligned(16)));

/* How many of the first threads of a task run at this moment. */
static unsigned running(uint64_t task)
{
	struct thread_info first[THREADS_MAX];
	long n = thread_list(task, 0, first, THREADS_MAX);
	unsigned run = 0;

	CHECK_EQ(n, THREADS_MAX);
	for (long i = 0; i < n; i++)
		run += first[i].activity == THREAD_IS_RUNNING;
	return run;
}

/* More than are told in one step, some of them running; and none comes after it. */
static void all_threads_of_a_task_end_with_it(void)
{
	CHECK_EQ(fork_off(&child, SPINS), 0);
	for (unsigned i = 0; i < SPINNERS; i++) {
		long t = thread_create(child.task, forked_begin,
				       stacks[i] + sizeof(stacks[i]), SPINS);

		CHECK(t > 0);
		CHECK_EQ(thread_control((uint64_t)t, THREAD_START), 0);
		CHECK_EQ(handle_close((uint64_t)t), 0);
	}
	while (counts().harts > 2 && running(child.task) < 2)
		thread_yield();
	CHECK_EQ(task_end(child.task, 7), 0);
	CHECK_EQ(thread_create(child.task, forked_begin, stacks[1], SPINS),
		 -E_STALE);
	CHECK_EQ(fork_wait(&child), 7);
}

static void what_cannot_be_cloned(void)
{
	uint64_t weak = (uint64_t)handle_duplicate(
		SELF, (uint64_t)space_create(), RIGHT_READ, 0);

	CHECK_EQ(space_clone(weak), -E_PERM);
	CHECK_EQ(space_clone(child.over), -E_TYPE);
	CHECK_EQ(space_clone(99999), -E_BADF);
}

int main(void)
{
	child.over = (uint64_t)notification_create();
	memory = (volatile uint64_t *)space_map(SELF, NULL, PAGES * PAGE, RW, 0,
						NULL);
	fill();
	neither_sees_what_the_other_writes();
	a_clone_that_is_gone_leaves_no_fault_behind();
	generations();
	shared_memory_is_shared();
	faults_are_its_own();
	all_threads_of_a_task_end_with_it();
	what_cannot_be_cloned();
	return 0;
}
