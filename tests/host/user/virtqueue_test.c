/* SPDX-License-Identifier: BSD-2-Clause */
/* A queue and a device at its other end: an honest one, and every kind of lie. */
#include "tests/test.h"
#include "tests/unit/mutate.h"
#include "user/lib/virtqueue.h"
#include <abi/error.h>

#define SIZE	 8u
#define PHYSICAL 0x80000000ul

static _Alignas(16) char memory[4096];
static struct virtqueue q;

static void begin(void)
{
	CHECK(virtqueue_bytes(SIZE) <= sizeof(memory));
	memset(memory, 0, sizeof(memory));
	virtqueue_init(&q, SIZE, memory, PHYSICAL);
}

static const struct virtqueue_part three[3] = {
	{0x1000, 16, false},
	{0x2000, 512, true},
	{0x3000, 1, true},
};

static int add(uint32_t tag)
{
	return virtqueue_add(&q, three, 3, tag);
}

/* The device is done with the chain at `id`. */
static void use(uint32_t id, uint32_t bytes)
{
	struct virtqueue_used *used = q.used;

	used->ring[used->idx & (SIZE - 1)].id = id;
	used->ring[used->idx & (SIZE - 1)].bytes = bytes;
	used->idx++;
}

static int take(uint32_t *tag)
{
	uint32_t bytes;

	return virtqueue_take(&q, tag, &bytes);
}

TEST(the_rings_lie_where_virtio_wants_them)
{
	begin();
	CHECK_EQ(q.physical[0], PHYSICAL);
	CHECK_EQ(q.physical[1], PHYSICAL + 16 * SIZE);
	CHECK(q.physical[1] + 6 + 2 * SIZE <= q.physical[2]);
	CHECK_EQ(q.physical[2] % 4, 0);
	CHECK(q.physical[2] + 6 + 8 * SIZE <= PHYSICAL + virtqueue_bytes(SIZE));
	CHECK_EQ((uint64_t)((char *)q.used - memory), q.physical[2] - PHYSICAL);
}

TEST(a_chain_is_described_part_by_part)
{
	const struct virtqueue_descriptor *d = q.descriptor;
	unsigned n;

	begin();
	d = q.descriptor;
	CHECK_EQ(add(5), 0);
	CHECK_EQ(q.available->idx, 1);
	n = q.available->ring[0];
	CHECK_EQ(d[n].address, 0x1000);
	CHECK_EQ(d[n].flags, 1); /* NEXT */
	n = d[n].next;
	CHECK_EQ(d[n].address, 0x2000);
	CHECK_EQ(d[n].bytes, 512);
	CHECK_EQ(d[n].flags, 3); /* NEXT, WRITE */
	n = d[n].next;
	CHECK_EQ(d[n].address, 0x3000);
	CHECK_EQ(d[n].flags, 2); /* WRITE */
}

TEST(a_full_queue_takes_no_more_until_one_comes_back)
{
	uint32_t tag = 0;

	begin();
	CHECK_EQ(add(1), 0);
	CHECK_EQ(add(2), 0);
	CHECK_EQ(add(3), -E_AGAIN); /* 6 of 8 are taken */
	CHECK_EQ(take(&tag), 0);
	use(q.available->ring[1], 513);
	CHECK_EQ(take(&tag), 1);
	CHECK_EQ(tag, 2);
	CHECK_EQ(take(&tag), 0);
	CHECK_EQ(add(3), 0);
	CHECK_EQ(virtqueue_add(&q, three, 2, 4), 0);
	CHECK_EQ(virtqueue_add(&q, three, 1, 5), -E_AGAIN);
	CHECK_EQ(virtqueue_add(&q, three, 0, 5), -E_AGAIN);
}

/* Chains come back in any order, for longer than the indices last. */
TEST(indices_wrap_and_no_descriptor_is_lost)
{
	uint32_t tag = 0, bytes = 0;

	begin();
	for (unsigned round = 0; round < 70000; round++) {
		unsigned first = q.added & (SIZE - 1);
		unsigned second = (q.added + 1u) & (SIZE - 1);

		CHECK_EQ(add(2 * round), 0);
		CHECK_EQ(add(2 * round + 1), 0);
		use(q.available->ring[second], 7);
		use(q.available->ring[first], 513);
		CHECK_EQ(virtqueue_take(&q, &tag, &bytes), 1);
		CHECK_EQ(tag, 2 * round + 1);
		CHECK_EQ(bytes, 7);
		CHECK_EQ(virtqueue_take(&q, &tag, &bytes), 1);
		CHECK_EQ(tag, 2 * round);
		CHECK_EQ(q.free, SIZE);
	}
}

/* The descriptors of the chain at `id`, as a set. */
static unsigned members(unsigned id)
{
	unsigned set = 1u << id;

	while (q.descriptor[id].flags & 1) {
		id = q.descriptor[id].next;
		CHECK(id < SIZE && !(set & 1u << id));
		set |= 1u << id;
	}
	return set;
}

/* Chains of all lengths come and go in any order: none shares a descriptor. */
TEST(no_descriptor_is_in_two_chains)
{
	uint64_t state = 1;
	unsigned id[SIZE], count = 0, taken = 0;
	uint32_t tag, bytes;

	begin();
	for (unsigned round = 0; round < 100000; round++) {
		unsigned r = (unsigned)mutate_random(&state) & 0xffff;
		unsigned parts = 1 + r % 3, which = count ? r / 3 % count : 0;

		if ((r & 0x8000) && count > 0) {
			use(id[which], 0);
			CHECK_EQ(virtqueue_take(&q, &tag, &bytes), 1);
			taken &= ~members(id[which]);
			id[which] = id[--count];
		} else if (!virtqueue_add(&q, three, parts, 0)) {
			id[count] = q.available->ring[(q.added - 1u) % SIZE];
			CHECK_EQ(taken & members(id[count]), 0);
			taken |= members(id[count++]);
		}
		CHECK_EQ(q.free, SIZE - (unsigned)__builtin_popcount(taken));
	}
}

static void check_broken(void)
{
	uint32_t tag;

	CHECK_EQ(take(&tag), -E_IO);
	q.used->idx = q.taken;
	CHECK_EQ(take(&tag), -E_IO); /* and stays so */
}

TEST(an_id_that_is_no_descriptor_breaks_the_queue)
{
	static const uint32_t bad[] = {SIZE, 0xffff, 0x10000, ~0u};

	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		begin();
		CHECK_EQ(add(1), 0);
		use(bad[i], 0);
		check_broken();
	}
}

TEST(an_id_in_the_middle_of_a_chain_breaks_the_queue)
{
	begin();
	CHECK_EQ(add(1), 0);
	use(q.descriptor[q.available->ring[0]].next, 0);
	check_broken();
}

TEST(a_chain_cannot_come_back_twice)
{
	uint32_t tag;

	begin();
	CHECK_EQ(add(1), 0);
	CHECK_EQ(add(2), 0);
	use(q.available->ring[0], 0);
	CHECK_EQ(take(&tag), 1);
	use(q.available->ring[0], 0);
	check_broken();
}

TEST(more_bytes_than_there_was_room_for_break_the_queue)
{
	uint32_t tag;

	begin();
	CHECK_EQ(add(1), 0);
	use(q.available->ring[0], 513);
	CHECK_EQ(take(&tag), 1);
	CHECK_EQ(add(1), 0);
	use(q.available->ring[1], 514);
	check_broken();
}

TEST(an_index_that_runs_ahead_breaks_the_queue)
{
	static const uint16_t ahead[] = {2, SIZE, 0x8000, 0xffff};

	for (unsigned i = 0; i < 4; i++) {
		begin();
		CHECK_EQ(add(1), 0);
		q.used->idx = ahead[i];
		check_broken();
	}
}

/* What the device scribbles over the memory that it reaches is never followed. */
TEST(a_device_that_scribbles_everywhere_does_no_harm)
{
	uint32_t tag, bytes;

	for (unsigned round = 1; round < 20000; round++) {
		uint64_t state = round * 0x9e3779b97f4a7c15ul | 1;

		begin();
		for (unsigned step = 0; step < 12; step++) {
			unsigned parts = 1 + mutate_random(&state) % 3;

			if (virtqueue_add(&q, three + 3 - parts, parts, step))
				CHECK(q.free < parts);
			if (step & 1)
				mutate((uint8_t *)memory, virtqueue_bytes(SIZE),
				       &state);
			else
				use(q.available->ring[step % SIZE], 1);
			if (virtqueue_take(&q, &tag, &bytes) == 1) {
				CHECK(tag < 12);
				CHECK(bytes <= 513);
			}
			CHECK(q.free <= SIZE);
		}
	}
}
