/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * wire - a client of two network services whose devices are on one wire: what
 * one sends the other receives.
 */
#include "check.h"
#include "proto/init.h"
#include "proto/net.h"
#include "thread.h"

#define SECOND 1000000000ul

static uint64_t a, b, init;
static struct net_info info_a, info_b;

static uint64_t soon(void)
{
	return (uint64_t)time_now() + 60 * SECOND;
}

static void make(uint8_t *frame, unsigned bytes, unsigned seed)
{
	memcpy(frame, info_b.address, 6);
	memcpy(frame + 6, info_a.address, 6);
	frame[12] = 0x88; /* 0x88b5: for experiments (IEEE 802) */
	frame[13] = 0xb5;
	for (unsigned i = NET_FRAME_MIN; i < bytes; i++)
		frame[i] = (uint8_t)(seed + i * 3);
}

static void check(const uint8_t *frame, unsigned bytes, unsigned seed)
{
	uint8_t expected[NET_FRAME_MAX];

	make(expected, bytes, seed);
	CHECK(memcmp(frame, expected, bytes) == 0);
}

static void send(unsigned bytes, unsigned seed)
{
	uint8_t frame[NET_FRAME_MAX];

	make(frame, bytes, seed);
	CHECK_EQ(net_send(a, frame, bytes), 0);
}

static void frames_of_all_sizes_arrive(void)
{
	uint8_t frame[NET_FRAME_MAX];

	for (unsigned bytes = 60; bytes <= NET_FRAME_MAX;
	     bytes += 1 + bytes / 3) {
		send(bytes, bytes);
		CHECK_EQ(net_receive(b, frame, sizeof(frame), soon()), bytes);
		check(frame, bytes, bytes);
	}
}

static void the_longest_frame_arrives(void)
{
	uint8_t frame[NET_FRAME_MAX];

	send(NET_FRAME_MAX, 5);
	CHECK_EQ(net_receive(b, frame, sizeof(frame), soon()), NET_FRAME_MAX);
	check(frame, NET_FRAME_MAX, 5);
}

static void frames_of_wrong_sizes_are_refused(void)
{
	static uint8_t frame[NET_FRAME_MAX + 1];

	CHECK_EQ(net_send(a, frame, NET_FRAME_MAX + 1), -E_INVAL);
	CHECK_EQ(net_send(a, frame, NET_FRAME_MIN - 1), -E_INVAL);
	CHECK_EQ(net_send(a, frame, 0), -E_INVAL);
}

static void a_frame_is_cut_to_the_room_for_it(void)
{
	uint8_t frame[NET_FRAME_MAX];

	send(1000, 1);
	CHECK_EQ(net_receive(b, frame, 100, soon()), 100);
	check(frame, 100, 1);
}

/*
 * Frames that came early are there, each once and whole. Which exactly is not
 * said: on QEMU's hub frames overtake one another when a queue has room again.
 */
static void check_early_frames(void)
{
	uint8_t frame[NET_FRAME_MAX];
	bool came[256] = {false};
	uint8_t seed;

	for (unsigned i = 0; i < NET_WAITING; i++) {
		CHECK_EQ(net_receive(b, frame, sizeof(frame), soon()), 200);
		seed = (uint8_t)(frame[NET_FRAME_MIN] - 3 * NET_FRAME_MIN);
		check(frame, 200, seed);
		CHECK(seed < NET_WAITING + NET_WAITING / 2 && !came[seed]);
		came[seed] = true;
	}
}

static void too_many_frames_are_dropped_and_counted(void)
{
	uint8_t frame[NET_FRAME_MAX];
	struct net_info before = info_b, after;
	unsigned sent = 2 * NET_WAITING;

	CHECK_EQ(net_info(b, &before), 0);
	for (unsigned i = 0; i < sent; i++)
		send(200, i);
	do
		CHECK_EQ(net_info(b, &after), 0);
	while (after.received + after.refused < before.received + sent);
	CHECK_EQ(after.dropped - before.dropped, sent - NET_WAITING);
	check_early_frames();
	CHECK(net_receive(b, frame, sizeof(frame),
			  (uint64_t)time_now() + SECOND / 100) < 0);
}

/* ---- readers ------------------------------------------------------------ */

static uint64_t got;
static uint32_t seen; /* which frames have come, a mask */

static void reader(void *argument)
{
	unsigned n = (unsigned)(uintptr_t)argument;
	uint8_t frame[NET_FRAME_MAX];

	CHECK_EQ(net_receive(b, frame, sizeof(frame), NEVER), 100 + frame[14]);
	__atomic_or_fetch(&seen, 1u << frame[14], __ATOMIC_RELAXED);
	notification_signal(got, 1ul << n);
}

static void each_reader_has_a_frame_of_its_own(void)
{
	uint64_t left = 0xff, bits;
	uint8_t frame[NET_FRAME_MAX];

	got = (uint64_t)notification_create();
	for (uintptr_t i = 0; i < 8; i++)
		CHECK(thread_begin(reader, (void *)i, i + 1, THREAD_STACK) > 0);
	for (unsigned i = 0; i < 8; i++) {
		make(frame, 100 + i, 0);
		frame[14] = (uint8_t)i;
		CHECK_EQ(net_send(a, frame, 100 + i), 0);
	}
	while (left) {
		CHECK_EQ(notification_wait(got, left, NEVER, &bits), 0);
		left &= ~bits;
	}
	CHECK_EQ(seen, 0xff);
}

static void a_service_is_found_by_its_name(void)
{
	struct net_info found;
	long net = init_find(init, "net-b");

	CHECK(net > 0 && (uint64_t)net != b);
	CHECK_EQ(net_info((uint64_t)net, &found), 0);
	CHECK(memcmp(found.address, info_b.address, 6) == 0);
	CHECK_EQ(HANDLE_RIGHTS(handle_info((uint64_t)net)), RIGHT_SEND);
	CHECK_EQ(handle_close((uint64_t)net), 0);
	CHECK_EQ(init_find(init, "net-a"), -E_PERM);
}

/* A frame that was under way may be lost, but not one sent afterwards. */
static void a_driver_that_dies_comes_back(void)
{
	uint8_t frame[NET_FRAME_MAX];

	for (unsigned i = 1; i <= 3; i++) {
		CHECK_EQ(init_end(init, i == 2 ? "net-a" : "net-b", 9), 0);
		CHECK_EQ(net_info(b, &info_b), 0); /* it is there again */
		CHECK_EQ(net_info(a, &info_a), 0);
		send(300, i);
		CHECK_EQ(net_receive(b, frame, sizeof(frame), soon()), 300);
		check(frame, 300, i);
	}
}

int main(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv;
	service_begin(envp);
	a = service_handle("net-a");
	b = service_handle("net-b");
	init = service_handle("init");
	CHECK(a && b && init);
	CHECK_EQ(net_info(a, &info_a), 0);
	CHECK_EQ(net_info(b, &info_b), 0);
	CHECK(memcmp(info_a.address, info_b.address, 6) != 0);
	frames_of_all_sizes_arrive();
	the_longest_frame_arrives();
	frames_of_wrong_sizes_are_refused();
	a_frame_is_cut_to_the_room_for_it();
	too_many_frames_are_dropped_and_counted();
	each_reader_has_a_frame_of_its_own();
	a_service_is_found_by_its_name();
	a_driver_that_dies_comes_back();
	printf("wire: passed\n");
	return 0;
}
