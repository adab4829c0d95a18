/* SPDX-License-Identifier: BSD-2-Clause */
/* A device behind registers, as good as a test wants it. Virtio 1.1, 4.2.2. */
#include "tests/host/user/fake_virtio.h"
#include "tests/test.h"
#include <abi/error.h>

#define STATUS 0x70

static void make(uint64_t features)
{
	static char nothing[8];

	fake_make(VIRTIO_BLK, features, nothing, sizeof(nothing));
	memcpy(fake.config, "\x01\x02\x03\x04\x05\x06\x07\x08", 8);
}

static int start(struct virtio *v, uint64_t wanted)
{
	return virtio_start(v, &fake, VIRTIO_BLK, wanted);
}

TEST(a_device_is_reset_and_only_what_both_want_is_agreed)
{
	struct virtio v;

	make(VIRTIO_F_VERSION_1 | 0x220);
	CHECK_EQ(start(&v, 0x600), 0);
	CHECK_EQ(fake.resets, 1);
	CHECK_EQ(v.features, VIRTIO_F_VERSION_1 | 0x200);
	CHECK_EQ(fake.agreed, VIRTIO_F_VERSION_1 | 0x200);
	CHECK_EQ(fake.word[STATUS / 4], 1 | 2 | 8);
	virtio_go(&v);
	CHECK_EQ(fake.word[STATUS / 4], 1 | 2 | 4 | 8);
}

TEST(what_is_no_modern_device_of_the_kind_is_refused)
{
	struct virtio v;

	make(0x200);
	CHECK_EQ(start(&v, 0x200), -E_IO); /* no VERSION_1 */
	CHECK(v.why);
	make(VIRTIO_F_VERSION_1);
	fake.word[1] = 1;
	CHECK_EQ(start(&v, 0), -E_IO);
	CHECK_EQ(virtio_identify(&fake), 0);
	make(VIRTIO_F_VERSION_1);
	fake.word[2] = VIRTIO_NET;
	CHECK_EQ(start(&v, 0), -E_IO);
	CHECK_EQ(virtio_identify(&fake), VIRTIO_NET);
	CHECK_EQ(fake.resets, 0);
	make(VIRTIO_F_VERSION_1);
	fake.word[0]++;
	CHECK_EQ(start(&v, 0), -E_IO);
}

TEST(a_device_that_does_not_end_its_reset_is_given_up)
{
	struct virtio v;

	make(VIRTIO_F_VERSION_1);
	fake.never_resets = true;
	CHECK_EQ(start(&v, 0), -E_IO);
	CHECK_EQ(fake.agreed, 0);
}

TEST(a_device_that_refuses_its_features_is_given_up)
{
	struct virtio v;

	make(VIRTIO_F_VERSION_1);
	fake.refuses = true;
	CHECK_EQ(start(&v, 0), -E_IO);
}

TEST(a_queue_is_as_large_as_both_can_have_it)
{
	struct virtio v;

	make(VIRTIO_F_VERSION_1);
	CHECK_EQ(start(&v, 0), 0);
	CHECK_EQ(virtio_queue_size(&v, 0, 64), 64);
	fake.queue_max[0] = 48;
	CHECK_EQ(virtio_queue_size(&v, 0, 64), 32);
	fake.queue_max[0] = 1;
	CHECK_EQ(virtio_queue_size(&v, 0, 64), 1);
	CHECK_EQ(virtio_queue_size(&v, 2, 64), 0); /* there is none */
	fake.ready[0] = 1;
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
	CHECK_EQ(fake.word[0x38 / 4], 8);
	CHECK_EQ(fake.word[0x80 / 4], 0x34567890);
	CHECK_EQ(fake.word[0x84 / 4], 0x12);
	CHECK_EQ(fake.word[0x90 / 4], 0x34567890 + 8 * 16);
	CHECK_EQ(fake.word[0xa4 / 4], 0x12);
	CHECK_EQ(fake.ready[0], 1);
}

TEST(configuration_is_of_one_moment_and_of_the_right_width)
{
	struct virtio v;
	uint64_t all = 0;
	uint8_t byte[3];

	make(VIRTIO_F_VERSION_1);
	CHECK_EQ(start(&v, 0), 0);
	fake.generation_changes = 2;
	virtio_config(&v, 0, &all, 4, 2);
	CHECK_EQ(all, 0x0807060504030201);
	virtio_config(&v, 5, byte, 1, 3);
	CHECK_EQ(byte[0], 6);
	CHECK_EQ(byte[2], 8);
	fake.generation_changes = 1000000;
	virtio_config(&v, 0, &all, 4, 2); /* comes to an end */
}
