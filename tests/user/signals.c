/* SPDX-License-Identifier: BSD-2-Clause */
/* signals.c - sticky bits, timers, and waiting for bits and messages at once. */
#include "threads.h"
#include <abi/machine.h>

static uint64_t bell, door;
static volatile uint64_t got;

static void bits_stay_until_they_are_taken(void)
{
	uint64_t bits = 0;

	CHECK_EQ(notification_signal(bell, 0x11), 0);
	CHECK_EQ(notification_signal(bell, 1ul << 63), 0);
	CHECK_EQ(notification_wait(bell, 0x10, NEVER, &bits), 0);
	CHECK_EQ(bits, 0x10);
	CHECK_EQ(notification_wait(bell, 0x10, NOW, &bits), -E_AGAIN);
	CHECK_EQ(notification_wait(bell, ~0ul, NEVER, &bits), 0);
	CHECK_EQ(bits, 1ul << 63 | 1);
	CHECK_EQ(notification_wait(bell, 0, NEVER, &bits), -E_INVAL);
}

static void waits(void *mask)
{
	uint64_t bits = 0;

	CHECK_EQ(notification_wait(bell, (uint64_t)mask, NEVER, &bits), 0);
	__atomic_fetch_or(&got, bits, __ATOMIC_RELAXED);
}

/* Three wait for different bits; each signal wakes whom it concerns. */
static void each_waiter_gets_its_own(void)
{
	got = 0;
	run(waits, (void *)1);
	run(waits, (void *)2);
	run(waits, (void *)4);
	for (uint64_t i = 1; i <= 3; i++)
		wait_until(i, THREAD_WAITS_BITS);
	CHECK_EQ(notification_signal(bell, 2 | 8), 0);
	wait_for_threads(3);
	CHECK_EQ(got, 2);
	CHECK_EQ(notification_signal(bell, 4 | 1), 0);
	wait_for_threads(1);
	CHECK_EQ(got, 7);
	CHECK_EQ(notification_wait(bell, ~0ul, NOW, (uint64_t *)&got), 0);
	CHECK_EQ(got, 8);
}

static void timers_set_bits(void)
{
	uint64_t t = (uint64_t)time_now() + 3 * MS, bits;

	CHECK_EQ(notification_timer(bell, 0x40, t), 0);
	CHECK_EQ(notification_wait(bell, 0x40, NEVER, &bits), 0);
	CHECK((uint64_t)time_now() >= t);
	CHECK_EQ(notification_timer(bell, 0x40,
				    (uint64_t)time_now() + 100000 * MS),
		 0);
	CHECK_EQ(notification_timer(bell, 0x80, NEVER), 0); /* stopped */
	CHECK_EQ(notification_wait(bell, 0xc0, (uint64_t)time_now() + 6 * MS,
				   &bits),
		 -E_TIMEDOUT);
	CHECK_EQ(notification_timer(bell, 0x20, 1), 0); /* has passed */
	CHECK_EQ(notification_wait(bell, 0x20, NEVER, &bits), 0);
}

/* ---- both at once ---------------------------------------------------------------- */

static void caller(void *word)
{
	struct message m = {.word = {(uint64_t)word}};

	CHECK_EQ(ipc_call(door, &m), 0);
	__atomic_fetch_add(&got, m.word[0], __ATOMIC_RELAXED);
}

static void ringer(void *bits)
{
	sleep_until((uint64_t)time_now() + MS);
	CHECK_EQ(notification_signal(bell, (uint64_t)bits), 0);
}

static void one_thread_waits_for_both(void)
{
	struct ipc_extra e = {.deadline = NOW};
	struct message m = {.word = {0}};
	long other = notification_create();

	got = 0;
	CHECK_EQ(notification_bind(bell), 0);
	CHECK_EQ(notification_bind(bell), 0);	   /* once is enough */
	CHECK_EQ(notification_signal(bell, 3), 0); /* before it receives */
	CHECK_EQ(ipc_receive(door, &m), 0);
	CHECK_EQ(m.came, IPC_SIGNAL);
	CHECK_EQ(m.word[0], 3);
	run(ringer, (void *)0x30); /* while it receives */
	CHECK_EQ(ipc_receive(door, &m), 0);
	CHECK_EQ(m.came, IPC_SIGNAL);
	CHECK_EQ(m.word[0], 0x30);
	run(caller, (void *)9);
	CHECK_EQ(ipc_receive(door, &m), 0);
	CHECK(m.came & IPC_ASKS);
	CHECK_EQ(m.word[0], 9);
	run(ringer, (void *)1); /* in the same call as the reply */
	m.word[0] = 10;
	CHECK_EQ(ipc_reply_receive(door, &m), 0);
	CHECK_EQ(m.came, IPC_SIGNAL);
	wait_for_threads(1);
	CHECK_EQ(got, 10);
	CHECK_EQ(notification_bind((uint64_t)other), 0); /* in its place */
	CHECK_EQ(notification_signal(bell, 1), 0);
	m.extra = &e;
	CHECK_EQ(ipc_receive(door, &m), -E_AGAIN);
	CHECK_EQ(notification_bind(SELF), 0);
	CHECK_EQ(handle_close((uint64_t)other), 0);
}

static void binder(void *result)
{
	*(long *)result = notification_bind(bell);
}

static void one_notification_one_thread(void)
{
	long result = 1;

	CHECK_EQ(notification_bind(bell), 0);
	run(binder, &result);
	wait_for_threads(1);
	CHECK_EQ(result, -E_BUSY);
	CHECK_EQ(notification_bind(SELF), 0);
	run(binder, &result); /* and it ends, so it is free again */
	wait_for_threads(1);
	CHECK_EQ(result, 0);
	CHECK_EQ(notification_bind(bell), 0);
	CHECK_EQ(notification_bind(SELF), 0);
}

/* ---- interrupts ------------------------------------------------------------------ */

static void bad_interrupts_are_refused(void)
{
	struct machine_info i;
	long line, few;

	CHECK_EQ(machine_info(HANDLE_MACHINE, &i), 0);
	CHECK_EQ(machine_info(bell, &i), -E_TYPE);
	CHECK_EQ(interrupt_create(HANDLE_MACHINE, 0, bell, 1), -E_INVAL);
	CHECK_EQ(interrupt_create(HANDLE_MACHINE, i.sources + 1, bell, 1),
		 -E_INVAL);
	CHECK_EQ(interrupt_create(HANDLE_MACHINE, 1, bell, 0), -E_INVAL);
	CHECK_EQ(interrupt_create(HANDLE_MACHINE, 1, door, 1), -E_TYPE);
	few = handle_duplicate(SELF, HANDLE_MACHINE, RIGHT_POWER, 0);
	CHECK_EQ(interrupt_create((uint64_t)few, 1, bell, 1), -E_PERM);
	CHECK_EQ(object_create((uint64_t)few, PAGE, 0x10000000), -E_PERM);
	CHECK_EQ(object_create((uint64_t)few, PAGE, OBJECT_DMA), -E_PERM);
	line = interrupt_create(HANDLE_MACHINE, 1, bell, 1);
	CHECK(line > 0);
	CHECK_EQ(interrupt_create(HANDLE_MACHINE, 1, bell, 1), -E_BUSY);
	CHECK_EQ(interrupt_done((uint64_t)line), 0); /* none has come */
	CHECK_EQ(handle_close((uint64_t)line), 0);
	line = interrupt_create(HANDLE_MACHINE, 1, bell, 1);
	CHECK(line > 0);
	CHECK_EQ(handle_close((uint64_t)line), 0);
	CHECK_EQ(handle_close((uint64_t)few), 0);
	CHECK_EQ(machine_stop(bell, 0), -E_TYPE);
}

int main(void)
{
	bell = (uint64_t)notification_create();
	door = (uint64_t)endpoint_create();
	bits_stay_until_they_are_taken();
	each_waiter_gets_its_own();
	timers_set_bits();
	one_thread_waits_for_both();
	one_notification_one_thread();
	bad_interrupts_are_refused();
	return 0;
}
