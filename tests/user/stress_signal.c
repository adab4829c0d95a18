/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stress_signal.c - bits that go round among threads on all harts, timers, and
 * receivers that messages and bits reach at the same time. A bit that is lost
 * leaves somebody waiting.
 */
#include "stress.h"

#define ROUNDS 300u
#define MOST   8u

static uint64_t ring[MOST]; /* notifications */
static unsigned members;

/* ---- a bit goes round -------------------------------------------------------- */

/* Each passes on what it gets; now and then by a timer. */
static void member(uint64_t n)
{
	uint64_t next = ring[(n + 1) % members], bits, got = 0;
	struct random r = {n};

	for (unsigned i = 0; i < ROUNDS; i++) {
		for (got = 0; !(got & 1);) {
			CHECK_EQ(notification_wait(ring[n], 3, now() + PATIENCE,
						   &bits),
				 0);
			CHECK(bits && !(bits & ~3ul));
			got |= bits;
		}
		if (random_once_in(&r, 8))
			CHECK_EQ(notification_timer(
					 next, 1,
					 now() + random_below(&r, 50000)),
				 0);
		else
			CHECK_EQ(notification_signal(next, 1), 0);
		if (random_once_in(&r, 4)) /* noise for somebody */
			notification_signal(ring[random_below(&r, members)], 2);
	}
}

/* ---- messages and bits ---------------------------------------------------- */

static uint64_t door, bell, ack;
static uint64_t signals_seen, messages_seen;
#define STOP (1ul << 63)

static void bound_receiver(uint64_t unused)
{
	struct message m;

	(void)unused;
	CHECK_EQ(notification_bind(bell), 0);
	for (;;) {
		m = (struct message){.extra = NULL};
		CHECK_EQ(ipc_receive(door, &m), 0);
		if (!(m.came & IPC_SIGNAL)) {
			add(&messages_seen, 1);
			m.word[0]++;
			CHECK_EQ(ipc_reply(SELF, &m), 0);
			continue;
		}
		add(&signals_seen, 1);
		CHECK(m.word[0] != 0);
		CHECK_EQ(notification_signal(ack, m.word[0]), 0);
		if (m.word[0] & STOP)
			break;
	}
	CHECK_EQ(notification_bind(SELF), 0);
}

/* A bit of its own to the bell, until it comes back. */
static void signaller(uint64_t n)
{
	uint64_t bit = 1ul << n, bits;

	for (unsigned i = 0; i < ROUNDS; i++) {
		CHECK_EQ(notification_signal(bell, bit), 0);
		CHECK_EQ(notification_wait(ack, bit, now() + PATIENCE, &bits),
			 0);
		CHECK_EQ(bits, bit);
	}
}

static void caller(uint64_t n)
{
	for (uint64_t i = 0; i < ROUNDS; i++) {
		struct message m = {.word = {n << 32 | i}};

		CHECK_EQ(ipc_call(door, &m), 0);
		CHECK_EQ(m.word[0], (n << 32 | i) + 1);
	}
}

/* ---- a bound thread that comes and goes ---------------------------------- */

static uint64_t loose_bell, loose_door, loose_done;

/* Without end, and nobody answers: most come while it does something else. */
static void flood(uint64_t n)
{
	uint64_t bits;

	while (!load(&loose_done)) {
		notification_signal(loose_bell, 1ul << n);
		if (n & 1) /* takes what the bound one was to have */
			notification_wait(loose_bell, 1, NOW, &bits);
	}
}

/* Bound it gets bits, and never none; loose it gets no signal at all. */
static void loose_receiver(uint64_t unused)
{
	struct ipc_extra e = {0};
	struct message m;

	(void)unused;
	for (unsigned i = 0; i < 10 * ROUNDS; i++) {
		CHECK_EQ(notification_bind(loose_bell), 0);
		for (unsigned k = 0; k < 4; k++) {
			m = (struct message){.extra = NULL};
			CHECK_EQ(ipc_receive(loose_door, &m), 0);
			CHECK_EQ(m.came, IPC_SIGNAL);
			CHECK(m.word[0] != 0);
		}
		CHECK_EQ(notification_bind(SELF), 0);
		e.deadline = now() + 20000;
		m = (struct message){.extra = &e};
		CHECK(ipc_receive(loose_door, &m) != 0);
	}
	store(&loose_done, 1);
}

static void loosely_bound(unsigned harts)
{
	loose_door = (uint64_t)endpoint_create();
	loose_bell = (uint64_t)notification_create();
	stress_begin(loose_receiver, 0, 0);
	stress_priority--; /* else it would wait for its turn each time */
	for (unsigned i = 0; i < harts + 1; i++)
		stress_begin(flood, i, i % harts);
}

int main(void)
{
	unsigned harts = stress_harts(), n = 0;
	uint64_t bits;

	members = harts > 1 ? harts : 3;
	door = (uint64_t)endpoint_create();
	bell = (uint64_t)notification_create();
	ack = (uint64_t)notification_create();
	for (unsigned i = 0; i < members; i++)
		ring[i] = (uint64_t)notification_create();
	for (unsigned i = 0; i < members; i++, n++)
		stress_begin(member, i, i % harts);
	for (unsigned i = 0; i < harts + 1; i++, n += 2) {
		stress_begin(signaller, i, i % harts);
		stress_begin(caller, i, (i + 1) % harts);
	}
	stress_begin(bound_receiver, 0, ~0u);
	CHECK_EQ(notification_signal(ring[0], 1), 0);
	stress_wait(n);
	CHECK_EQ(notification_signal(bell, STOP), 0);
	CHECK_EQ(notification_wait(ack, STOP, now() + PATIENCE, &bits), 0);
	stress_wait(n + 1);
	printf("# signal: %lu signals, %lu messages\n", signals_seen,
	       messages_seen);
	CHECK_EQ(messages_seen, (harts + 1) * ROUNDS);
	loosely_bound(harts);
	stress_wait(n + 1 + harts + 2);
	stress_well("signal");
}
