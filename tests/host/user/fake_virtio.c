/* SPDX-License-Identifier: BSD-2-Clause */
/* fake_virtio.c - registers by offset, rings by address. */
#include "tests/host/user/fake_virtio.h"
#include "tests/test.h"

enum {
	FEATURES = 0x10,
	FEATURES_SELECT = 0x14,
	DRIVER_FEATURES = 0x20,
	DRIVER_SELECT = 0x24,
	QUEUE = 0x30,
	QUEUE_MAX = 0x34,
	QUEUE_SIZE = 0x38,
	QUEUE_READY = 0x44,
	NOTIFY = 0x50,
	STATUS = 0x70,
	ADDRESSES = 0x80,
	GENERATION = 0xfc,
	CONFIG = 0x100,
};

struct fake_virtio fake;

void fake_make(unsigned kind, uint64_t features, void *memory, uint64_t bytes)
{
	memset(&fake, 0, sizeof(fake));
	fake.word[0] = 0x74726976;
	fake.word[1] = 2;
	fake.word[2] = kind;
	fake.features = features;
	fake.queue_max[0] = fake.queue_max[1] = 1024;
	fake.word[STATUS / 4] = 15;
	fake.memory = memory;
	fake.bytes = bytes;
}

/* The queue that is selected; FAKE_QUEUES: none that there is. */
static unsigned queue(void)
{
	unsigned n = fake.word[QUEUE / 4];

	return n < FAKE_QUEUES ? n : FAKE_QUEUES;
}

static uint32_t read_config(unsigned offset, unsigned width)
{
	uint32_t n = 0;

	CHECK(offset % width == 0);
	CHECK(offset + width <= sizeof(fake.config));
	memcpy(&n, fake.config + offset, width);
	return fake.generation_changes ? n ^ 0xff : n;
}

uint32_t virtio_host_read(volatile void *registers, unsigned offset,
			  unsigned width)
{
	CHECK(registers == (void *)&fake);
	if (offset >= CONFIG)
		return read_config(offset - CONFIG, width);
	CHECK(width == 4 && offset % 4 == 0);
	if (offset == FEATURES)
		return (uint32_t)(fake.features >>
				  32 * fake.word[FEATURES_SELECT / 4]);
	if (offset == QUEUE_MAX)
		return queue() < FAKE_QUEUES ? fake.queue_max[queue()] : 0;
	if (offset == QUEUE_READY)
		return fake.ready[queue()];
	if (offset == GENERATION && fake.generation_changes) {
		fake.generation_changes--;
		return fake.word[offset / 4]++;
	}
	return fake.word[offset / 4];
}

/* Three addresses of 64 bits, 16 bytes apart. */
static void set_address(unsigned at, uint32_t n)
{
	uint64_t *address = &fake.queue[queue()][at / 16];

	CHECK(queue() < FAKE_QUEUES && at / 16 < 3);
	if (at % 16 == 0)
		*address = (*address & ~0xfffffffful) | n;
	else
		*address = (*address & 0xffffffff) | (uint64_t)n << 32;
}

static uint32_t set_status(uint32_t n)
{
	if (n == 0) {
		fake.resets++;
		memset(fake.seen, 0, sizeof(fake.seen));
		memset(fake.ready, 0, sizeof(fake.ready));
		return fake.never_resets ? 15 : 0;
	}
	return fake.refuses ? n & ~8u : n;
}

void virtio_host_write(volatile void *registers, unsigned offset, uint32_t n)
{
	CHECK(registers == (void *)&fake);
	CHECK(offset % 4 == 0 && offset < CONFIG);
	if (offset == DRIVER_FEATURES)
		fake.agreed |= (uint64_t)n << 32 * fake.word[DRIVER_SELECT / 4];
	if (offset == QUEUE_READY)
		fake.ready[queue()] = n;
	if (offset == NOTIFY)
		fake.notified++;
	if (offset >= ADDRESSES && offset < ADDRESSES + 0x30)
		set_address(offset - ADDRESSES, n);
	if (offset == STATUS)
		n = set_status(n);
	fake.word[offset / 4] = n;
}

void *fake_at(uint64_t physical, uint64_t bytes)
{
	uint64_t offset = physical - FAKE_PHYSICAL;

	CHECK(offset <= fake.bytes && bytes <= fake.bytes - offset);
	return fake.memory + offset;
}

static struct virtqueue_descriptor descriptor(unsigned n, unsigned id)
{
	return *(struct virtqueue_descriptor *)fake_at(
		fake.queue[n][0] + id * sizeof(struct virtqueue_descriptor),
		sizeof(struct virtqueue_descriptor));
}

unsigned fake_take(unsigned n, uint16_t *id, struct virtqueue_descriptor *to,
		   unsigned max)
{
	struct virtqueue_available *a = fake_at(fake.queue[n][1], 4);
	unsigned count = 0, size = fake.word[QUEUE_SIZE / 4];
	uint16_t d;

	if (a->idx == fake.seen[n])
		return 0;
	*id = d = a->ring[fake.seen[n]++ % size];
	for (;;) {
		CHECK(count < max);
		to[count] = descriptor(n, d);
		fake_at(to[count].address, to[count].bytes);
		if (!(to[count++].flags & 1))
			return count;
		d = to[count - 1].next;
	}
}

void fake_use(unsigned n, uint32_t id, uint32_t bytes)
{
	struct virtqueue_used *u = fake_at(fake.queue[n][2], 4);
	unsigned at = u->idx % fake.word[QUEUE_SIZE / 4];

	u->ring[at].id = id;
	u->ring[at].bytes = bytes;
	u->idx++;
}
