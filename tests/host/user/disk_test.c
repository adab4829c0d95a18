/* SPDX-License-Identifier: BSD-2-Clause */
/* The disk driver's part that knows the device, and a device. */
#include "tests/host/user/fake_virtio.h"
#include "tests/test.h"
#include "user/servers/blk/disk.h"
#include <abi/error.h>

#define FLUSH	  (1ul << 9)
#define READ_ONLY (1ul << 5)
#define SIZE_MAX_ (1ul << 1)

static _Alignas(4096) char memory[DISK_MEMORY];
static struct disk disk;

static int begin(uint64_t features)
{
	uint64_t sectors = 1000;

	memset(memory, 0xa5, sizeof(memory)); /* a driver before has died */
	fake_make(VIRTIO_BLK, VIRTIO_F_VERSION_1 | features, memory,
		  sizeof(memory));
	memcpy(fake.config, &sectors, 8);
	disk = (struct disk){.slots = 0};
	return disk_begin(&disk, &fake, memory, FAKE_PHYSICAL);
}

TEST(a_disk_says_what_it_is)
{
	CHECK_EQ(begin(FLUSH | READ_ONLY | 1ul << 11), 0);
	CHECK_EQ(disk.info.sectors, 1000);
	CHECK_EQ(disk.info.flags, BLK_READ_ONLY | BLK_HAS_FLUSH);
	CHECK_EQ(disk.info.max, BLK_MAX);
	CHECK_EQ(disk.slots, DISK_SLOTS);
	CHECK_EQ(fake.agreed, VIRTIO_F_VERSION_1 | FLUSH | READ_ONLY);
}

TEST(a_disk_with_small_segments_or_queues_is_asked_for_less)
{
	uint32_t size_max = 0x1234;

	fake_make(VIRTIO_BLK, VIRTIO_F_VERSION_1 | SIZE_MAX_, memory,
		  sizeof(memory));
	memcpy(fake.config + 8, &size_max, 4);
	fake.queue_max[0] = 8;
	CHECK_EQ(disk_begin(&disk, &fake, memory, FAKE_PHYSICAL), 0);
	CHECK_EQ(disk.info.max, 0x1200);
	CHECK_EQ(disk.slots, 2);
	fake.queue_max[0] = 2;
	CHECK_EQ(disk_begin(&disk, &fake, memory, FAKE_PHYSICAL), -E_IO);
	fake.queue_max[0] = 8;
	memset(fake.config + 8, 0, 4);
	CHECK_EQ(disk_begin(&disk, &fake, memory, FAKE_PHYSICAL), -E_IO);
	CHECK(disk.device.why);
}

TEST(requests_that_make_no_sense_are_told_apart)
{
	static const struct {
		unsigned request;
		uint64_t sector, bytes;
		int err;
	} row[] = {
		{BLK_READ, 0, 512, 0},
		{BLK_READ, 999, 512, 0},
		{BLK_READ, 872, BLK_MAX, 0},
		{BLK_READ, 873, BLK_MAX, -E_RANGE},
		{BLK_READ, 1000, 512, -E_RANGE},
		{BLK_READ, ~0ul, 512, -E_RANGE},
		{BLK_READ, ~0ul, 1024, -E_RANGE},
		{BLK_READ, 0, 0, -E_INVAL},
		{BLK_READ, 0, 100, -E_INVAL},
		{BLK_READ, 0, BLK_MAX + 512, -E_INVAL},
		{BLK_READ, 0, ~0ul - 511, -E_INVAL},
		{BLK_WRITE, 0, 512, -E_PERM},
		{BLK_FLUSH, 5000, 0, 0},
	};

	CHECK_EQ(begin(READ_ONLY), 0);
	for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		CHECK_EQ(disk_check(&disk.info, row[i].request, row[i].sector,
				    row[i].bytes),
			 row[i].err);
}

/* What the device finds in a chain; puts `status` into its last byte. */
static uint16_t look(uint32_t type, uint64_t sector, unsigned parts,
		     uint64_t buffer, uint32_t bytes, bool writes, char status)
{
	struct virtqueue_descriptor d[3];
	struct {
		uint32_t type, zero;
		uint64_t sector;
	} header;
	uint16_t id;

	CHECK_EQ(fake_take(0, &id, d, 3), parts);
	CHECK_EQ(d[0].bytes, 16);
	CHECK_EQ(d[0].flags & 2, 0);
	memcpy(&header, fake_at(d[0].address, 16), 16);
	CHECK_EQ(header.type, type);
	CHECK_EQ(header.zero, 0);
	CHECK_EQ(header.sector, sector);
	if (parts == 3) {
		CHECK_EQ(d[1].address, buffer);
		CHECK_EQ(d[1].bytes, bytes);
		CHECK_EQ(d[1].flags & 2, writes ? 2 : 0);
	}
	CHECK_EQ(d[parts - 1].bytes, 1);
	CHECK_EQ(d[parts - 1].flags, 2);
	*(char *)fake_at(d[parts - 1].address, 1) = status;
	return id;
}

static uint64_t buffer_of(unsigned slot)
{
	uint64_t at = (uint64_t)(disk_buffer(&disk, slot) - memory);

	CHECK_EQ(disk_buffer_address(&disk, slot), FAKE_PHYSICAL + at);
	return FAKE_PHYSICAL + at;
}

TEST(requests_reach_the_device_and_come_back_in_any_order)
{
	uint16_t first, second, third;
	unsigned slot;
	int result;

	CHECK_EQ(begin(FLUSH), 0);
	disk_submit(&disk, 3, BLK_READ, 7, buffer_of(3), 1024);
	disk_submit(&disk, 0, BLK_WRITE, 999, buffer_of(9) + 512, 512);
	disk_submit(&disk, 15, BLK_FLUSH, 7, 0, 0);
	CHECK_EQ(fake.notified, 3);
	CHECK_EQ(disk.info.most, 3);
	first = look(0, 7, 3, buffer_of(3), 1024, true, 0);
	second = look(1, 999, 3, buffer_of(9) + 512, 512, false, 1);
	third = look(4, 0, 2, 0, 0, false, 2);
	CHECK_EQ(disk_take(&disk, &slot, &result), 0);
	fake_use(0, third, 1);
	fake_use(0, second, 1);
	fake_use(0, first, 1025);
	CHECK_EQ(disk_take(&disk, &slot, &result), 1);
	CHECK_EQ(slot, 15);
	CHECK_EQ(result, -E_IO); /* unsupported */
	CHECK_EQ(disk_take(&disk, &slot, &result), 1);
	CHECK_EQ(slot, 0);
	CHECK_EQ(result, -E_IO);
	CHECK_EQ(disk_take(&disk, &slot, &result), 1);
	CHECK_EQ(slot, 3);
	CHECK_EQ(result, 0);
}

TEST(a_status_that_the_device_never_wrote_is_an_error)
{
	struct virtqueue_descriptor d[3];
	unsigned slot;
	uint16_t id;
	int result;

	CHECK_EQ(begin(0), 0);
	disk_submit(&disk, 1, BLK_READ, 0, buffer_of(1), 512);
	CHECK_EQ(fake_take(0, &id, d, 3), 3);
	fake_use(0, id, 512);
	CHECK_EQ(disk_take(&disk, &slot, &result), 1);
	CHECK_EQ(result, -E_IO);
}

TEST(all_slots_fit_into_the_queue_at_once)
{
	struct virtqueue_descriptor d[3];
	unsigned slot;
	uint16_t id;
	int result;

	CHECK_EQ(begin(0), 0);
	for (unsigned i = 0; i < DISK_SLOTS; i++)
		disk_submit(&disk, i, BLK_WRITE, i, buffer_of(i), BLK_MAX);
	CHECK_EQ(disk.info.most, DISK_SLOTS);
	for (unsigned i = 0; i < DISK_SLOTS; i++) {
		CHECK_EQ(fake_take(0, &id, d, 3), 3);
		*(char *)fake_at(d[2].address, 1) = 0;
		fake_use(0, id, 1);
		CHECK_EQ(disk_take(&disk, &slot, &result), 1);
		CHECK_EQ(slot, i);
	}
	CHECK_EQ(disk.working, 0);
	CHECK_EQ(disk.queue.free, disk.queue.size);
}

TEST(a_device_that_answers_what_nobody_asked_is_given_up)
{
	unsigned slot;
	int result;

	CHECK_EQ(begin(0), 0);
	fake_use(0, 0, 1);
	CHECK_EQ(disk_take(&disk, &slot, &result), -E_IO);
}
