/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stress_priority.c - who is urgent is served by who is not, past a hog between
 * the two; all on one hart.
 *
 *	15  urgent client     calls the first server
 *	10  hog               spins as long as that one waits for its answer
 *	 6  patient client    calls the first server, too, before the hog wakes
 *	 5  first server      calls the second
 *	 4  second server     works
 *
 * Without donation the hog keeps the hart from the servers for ever, and the
 * watchdog (16) sees that.
 */
#include "stress.h"

#define CALLS 100u

static uint64_t first, second, served, spins, done;
static uint64_t calls; /* the urgent one, just now */

static void work(void)
{
	for (volatile unsigned i = 0; i < 500; i++)
		;
}

static void second_server(uint64_t unused)
{
	struct message m = {.extra = NULL};

	(void)unused;
	CHECK_EQ(ipc_receive(second, &m), 0);
	while (m.word[0]) {
		work();
		m.word[0]++;
		CHECK_EQ(ipc_reply_receive(second, &m), 0);
	}
	CHECK_EQ(ipc_reply(SELF, &m), 0);
}

static void first_server(uint64_t unused)
{
	struct message m = {.extra = NULL}, ask;

	(void)unused;
	CHECK_EQ(ipc_receive(first, &m), 0);
	while (m.word[0]) {
		ask = (struct message){.word = {m.word[0]}};
		work();
		CHECK_EQ(ipc_call(second, &ask), 0);
		CHECK_EQ(ask.word[0], m.word[0] + 1);
		m.word[0] = ask.word[0];
		add(&served, 1);
		CHECK_EQ(ipc_reply_receive(first, &m), 0);
	}
	CHECK_EQ(ipc_reply(SELF, &m), 0);
}

/* By the fast path, and by the slow one, which a message with an extra takes. */
static void call(uint64_t door, uint64_t n)
{
	struct ipc_extra e = {.deadline = NEVER};
	struct message m = {.word = {n}, .extra = n & 1 ? &e : NULL};

	CHECK_EQ(ipc_call(door, &m), 0);
	CHECK_EQ(m.word[0], n ? n + 1 : 0);
}

static void patient(uint64_t unused)
{
	(void)unused;
	while (!load(&done))
		call(first, 1000);
}

/* It sleeps in between: that the patient client comes into the servers. */
static void urgent(uint64_t unused)
{
	struct random r = {unused};

	for (uint64_t i = 1; i <= CALLS; i++) {
		store(&calls, 1);
		call(first, i);
		store(&calls, 0);
		sleep_until(now() + random_below(&r, 200000));
	}
	store(&done, 1);
}

/* For ever, if it were not that the call comes back. */
static void hog(uint64_t unused)
{
	(void)unused;
	while (!load(&done)) {
		while (load(&calls))
			spins++;
		sleep_until(now() + 30000);
	}
}

static void begin(void (*run)(uint64_t), unsigned priority)
{
	stress_priority = priority;
	stress_begin(run, 0, 0);
}

int main(void)
{
	first = (uint64_t)endpoint_create();
	second = (uint64_t)endpoint_create();
	begin(second_server, 4);
	begin(first_server, 5);
	sleep_until(now() + 5000000); /* they wait now */
	begin(patient, 6);
	sleep_until(now() + 1000000);
	begin(hog, 10);
	begin(urgent, 15);
	stress_wait(3);
	call(first, 0);
	call(second, 0);
	stress_wait(5);
	printf("# priority: %lu served, the hog spun %lu times\n", served,
	       spins);
	CHECK(served >= CALLS);
	stress_well("priority");
}
