/* SPDX-License-Identifier: BSD-2-Clause */
/* format_test.c - each conversion, its edges, and what finds no room. */
#include "tests/test.h"
#include <stdio.h>

#define CHECK_FORMAT(expected, ...)                               \
	do {                                                      \
		char to_[64];                                     \
		int n_ = snprintf(to_, sizeof(to_), __VA_ARGS__); \
		CHECK_STR(to_, expected);                         \
		CHECK_EQ(n_, (int)sizeof(expected) - 1);          \
	} while (0)

TEST(a_number_is_written_in_its_base_and_size)
{
	CHECK_FORMAT("0 0 0", "%d %u %x", 0, 0u, 0u);
	CHECK_FORMAT("-2147483648 4294967295", "%d %u", -2147483647 - 1, ~0u);
	CHECK_FORMAT("-9223372036854775808", "%ld", (long)(1ul << 63));
	CHECK_FORMAT("18446744073709551615", "%lu", ~0ul);
	CHECK_FORMAT("ffffffff deadbeef12345678", "%x %lx", ~0u,
		     0xdeadbeef12345678ul);
}

TEST(a_field_is_filled_before_or_behind)
{
	CHECK_FORMAT("[  7][0007][7   ]", "[%3d][%04d][%-4d]", 7, 7, 7);
	CHECK_FORMAT("[12345]", "[%3u]", 12345u);
	CHECK_FORMAT("[ -7][-7 ]", "[%3d][%-3d]", -7, -7);
	CHECK_FORMAT("[000000000000beef]", "[%016lx]", 0xbeeful);
	CHECK_FORMAT("[  ab][ab  ]", "[%4s][%-4s]", "ab", "ab");
}

TEST(a_string_ends_where_it_ends_or_is_told_to)
{
	CHECK_FORMAT("abc", "%s", "abc");
	CHECK_FORMAT("", "%s", "");
	CHECK_FORMAT(" abc", "%4.3s", "abcdef");
	CHECK_FORMAT("a%b", "%c%%%c", 'a', 'b');
}

TEST(what_finds_no_room_is_counted_and_not_written)
{
	char to[8] = "0123456";
	volatile size_t room = 4; /* or the compiler warns */

	CHECK_EQ(snprintf(to, room, "%d", 123456), 6);
	CHECK_STR(to, "123");
	CHECK_EQ(to[4], '4');
	CHECK_EQ(snprintf(to, 0, "%s", "abc"), 3);
	CHECK_STR(to, "123");
}
