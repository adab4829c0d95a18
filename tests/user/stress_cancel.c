/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stress_cancel.c - waits of all kinds that are broken off from outside at any
 * moment: by cancelling, by stopping and starting, by time. Each call gives its
 * own answer or an error, never another's answer; when nobody interferes any more
 * all that is asked is answered.
 */
#include "stress.h"

#define CLIENTS	 4u
#define SERVERS	 2u
#define MEDDLING 1500u
#define LAST	 50u
#define BYTES	 5000u

static uint64_t door, bell;
static uint64_t client_thread[CLIENTS], server_thread[SERVERS];
static uint64_t calm, over, answered, broken;
static uint8_t out[CLIENTS][BYTES], in[SERVERS][BYTES];

static bool is_breach(long err)
{
	return err == -E_CANCELED || err == -E_INTR || err == -E_TIMEDOUT ||
	       err == -E_AGAIN || err == -E_PEER;
}

static void server(uint64_t n)
{
	struct random r = {n + 50};
	struct ipc_extra e = {.receive = (uint64_t)in[n],
			      .receive_bytes = BYTES};
	struct message m;
	long err;

	while (!load(&over)) {
		m = (struct message){.extra = &e};
		e.deadline = now() + 50000000;
		err = ipc_receive(door, &m);
		CHECK(!err || is_breach(err));
		if (err || !(m.came & IPC_ASKS))
			continue;
		if (!load(&calm) && random_once_in(&r, 16))
			continue; /* forgets to answer */
		m.word[0] = ~m.word[0];
		e.deadline = NEVER;
		err = ipc_reply(SELF, &m);
		CHECK(!err || is_breach(err) || err == -E_INVAL);
	}
}

static bool ask(uint64_t n, uint64_t key, struct random *r)
{
	struct ipc_extra e = {.send = (uint64_t)out[n]};
	struct message m = {.word = {key, 1, 2}};
	uint64_t bits;
	long err;

	if (random_once_in(r, 2)) {
		m.extra = &e;
		e.send_bytes = (uint32_t)random_below(r, BYTES);
		if (!load(&calm))
			e.deadline = now() + random_below(r, 400000);
	}
	err = ipc_call(door, &m);
	CHECK(!err || is_breach(err));
	if (!err)
		CHECK_EQ(m.word[0], ~key);
	add(err ? &broken : &answered, 1);
	if (random_once_in(r, 8))
		sleep_until(now() + random_below(r, 100000));
	if (random_once_in(r, 8))
		notification_wait(bell, 1, now() + random_below(r, 100000),
				  &bits);
	return !err;
}

static void client(uint64_t n)
{
	struct random r = {n};
	uint64_t i = 0;

	while (!load(&calm))
		ask(n, n << 32 | i++, &r);
	for (unsigned good = 0; good < LAST;)
		good += ask(n, n << 32 | i++, &r);
}

/* Whom it stops it starts again. */
static void meddle(uint64_t thread, struct random *r)
{
	uint64_t until = now() + PATIENCE;
	long err;

	if (random_once_in(r, 2)) {
		CHECK_EQ(thread_control(thread, THREAD_CANCEL), 0);
		return;
	}
	err = thread_control(thread, THREAD_STOP);
	CHECK(!err || err == -E_AGAIN);
	while (thread_control(thread, THREAD_START)) {
		CHECK(now() < until);
		thread_yield();
	}
}

static void meddler(uint64_t n)
{
	struct random r = {n + 1000};

	for (unsigned i = 0; i < MEDDLING; i++) {
		uint64_t k = random_below(&r, CLIENTS + SERVERS);

		meddle(k < CLIENTS ? client_thread[k]
				   : server_thread[k - CLIENTS],
		       &r);
		if (random_once_in(&r, 2))
			sleep_until(now() + random_below(&r, 30000));
	}
}

int main(void)
{
	unsigned harts = stress_harts();

	door = (uint64_t)endpoint_create();
	bell = (uint64_t)notification_create();
	for (unsigned i = 0; i < SERVERS; i++)
		server_thread[i] = stress_begin(server, i, i % harts);
	for (unsigned i = 0; i < CLIENTS; i++)
		client_thread[i] = stress_begin(client, i, i % harts);
	stress_begin(meddler, 0, harts - 1);
	stress_wait(1);
	store(&calm, 1);
	stress_wait(1 + CLIENTS);
	store(&over, 1);
	stress_wait(1 + CLIENTS + SERVERS);
	printf("# cancel: %lu answered, %lu broken off\n", answered, broken);
	stress_well("cancel");
}
