/* SPDX-License-Identifier: BSD-2-Clause */
/* ipc_rows.c - what threads and messages cost: between two threads of a space. */
#include "ipc.h"
#include "rows.h"
#include <stdio.h>

#define STACK 8192

static char stacks[2][STACK] __attribute__((aligned(16)));
static uint64_t door, bell;

static void fail(const char *what, long err)
{
	printf("bench: %s: error %ld\n", what, err);
	thread_exit(1);
}

static uint64_t thread(int n, void (*entry)(uint64_t))
{
	long t = thread_create(SELF, (const void *)(uintptr_t)entry,
			       stacks[n] + STACK, 0);

	if (t < 0)
		fail("thread_create", t);
	thread_control((uint64_t)t, THREAD_START);
	return (uint64_t)t;
}

/*
 * The markers are on both sides: a call ends where the server goes on, a reply
 * where the client does.
 */
static void echo(uint64_t name)
{
	struct message m = {.word = {0}};
	long err = ipc_receive(door, &m);

	(void)name;
	END(20);
	while (!err) {
		BEGIN(21);
		err = ipc_reply_receive(door, &m);
		END(20);
	}
	thread_exit(0);
}

static void round_trips(void)
{
	struct message m = {.word = {1, 2, 3, 4, 5, 6}};

	door = (uint64_t)endpoint_create();
	thread(0, echo);
	thread_yield();
	for (int i = 0; i < 64; i++) {
		BEGIN(22);
		BEGIN(20);
		ipc_call(door, &m);
		END(21);
		END(22);
	}
	handle_close(door);
}

/* ---- yields ------------------------------------------------------------- */

static void yielder(uint64_t name)
{
	(void)name;
	for (int i = 0; i < 33; i++)
		thread_yield();
	thread_exit(0);
}

static void yields(void)
{
	thread(0, yielder);
	thread_yield();
	BEGIN(23);
	for (int i = 0; i < 32; i++)
		thread_yield();
	END(23);
	thread_yield();
}

/* ---- signals ------------------------------------------------------------ */

static void waiter(uint64_t name)
{
	uint64_t bits;

	(void)name;
	while (!notification_wait(bell, 1, NEVER, &bits))
		END(25);
	thread_exit(0);
}

static void signals(void)
{
	uint64_t t;

	bell = (uint64_t)notification_create();
	for (int i = 0; i < 8; i++) {
		BEGIN(24);
		notification_signal(bell, 2);
		END(24);
	}
	t = thread(0, waiter);
	thread_schedule(t, 16, 0xff);
	thread_yield();
	thread_schedule(SELF, 15, 0xff);
	for (int i = 0; i < 8; i++) {
		BEGIN(25);
		notification_signal(bell, 1);
	}
	handle_close(bell);
}

/* ---- faults ------------------------------------------------------------- */

static void handler(uint64_t name)
{
	struct message m = {.word = {0}};
	long err = ipc_receive(door, &m);

	(void)name;
	while (!err) {
		m.word[0] = HANDLER_RETURN;
		err = ipc_reply_receive(door, &m);
	}
	thread_exit(0);
}

/* A store that nothing permits; the handler passes over it. */
static inline __attribute__((always_inline)) void touch_nowhere(void)
{
	__asm__ volatile(".option push\n.option norvc\n"
			 "li a0, 8\nsd a0, 0(a0)\n.option pop"
			 :
			 :
			 : "a0", "memory");
}

/* A foreign call is the shortest way to a handler and back. */
static void foreign_calls(void)
{
	door = (uint64_t)endpoint_create();
	thread(0, handler);
	thread_yield();
	task_handler(SELF, door);
	for (int i = 0; i < 16; i++) {
		BEGIN(26);
		quire_call0(1);
		END(26);
	}
	for (int i = 0; i < 16; i++) {
		BEGIN(27);
		touch_nowhere();
		END(27);
	}
	task_handler(SELF, SELF);
	handle_close(door);
}

void ipc_rows(void)
{
	round_trips();
	yields();
	signals();
	foreign_calls();
}
