/* SPDX-License-Identifier: BSD-2-Clause */
/* The network driver's part that knows the device, and a device. */
#include "tests/host/user/fake_virtio.h"
#include "tests/test.h"
#include "user/servers/net/nic.h"
#include <abi/error.h>

static _Alignas(4096) char memory[NIC_MEMORY];
static struct nic nic;

enum { RECEIVE, SEND };

static void begin(void)
{
	memset(memory, 0xa5, sizeof(memory));
	fake_make(VIRTIO_NET, VIRTIO_F_VERSION_1 | 1ul << 5 | 1ul << 15, memory,
		  sizeof(memory));
	memcpy(fake.config, "\x52\x54\0\x12\x34\x56", 6);
	nic = (struct nic){.buffers = 0};
	CHECK_EQ(nic_begin(&nic, &fake, memory, FAKE_PHYSICAL), 0);
}

TEST(a_device_is_told_of_all_empty_buffers)
{
	struct virtqueue_descriptor d;
	uint16_t id;

	begin();
	CHECK_EQ(fake.agreed, VIRTIO_F_VERSION_1 | 1ul << 5);
	CHECK(memcmp(nic.address, "\x52\x54\0\x12\x34\x56", 6) == 0);
	for (unsigned i = 0; i < NIC_BUFFERS; i++) {
		CHECK_EQ(fake_take(RECEIVE, &id, &d, 1), 1);
		CHECK_EQ(d.bytes, NIC_BUFFER);
		CHECK_EQ(d.flags, 2);
	}
	CHECK_EQ(fake_take(RECEIVE, &id, &d, 1), 0);
	CHECK_EQ(fake_take(SEND, &id, &d, 1), 0);
}

/* A frame of `bytes` with `c` in it comes; what nic_take() makes of it. */
static long come(uint32_t bytes, char c, unsigned *buffer, const char **frame)
{
	struct virtqueue_descriptor d;
	uint16_t id;

	CHECK_EQ(fake_take(RECEIVE, &id, &d, 1), 1);
	memset(fake_at(d.address, d.bytes), c, d.bytes);
	fake_use(RECEIVE, id, NIC_HEADER + bytes);
	return nic_take(&nic, buffer, frame);
}

TEST(frames_come_without_their_header)
{
	const char *frame;
	unsigned buffer;

	begin();
	CHECK_EQ(nic_take(&nic, &buffer, &frame), 0);
	for (unsigned i = 0; i < 100; i++) { /* longer than the queue */
		CHECK_EQ(come(60 + i, (char)i, &buffer, &frame), 60 + i);
		CHECK_EQ(frame[59 + i], (char)i);
		nic_return(&nic, buffer);
	}
}

TEST(frames_of_a_wrong_size_are_told)
{
	const char *frame;
	unsigned buffer;

	begin();
	CHECK_EQ(come(NET_FRAME_MAX, 1, &buffer, &frame), NET_FRAME_MAX);
	CHECK_EQ(come(NET_FRAME_MAX + 1, 1, &buffer, &frame), -E_RANGE);
	CHECK_EQ(come(NET_FRAME_MIN - 1, 1, &buffer, &frame), -E_RANGE);
	CHECK_EQ(come(-NIC_HEADER, 1, &buffer, &frame), -E_RANGE);
	CHECK_EQ(come(NIC_BUFFER, 1, &buffer, &frame), -E_IO); /* a lie */
	CHECK_EQ(nic_take(&nic, &buffer, &frame), -E_IO);
}

TEST(frames_go_behind_a_header_of_zeros)
{
	struct virtqueue_descriptor d;
	char *frame, *sent;
	uint16_t id;

	begin();
	CHECK_EQ(nic_room(&nic, &frame), 0);
	memset(frame, 'x', 99);
	memset(frame - NIC_HEADER, 0xff, NIC_HEADER);
	nic_send(&nic, 0, 99);
	CHECK_EQ(fake_take(SEND, &id, &d, 1), 1);
	CHECK_EQ(d.bytes, NIC_HEADER + 99);
	CHECK_EQ(d.flags, 0);
	sent = fake_at(d.address, d.bytes);
	for (unsigned i = 0; i < NIC_HEADER; i++)
		CHECK_EQ(sent[i], 0);
	CHECK(sent + NIC_HEADER == frame);
	CHECK_EQ(nic_room(&nic, &frame), 1);
	fake_use(SEND, id, 0);
	CHECK_EQ(nic_collect(&nic), 0);
	CHECK_EQ(nic_room(&nic, &frame), 0);
}

TEST(when_all_buffers_are_under_way_there_is_no_room)
{
	struct virtqueue_descriptor d;
	uint16_t id;
	char *frame;

	begin();
	for (unsigned i = 0; i < NIC_BUFFERS; i++) {
		CHECK_EQ(nic_room(&nic, &frame), i);
		nic_send(&nic, i, 60);
	}
	CHECK_EQ(nic_room(&nic, &frame), -1);
	CHECK_EQ(fake_take(SEND, &id, &d, 1), 1);
	fake_use(SEND, id, 0);
	CHECK_EQ(nic_collect(&nic), 0);
	CHECK(nic_room(&nic, &frame) >= 0);
	fake_use(SEND, id, 0); /* a second time */
	CHECK_EQ(nic_collect(&nic), -E_IO);
}

TEST(a_device_without_a_queue_is_given_up)
{
	begin();
	fake.queue_max[SEND] = 0;
	CHECK_EQ(nic_begin(&nic, &fake, memory, FAKE_PHYSICAL), -E_IO);
	CHECK(nic.device.why);
}

TEST(a_device_with_short_queues_gets_fewer_buffers)
{
	char *frame;

	begin();
	fake.queue_max[SEND] = 4;
	CHECK_EQ(nic_begin(&nic, &fake, memory, FAKE_PHYSICAL), 0);
	nic.sending = 15;
	CHECK_EQ(nic_room(&nic, &frame), -1);
}
