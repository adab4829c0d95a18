/* SPDX-License-Identifier: BSD-2-Clause */
/* ipc.c - messages between threads of one task: words, errors, deadlines. */
#include "ipc.h"
#include "check.h"

#define STACK 16384

static char stacks[4][STACK] __attribute__((aligned(16)));

static long start(int n, void (*entry)(uint64_t), uint64_t name)
{
	long t = thread_create(SELF, (const void *)(uintptr_t)entry,
			       stacks[n] + STACK, name);

	CHECK(t > 0);
	CHECK_EQ(thread_control((uint64_t)t, THREAD_START), 0);
	return t;
}

static uint64_t door;

/* Adds the words; a first word of 0 ends it. */
static void adder(uint64_t name)
{
	struct message m = {.word = {0}};
	long err = ipc_receive(door, &m);

	(void)name;
	while (!err) {
		uint64_t end = !m.word[0];

		CHECK(m.came & IPC_ASKS);
		m.word[0] = m.word[0] + m.word[1] + m.word[2] + m.word[3] +
			    m.word[4] + m.word[5];
		m.word[1] = m.badge;
		if (end) {
			CHECK_EQ(ipc_reply(SELF, &m), 0);
			break;
		}
		err = ipc_reply_receive(door, &m);
	}
	CHECK_EQ(err, 0);
	thread_exit(0);
}

static void words_go_there_and_back(void)
{
	struct message m;

	door = (uint64_t)endpoint_create();
	CHECK((long)door > 0);
	start(0, adder, 1);
	for (uint64_t i = 1; i < 1000; i++) {
		m = (struct message){.word = {i, 2, 3, 4, 5, 6}};
		CHECK_EQ(ipc_call(door, &m), 0);
		CHECK_EQ(m.word[0], i + 20);
		CHECK_EQ(m.word[1], 0);
	}
	m = (struct message){.word = {0, 1}};
	CHECK_EQ(ipc_call(door, &m), 0);
	CHECK_EQ(m.word[0], 1);
	CHECK_EQ(handle_close(door), 0);
}

int main(void)
{
	words_go_there_and_back();
	return 0;
}
