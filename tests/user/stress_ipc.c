/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stress_ipc.c - clients and servers on all harts, one door: words, bytes and
 * handles, none of which may be another's; callers who give up early; answers
 * that are kept for a while.
 */
#include "stress.h"

#define CALLS 300u
#define BYTES 9000u
#define MOST  8u

static uint64_t door, bell;
static uint64_t end; /* the word that ends a server */

struct buffers {
	uint8_t out[BYTES], in[BYTES];
};
static struct buffers client_buffers[MOST], server_buffers[MOST];

/* Byte i of the message with this key. */
static uint8_t byte_of(uint64_t key, uint64_t i)
{
	return (uint8_t)(key * 31 + i * 7 + (i >> 8));
}

static void fill(uint8_t *to, uint64_t key, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		to[i] = byte_of(key, i);
}

static void look(const uint8_t *from, uint64_t key, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		CHECK_EQ(from[i], byte_of(key, i));
}

/* ---- servers -------------------------------------------------------------- */

/* Answers go to who called: by place, or by a handle that is kept. */
static long answer(struct message *m, struct random *r)
{
	long kept, err;

	if (!random_once_in(r, 8))
		return ipc_reply(SELF, m);
	kept = reply_keep();
	if (kept < 0)
		return kept;
	if (random_once_in(r, 4))
		thread_yield();
	err = ipc_reply((uint64_t)kept, m);
	if (err)
		handle_close((uint64_t)kept); /* it may be gone already */
	return err;
}

static void check_handles(const struct message *m)
{
	for (unsigned i = 0; i < IPC_COUNT(m->came); i++) {
		CHECK_EQ(HANDLE_KIND(handle_info(m->handle[i])),
			 KIND_NOTIFICATION);
		CHECK_EQ(notification_signal(m->handle[i], 1), 0);
		CHECK_EQ(handle_close(m->handle[i]), 0);
	}
}

/* Words: key, bytes, bytes wanted; the answer is key + 1 and such bytes. */
static void serve(struct message *m, struct buffers *b, struct ipc_extra *e)
{
	uint64_t key = m->word[0];

	CHECK(m->came & IPC_ASKS);
	CHECK_EQ(m->badge, key >> 32);
	check_handles(m);
	if (!(m->came & IPC_CUT)) /* who gave up early may be cut short */
		CHECK_EQ(IPC_BYTES(m->came), m->word[1]);
	look(b->in, key, IPC_BYTES(m->came));
	e->send_bytes = (uint32_t)m->word[2];
	fill(b->out, key + 1, e->send_bytes);
	for (unsigned i = 0; i < IPC_WORDS; i++)
		m->word[i] = key + 1 + i;
}

static void server(uint64_t n)
{
	struct buffers *b = &server_buffers[n];
	struct random r = {n + 100};
	struct ipc_extra e = {.send = (uint64_t)b->out,
			      .receive = (uint64_t)b->in,
			      .receive_bytes = BYTES,
			      .accept = 2};
	struct message m;
	long err;

	for (;;) {
		m = (struct message){.extra = &e};
		CHECK_EQ(ipc_receive(door, &m), 0);
		if (m.word[0] == end) {
			CHECK_EQ(ipc_reply(SELF, &m), 0);
			return;
		}
		serve(&m, b, &e);
		err = answer(&m, &r);
		CHECK(!err || err == -E_PEER || err == -E_INVAL);
		e.send_bytes = 0;
	}
}

/* ---- clients -------------------------------------------------------------- */

static long one_call(uint64_t client, uint64_t key, struct random *r,
		     uint64_t mine)
{
	struct buffers *b = &client_buffers[client];
	uint32_t out =
		random_once_in(r, 2) ? 0 : (uint32_t)random_below(r, BYTES);
	uint32_t in =
		random_once_in(r, 2) ? 0 : (uint32_t)random_below(r, BYTES);
	struct ipc_extra e = {.send = (uint64_t)b->out,
			      .send_bytes = out,
			      .receive = (uint64_t)b->in,
			      .receive_bytes = in,
			      .handles = random_once_in(r, 8) ? 1 : 0,
			      .handle = {bell}};
	struct message m = {.word = {key, out, in, 3, 4, 5}};
	long err;

	if (out || in || e.handles || random_once_in(r, 4))
		m.extra = &e;
	if (random_once_in(r, 16))
		e.deadline = now() + random_below(r, 100000);
	fill(b->out, key, out);
	err = ipc_call(mine, &m);
	if (err == -E_TIMEDOUT || (e.deadline && err == -E_AGAIN))
		return err;
	CHECK_EQ(err, 0);
	for (unsigned i = 0; i < IPC_WORDS; i++)
		CHECK_EQ(m.word[i], key + 1 + i);
	CHECK_EQ(IPC_BYTES(m.came), in);
	look(b->in, key + 1, in);
	return 0;
}

static void client(uint64_t n)
{
	long mine = handle_duplicate(SELF, door, RIGHT_SEND, n + 1);
	struct random r = {n};
	unsigned good = 0;

	CHECK(mine > 0);
	for (unsigned i = 0; i < CALLS; i++)
		good += !one_call(n, (n + 1) << 32 | i << 8, &r,
				  (uint64_t)mine);
	CHECK(good > CALLS / 2);
	CHECK_EQ(handle_close((uint64_t)mine), 0);
}

int main(void)
{
	unsigned harts = stress_harts(), clients = harts + 2;
	unsigned servers = harts > 1 ? harts - 1 : 2;
	struct message m;

	end = ~0ul;
	door = (uint64_t)endpoint_create();
	bell = (uint64_t)notification_create();
	for (unsigned i = 0; i < servers; i++)
		stress_begin(server, i, i % harts);
	for (unsigned i = 0; i < clients; i++)
		stress_begin(client, i, i < harts ? i : ~0u);
	stress_wait(clients);
	for (unsigned i = 0; i < servers; i++) {
		m = (struct message){.word = {end}};
		CHECK_EQ(ipc_call(door, &m), 0);
	}
	stress_wait(clients + servers);
	stress_well("ipc");
}
