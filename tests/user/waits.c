/* SPDX-License-Identifier: BSD-2-Clause */
/* waits.c - how every wait can end: by what it was for, and otherwise. */
#include "threads.h"

static uint64_t door, bell;
static volatile long result;
static volatile int ready;

/* Late enough to be ahead still when the call is made. */
static uint64_t soon(void)
{
	return (uint64_t)time_now() + 100 * MS;
}

/* ---- deadlines --------------------------------------------------------------- */

static void deadlines_end_waits(void)
{
	struct ipc_extra e = {.deadline = NOW};
	struct message m = {.extra = &e};
	uint64_t t, bits;

	door = (uint64_t)endpoint_create();
	bell = (uint64_t)notification_create();
	CHECK_EQ(ipc_receive(door, &m), -E_AGAIN);
	m.extra = &e;
	CHECK_EQ(ipc_call(door, &m), -E_AGAIN);
	m.extra = &e;
	CHECK_EQ(ipc_send(door, &m), -E_AGAIN);
	CHECK_EQ(notification_wait(bell, 1, NOW, &bits), -E_AGAIN);
	t = e.deadline = soon();
	m.extra = &e;
	CHECK_EQ(ipc_receive(door, &m), -E_TIMEDOUT);
	CHECK((uint64_t)time_now() >= t);
	e.deadline = soon();
	m.extra = &e;
	CHECK_EQ(ipc_call(door, &m), -E_TIMEDOUT);
	e.deadline = soon();
	m.extra = &e;
	CHECK_EQ(ipc_send(door, &m), -E_TIMEDOUT);
	t = soon();
	CHECK_EQ(notification_wait(bell, 1, t, &bits), -E_TIMEDOUT);
	CHECK((uint64_t)time_now() >= t);
	t = soon();
	CHECK_EQ(sleep_until(t), 0);
	CHECK((uint64_t)time_now() >= t);
	CHECK_EQ(sleep_until(1), 0);
	CHECK_EQ(sleep_until(NEVER), -E_INVAL);
}

/* Receives, and never answers. */
static void silent(void *unused)
{
	struct message m = {.word = {0}};

	(void)unused;
	result = ipc_receive(door, &m);
	ready = 1;
	notification_wait(bell, 4, NEVER, NULL);
	m.word[0] = 5;
	result = ipc_reply(SELF, &m);
}

static void a_deadline_is_for_the_reply_too(void)
{
	struct ipc_extra e = {0};
	struct message m = {.extra = &e};

	run(silent, NULL);
	wait_until(1, THREAD_WAITS_RECEIVE);
	e.deadline = soon();
	CHECK_EQ(ipc_call(door, &m), -E_TIMEDOUT);
	CHECK_EQ(notification_signal(bell, 4), 0);
	wait_for_threads(1);
	CHECK_EQ(result, -E_PEER); /* it came too late */
}

/* ---- from outside ------------------------------------------------------------- */

static void waits_to_send(void *unused)
{
	struct message m = {.word = {0}};

	(void)unused;
	result = ipc_call(door, &m);
}

static void waits_to_receive(void *unused)
{
	struct message m = {.word = {0}};

	(void)unused;
	result = ipc_receive(door, &m);
}

static void waits_for_bits(void *unused)
{
	(void)unused;
	result = notification_wait(bell, 2, NEVER, NULL);
}

static void sleeps(void *unused)
{
	(void)unused;
	result = sleep_until((uint64_t)time_now() + 1000000 * MS);
}

static const struct wait {
	void (*f)(void *);
	unsigned activity;
} waits[] = {
	{waits_to_send, THREAD_WAITS_SEND},
	{waits_to_receive, THREAD_WAITS_RECEIVE},
	{waits_for_bits, THREAD_WAITS_BITS},
	{sleeps, THREAD_WAITS_BITS},
};

#define WAITS (sizeof(waits) / sizeof(waits[0]))

static void every_wait_can_be_cancelled(void)
{
	for (size_t i = 0; i < WAITS; i++) {
		uint64_t t = run(waits[i].f, NULL);

		wait_until(1, waits[i].activity);
		CHECK_EQ(thread_control(t, THREAD_CANCEL), 0);
		wait_for_threads(1);
		CHECK_EQ(result, -E_CANCELED);
		CHECK_EQ(thread_control(t, THREAD_START), -E_STALE);
		CHECK_EQ(handle_close(t), 0);
	}
}

static void every_wait_can_be_stopped(void)
{
	struct registers r;

	for (size_t i = 0; i < WAITS; i++) {
		uint64_t t = run(waits[i].f, NULL);

		wait_until(1, waits[i].activity);
		CHECK_EQ(thread_registers(t, REGISTERS_READ, &r), -E_BUSY);
		CHECK_EQ(thread_control(t, THREAD_STOP), 0);
		CHECK_EQ(doing(1), THREAD_IS_STOPPED);
		CHECK_EQ(thread_registers(t, REGISTERS_READ, &r), 0);
		CHECK_EQ(r.x[9], -E_INTR);
		r.x[9] = 4321; /* a0: what the call will have given */
		CHECK_EQ(thread_registers(t, REGISTERS_WRITE, &r), 0);
		CHECK_EQ(thread_control(t, THREAD_START), 0);
		wait_for_threads(1);
		CHECK_EQ(result, 4321);
		CHECK_EQ(handle_close(t), 0);
	}
}

static void every_wait_can_be_the_last(void)
{
	for (size_t i = 0; i < WAITS; i++) {
		uint64_t t = run(waits[i].f, NULL);

		wait_until(1, waits[i].activity);
		result = 99;
		CHECK_EQ(thread_control(t, THREAD_END), 0);
		CHECK_EQ(threads(), 1);
		CHECK_EQ(result, 99);
		CHECK_EQ(handle_close(t), 0);
	}
}

static void spins(void *unused)
{
	(void)unused;
	ready = 1;
	for (;;)
		__asm__ volatile("" ::: "memory");
}

static void what_runs_can_be_stopped_and_ended(void)
{
	uint64_t t;
	long err;

	ready = 0;
	t = run(spins, NULL);
	while (!ready)
		thread_yield();
	while ((err = thread_control(t, THREAD_STOP)) == -E_AGAIN)
		thread_yield();
	CHECK_EQ(err, 0);
	CHECK_EQ(doing(1), THREAD_IS_STOPPED);
	CHECK_EQ(thread_control(t, THREAD_STOP), 0);
	CHECK_EQ(thread_control(t, THREAD_START), 0);
	CHECK_EQ(thread_control(t, THREAD_START), -E_INVAL);
	CHECK_EQ(thread_control(t, THREAD_END), 0);
	wait_for_threads(1);
	CHECK_EQ(handle_close(t), 0);
}

/* ---- the other side goes ------------------------------------------------------- */

static void who_waits_for_the_dead_is_told(void)
{
	struct message m = {.word = {0}};
	uint64_t t;

	/* The server ends with a caller unanswered. */
	ready = 0;
	t = run(silent, NULL);
	run(waits_to_send, NULL);
	while (!ready)
		sleep_until(soon());
	CHECK_EQ(thread_control(t, THREAD_END), 0);
	wait_for_threads(1);
	CHECK_EQ(result, -E_PEER);
	/* The caller ends: the reply finds nobody. */
	t = run(waits_to_send, NULL);
	CHECK_EQ(ipc_receive(door, &m), 0);
	CHECK_EQ(thread_control(t, THREAD_END), 0);
	CHECK_EQ(ipc_reply(SELF, &m), -E_PEER);
	CHECK_EQ(ipc_reply(SELF, &m), -E_INVAL);
	/* One that receives again lets the first caller go. */
	run(waits_to_send, NULL);
	CHECK_EQ(ipc_receive(door, &m), 0);
	run(waits_to_send, NULL);
	CHECK_EQ(ipc_receive(door, &m), 0);
	wait_for_threads(2);
	CHECK_EQ(result, -E_PEER);
	CHECK_EQ(ipc_reply(SELF, &m), 0);
	wait_for_threads(1);
	CHECK_EQ(result, 0);
}

static void an_endpoint_that_goes_frees_who_waits(void)
{
	uint64_t only_send;
	struct message m = {.word = {0}};

	for (size_t i = 0; i < 2; i++) {
		run(waits[i].f, NULL);
		wait_until(1, waits[i].activity);
		CHECK_EQ(handle_revoke(door), 0);
		wait_for_threads(1);
		CHECK_EQ(result, -E_PEER);
		CHECK_EQ(ipc_call(door, &m), -E_STALE);
		CHECK_EQ(handle_close(door), 0);
		door = (uint64_t)endpoint_create();
	}
	/* Nobody can receive any more: nobody need wait to send. */
	only_send = (uint64_t)handle_duplicate(SELF, door, RIGHT_SEND, 0);
	run(waits_to_send, NULL);
	wait_until(1, THREAD_WAITS_SEND);
	CHECK_EQ(handle_close(door), 0);
	wait_for_threads(1);
	CHECK(result == -E_PEER || result == -E_STALE);
	CHECK_EQ(ipc_call(only_send, &m), -E_PEER);
	CHECK_EQ(handle_close(only_send), 0);
	run(waits_for_bits, NULL);
	wait_until(1, THREAD_WAITS_BITS);
	CHECK_EQ(handle_revoke(bell), 0);
	wait_for_threads(1);
	CHECK_EQ(result, -E_PEER);
}

int main(void)
{
	deadlines_end_waits();
	a_deadline_is_for_the_reply_too();
	every_wait_can_be_cancelled();
	every_wait_can_be_stopped();
	every_wait_can_be_the_last();
	what_runs_can_be_stopped_and_ended();
	who_waits_for_the_dead_is_told();
	an_endpoint_that_goes_frees_who_waits();
	return 0;
}
