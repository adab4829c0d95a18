/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hostile - clients that send what no client should: words at random, buffers
 * that are nowhere or too short, handles that nobody asked for, calls that are
 * given up. The services must live through it, and serve afterwards.
 */
#include "check.h"
#include "proto/blk.h"
#include "proto/console.h"
#include "proto/init.h"
#include "proto/net.h"
#include "thread.h"

#define THREADS 6u
#define ROUNDS	300u
#define NOWHERE 0x3000000000ul

static uint64_t service[4], done;
static const char *const names[] = {"console", "blk", "net", "init"};
static char room[THREADS][IPC_BYTES_MAX];

static uint64_t random_number(uint64_t *state)
{
	uint64_t x = *state;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return *state = x;
}

/* Small ones, edges, anything. */
static uint64_t random_word(uint64_t *state)
{
	uint64_t r = random_number(state);

	switch (r & 3) {
	case 0:
		return r >> 8 & 7;
	case 1:
		return 1ul << (r >> 8 & 63);
	case 2:
		return -(r >> 8 & 0xfff);
	default:
		return r;
	}
}

static uint32_t random_length(uint64_t *state)
{
	static const uint32_t lengths[] = {0,	1,    7,    512,    1024,
					   100, 4096, 5000, 0xffff, 0x10000};

	return lengths[random_number(state) % 10];
}

static uint64_t random_buffer(uint64_t *state, unsigned n)
{
	return random_number(state) & 15 ? (uint64_t)room[n] : NOWHERE;
}

static void send_one(unsigned n, uint64_t *state)
{
	struct ipc_extra extra = {.send = random_buffer(state, n),
				  .receive = random_buffer(state, n),
				  .send_bytes = random_length(state),
				  .receive_bytes = random_length(state)};
	struct message m = {.extra = &extra};
	uint64_t r = random_number(state), to = service[r >> 20 & 3];

	if ((r & 0xc0) == 0)
		extra.receive = (uint64_t)names; /* may not be written */
	if (to == service[0])
		extra.send_bytes &= 63; /* a person has to read it */
	for (unsigned i = 0; i < IPC_WORDS; i++)
		m.word[i] = random_word(state);
	if (r & 0x30) /* else a request of any number */
		m.word[0] = 1 + (r >> 8) % 8;
	if ((r & 7) == 0) {
		extra.handles = 1 + (r >> 16) % 4;
		for (unsigned i = 0; i < extra.handles; i++)
			extra.handle[i] = done;
	}
	extra.deadline = (uint64_t)time_now() + 2000000;
	if (r & 8)
		ipc_call(to, &m);
	else
		ipc_send(to, &m);
}

static void attack(void *argument)
{
	unsigned n = (unsigned)(uintptr_t)argument;
	uint64_t state = (n + 1) * 0x9e3779b97f4a7c15ul;

	for (unsigned i = 0; i < ROUNDS; i++) {
		memset(room[n], 'x', 8192);
		send_one(n, &state);
	}
	notification_signal(done, 1ul << n);
}

static void check_alive(void)
{
	static char sector[BLK_SECTOR], frame[NET_FRAME_MIN];
	struct blk_info info;
	struct net_info net;

	CHECK_EQ(blk_info(service[1], &info), 0);
	CHECK_EQ(blk_read(service[1], 0, sector, BLK_SECTOR), 0);
	CHECK_EQ(net_info(service[2], &net), 0);
	CHECK_EQ(net_send(service[2], frame, NET_FRAME_MIN), 0);
	CHECK_EQ(console_write(service[0], "\nalive\n", 7), 7);
	CHECK_EQ(console_flush(service[0]), 0);
	for (unsigned i = 0; i < 3; i++)
		CHECK_EQ(init_count(service[3], names[i]), 1);
}

int main(int argc, char **argv, char **envp)
{
	uint64_t left = (1ul << THREADS) - 1, bits;

	(void)argc, (void)argv;
	service_begin(envp);
	for (unsigned i = 0; i < 4; i++)
		service[i] = service_handle(names[i]);
	done = (uint64_t)notification_create();
	check_alive();
	for (uintptr_t i = 0; i < THREADS; i++)
		CHECK(thread_begin(attack, (void *)i, i + 1, THREAD_STACK) > 0);
	while (left) {
		CHECK_EQ(notification_wait(done, left, NEVER, &bits), 0);
		left &= ~bits;
	}
	check_alive();
	printf("hostile: passed\n");
	return 0;
}
