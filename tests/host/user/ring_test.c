/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/test.h"
#include "user/servers/console/ring.h"

static struct {
	struct ring r;
	char bytes[8];
} u;

TEST(a_ring_gives_back_what_was_put_in_order)
{
	char got[8];

	ring_init(&u.r, 8);
	u.r.put = u.r.taken = 0xfffffffd; /* the counts are about to wrap */
	CHECK_EQ(ring_first(&u.r), -1);
	CHECK_EQ(ring_put(&u.r, "abcdef", 6), 6);
	CHECK_EQ(ring_first(&u.r), 'a');
	CHECK_EQ(ring_take(&u.r, got, 4), 4);
	CHECK(memcmp(got, "abcd", 4) == 0);
	CHECK_EQ(ring_put(&u.r, "0123456789", 10), 6); /* as many as fit */
	CHECK_EQ(ring_room(&u.r), 0);
	CHECK_EQ(ring_take(&u.r, got, 8), 8);
	CHECK(memcmp(got, "ef012345", 8) == 0);
	CHECK_EQ(ring_take(&u.r, got, 8), 0);
}

TEST(a_byte_of_all_ones_is_not_the_end)
{
	ring_init(&u.r, 8);
	CHECK_EQ(ring_put(&u.r, "\xff", 1), 1);
	CHECK_EQ(ring_first(&u.r), 0xff);
}

TEST(memory_that_is_no_ring_is_told)
{
	ring_init(&u.r, 8);
	CHECK(ring_is_sound(&u.r, 8));
	CHECK(!ring_is_sound(&u.r, 16));
	u.r.put = 9;
	CHECK(!ring_is_sound(&u.r, 8));
	u.r.taken = 1;
	CHECK(ring_is_sound(&u.r, 8));
	u.r.taken = 10;
	CHECK(!ring_is_sound(&u.r, 8));
}
