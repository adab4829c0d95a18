/* SPDX-License-Identifier: BSD-2-Clause */
/* Arithmetic on powers of two, at its edges. */
#include "lib/bits.h"
#include "tests/test.h"

TEST(rounding_keeps_multiples_and_moves_the_rest)
{
	CHECK_EQ(round_down(0, 4096), 0);
	CHECK_EQ(round_down(4095, 4096), 0);
	CHECK_EQ(round_down(4096, 4096), 4096);
	CHECK_EQ(round_up(0, 4096), 0);
	CHECK_EQ(round_up(1, 4096), 4096);
	CHECK_EQ(round_up(4096, 4096), 4096);
	CHECK_EQ(round_up(7, 1), 7);
}

TEST(rounding_up_past_the_end_gives_zero)
{
	CHECK_EQ(round_up(~0ul, 4096), 0);
	CHECK_EQ(round_up(~0ul - 4094, 4096), 0);
	CHECK_EQ(round_up(~0ul - 4095, 4096), ~0ul - 4095);
	CHECK_EQ(round_down(~0ul, 4096), ~0ul - 4095);
}

TEST(alignment_is_about_the_low_bits)
{
	CHECK(is_aligned(0, 1ul << 63));
	CHECK(is_aligned(8, 8));
	CHECK(!is_aligned(8, 16));
	CHECK(is_aligned(~0ul, 1));
	CHECK(!is_aligned(~0ul, 2));
}

TEST(lowest_and_highest_bit)
{
	for (unsigned i = 0; i < 64; i++) {
		CHECK_EQ(bit_lowest(BIT(i)), i);
		CHECK_EQ(bit_highest(BIT(i)), i);
	}
	CHECK_EQ(bit_lowest(0xf0), 4);
	CHECK_EQ(bit_highest(0xf0), 7);
	CHECK_EQ(bit_lowest(~0ul), 0);
	CHECK_EQ(bit_highest(~0ul), 63);
}

TEST(a_range_lies_within_another_or_not)
{
	CHECK(range_within(10, 10, 10, 20));
	CHECK(range_within(20, 0, 10, 20));
	CHECK(range_within(10, 0, 10, 20));
	CHECK(!range_within(21, 0, 10, 20));
	CHECK(!range_within(10, 11, 10, 20));
	CHECK(!range_within(9, 2, 10, 20));
	CHECK(!range_within(15, ~0ul, 10, 20));
	CHECK(!range_within(~0ul, 2, 0, ~0ul));
	CHECK(range_within(0, ~0ul, 0, ~0ul));
}

TEST(ranges_that_touch_do_not_overlap)
{
	CHECK(!ranges_overlap(0, 10, 10, 20));
	CHECK(!ranges_overlap(10, 20, 0, 10));
	CHECK(ranges_overlap(0, 11, 10, 20));
	CHECK(ranges_overlap(0, 30, 10, 20));
	CHECK(ranges_overlap(12, 13, 10, 20));
}

TEST(an_element_is_found_from_its_member)
{
	struct {
		uint8_t a;
		uint64_t b;
	} s, *found;
	uint64_t *b = &s.b;

	found = container_of(b, __typeof__(s), b);
	CHECK(found == &s);
	CHECK_EQ(ARRAY_LEN(((int[]){1, 2, 3})), 3);
}
