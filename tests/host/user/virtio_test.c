/* SPDX-License-Identifier: BSD-2-Clause */
/* A device behind registers, as good as a test wants it. Virtio 1.1, 4.2.2. */
#include "tests/test.h"
#include "user/lib/virtio.h"
#include <abi/error.h>

#define STATUS 0x70

static struct {
	uint32_t word[64];
	uint64_t features, agreed;
	unsigned queue_max;
	bool never_resets, refuses;
	unsigned generation_changes; /* reads of it that differ */
	uint8_t config[8];
	unsigned resets;
} device;

static void make(uint64_t features)
{
	memset(&device, 0, sizeof(device));
	device.word[0] = 0x74726976;
	device.word[1] = 2;
	device.word[2] = VIRTIO_BLK;
	device.features = features;
	device.queue_max = 1024;
	device.word[STATUS / 4] = 15; /* a driver died here */
	memcpy(device.config, "\x01\x02\x03\x04\x05\x06\x07\x08", 8);
}

static uint32_t read_config(unsigned offset, unsigned width)
{
	uint32_t n = 0;

	CHECK(offset % width == 0);
	CHECK(offset + width <= sizeof(device.config));
	memcpy(&n, device.config + offset, width);
	if (device.generation_changes)
		n ^= 0xff;
	return n;
}

uint32_t virtio_host_read(volatile void *registers, unsigned offset,
			  unsigned width)
{
	CHECK(registers == (void *)&device);
	if (offset >= 0x100)
		return read_config(offset - 0x100, width);
	CHECK(width == 4 && offset % 4 == 0);
	if (offset == 0x10)
		return (uint32_t)(device.features >>
				  32 * device.word[0x14 / 4]);
	if (offset == 0x34)
		return device.word[0x30 / 4] == 0 ? device.queue_max : 0;
	if (offset == 0xfc && device.generation_changes) {
		device.generation_changes--;
		return device.word[offset / 4]++;
	}
	return device.word[offset / 4];
}

void virtio_host_write(volatile void *registers, unsigned offset, uint32_t n)
{
	CHECK(registers == (void *)&device);
	CHECK(offset % 4 == 0 && offset < 0x100);
	if (offset == 0x20)
		device.agreed |= (uint64_t)n << 32 * device.word[0x24 / 4];
	if (offset == STATUS && n == 0) {
		device.resets++;
		n = device.never_resets ? 15 : 0;
	}
	if (offset == STATUS && device.refuses)
		n &= ~8u;
	device.word[offset / 4] = n;
}

static int start(struct virtio *v, uint64_t wanted)
{
	return virtio_start(v, &device, VIRTIO_BLK, wanted);
}

TEST(a_device_is_reset_and_only_what_both_want_is_agreed)
{
	struct virtio v;

	make(VIRTIO_F_VERSION_1 | 0x220);
	CHECK_EQ(start(&v, 0x600), 0);
	CHECK_EQ(device.resets, 1);
	CHECK_EQ(v.features, VIRTIO_F_VERSION_1 | 0x200);
	CHECK_EQ(device.agreed, VIRTIO_F_VERSION_1 | 0x200);
	CHECK_EQ(device.word[STATUS / 4], 1 | 2 | 8);
	virtio_go(&v);
	CHECK_EQ(device.word[STATUS / 4], 1 | 2 | 4 | 8);
}

TEST(what_is_no_modern_device_of_the_kind_is_refused)
{
	struct virtio v;

	make(0x200);
	CHECK_EQ(start(&v, 0x200), -E_IO); /* no VERSION_1 */
	CHECK(v.why);
	make(VIRTIO_F_VERSION_1);
	device.word[1] = 1;
	CHECK_EQ(start(&v, 0), -E_IO);
	CHECK_EQ(virtio_identify(&device), 0);
	make(VIRTIO_F_VERSION_1);
	device.word[2] = VIRTIO_NET;
	CHECK_EQ(start(&v, 0), -E_IO);
	CHECK_EQ(virtio_identify(&device), VIRTIO_NET);
	CHECK_EQ(device.resets, 0);
	make(VIRTIO_F_VERSION_1);
	device.word[0]++;
	CHECK_EQ(start(&v, 0), -E_IO);
}

TEST(a_device_that_does_not_end_its_reset_is_given_up)
{
	struct virtio v;

	make(VIRTIO_F_VERSION_1);
	device.never_resets = true;
	CHECK_EQ(start(&v, 0), -E_IO);
	CHECK_EQ(device.agreed, 0);
}

TEST(a_device_that_refuses_its_features_is_given_up)
{
	struct virtio v;

	make(VIRTIO_F_VERSION_1);
	device.refuses = true;
	CHECK_EQ(start(&v, 0), -E_IO);
}

TEST(a_queue_is_as_large_as_both_can_have_it)
{
	struct virtio v;

	make(VIRTIO_F_VERSION_1);
	CHECK_EQ(start(&v, 0), 0);
	CHECK_EQ(virtio_queue_size(&v, 0, 64), 64);
	device.queue_max = 48;
	CHECK_EQ(virtio_queue_size(&v, 0, 64), 32);
	device.queue_max = 1;
	CHECK_EQ(virtio_queue_size(&v, 0, 64), 1);
	CHECK_EQ(virtio_queue_size(&v, 1, 64), 0); /* there is none */
	device.word[0x44 / 4] = 1;
	CHECK_EQ(virtio_queue_size(&v, 0, 64), 0); /* somebody has it */
}

TEST(a_queue_is_where_the_device_is_told)
{
	static _Alignas(16) char memory[1024];
	struct virtqueue q;
	struct virtio v;

	make(VIRTIO_F_VERSION_1);
	CHECK_EQ(start(&v, 0), 0);
	virtqueue_init(&q, 8, memory, 0x1234567890);
	virtio_queue_start(&v, 0, &q);
	CHECK_EQ(device.word[0x38 / 4], 8);
	CHECK_EQ(device.word[0x80 / 4], 0x34567890);
	CHECK_EQ(device.word[0x84 / 4], 0x12);
	CHECK_EQ(device.word[0x90 / 4], 0x34567890 + 8 * 16);
	CHECK_EQ(device.word[0xa4 / 4], 0x12);
	CHECK_EQ(device.word[0x44 / 4], 1);
}

TEST(configuration_is_of_one_moment_and_of_the_right_width)
{
	struct virtio v;
	uint64_t all = 0;
	uint8_t byte[3];

	make(VIRTIO_F_VERSION_1);
	CHECK_EQ(start(&v, 0), 0);
	device.generation_changes = 2;
	virtio_config(&v, 0, &all, 4, 2);
	CHECK_EQ(all, 0x0807060504030201);
	virtio_config(&v, 5, byte, 1, 3);
	CHECK_EQ(byte[0], 6);
	CHECK_EQ(byte[2], 8);
	device.generation_changes = 1000000;
	virtio_config(&v, 0, &all, 4, 2); /* comes to an end */
}
