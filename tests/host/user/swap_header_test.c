/* SPDX-License-Identifier: BSD-2-Clause */
/* The first page of a swap area, as mkswap writes it, and as nobody should. */
#include "tests/test.h"
#include "user/servers/swap/header.h"
#include <string.h>

static char data[HEADER_LOOK];
static struct header h;

static void put(unsigned at, uint32_t n)
{
	memcpy(data + at, &n, sizeof(n));
}

/* An area of that many pages, without bad ones. */
static void make(uint32_t pages)
{
	memset(data, 0, sizeof(data));
	put(1024, 1);
	put(1028, pages - 1);
	memcpy(data + 1052, "a label", 7);
	memcpy(data + 4086, "SWAPSPACE2", 10);
}

static const char *parse(uint64_t pages)
{
	return header_parse(&h, data, sizeof(data), pages);
}

TEST(an_area_is_known_by_its_signature)
{
	make(100);
	CHECK_EQ(header_find(data, sizeof(data)), 4096);
	CHECK_EQ(header_find(data, 4096), 4096);
	CHECK_EQ(header_find(data, 4095), 0);
	CHECK_EQ(header_find(data, 0), 0);
	CHECK(!parse(100));
	CHECK_EQ(h.pages, 100);
	CHECK_EQ(h.slots, 100);
	CHECK_EQ(h.bad_count, 0);
	CHECK(strcmp(h.label, "a label") == 0);
	data[4086] = 's';
	CHECK_EQ(header_find(data, sizeof(data)), 0);
}

/* Whether `why` has that word in it. */
static bool says(const char *why, const char *word)
{
	return why && strstr(why, word);
}

TEST(an_area_for_larger_pages_is_told_apart)
{
	for (unsigned page = 8192; page <= HEADER_LOOK; page *= 2) {
		make(100);
		memset(data + 4086, 0, 10);
		memcpy(data + page - 10, "SWAPSPACE2", 10);
		CHECK_EQ(header_find(data, sizeof(data)), page);
		CHECK_EQ(header_find(data, page - 1), 0);
		CHECK(says(parse(100), "another size"));
	}
}

TEST(an_area_of_another_version_is_told_apart)
{
	make(100);
	put(1024, 2);
	CHECK(says(parse(100), "version other"));
	put(1024, 0);
	CHECK(says(parse(100), "version other"));
	put(1024, 0x01000000);
	CHECK(says(parse(100), "byte order"));
	make(100);
	memcpy(data + 4086, "SWAP-SPACE", 10);
	CHECK_EQ(header_find(data, sizeof(data)), 4096);
	CHECK(says(parse(100), "old kind"));
}

TEST(an_area_is_no_larger_than_its_place)
{
	make(100);
	CHECK(says(parse(99), "larger"));
	CHECK(!parse(101));
	put(1028, 0xffffffff);
	CHECK(says(parse(100), "larger"));
	CHECK(!parse(1ul << 32));
	CHECK_EQ(h.pages, 1ul << 32);
	put(1028, 0);
	CHECK(says(parse(100), "no page") && !says(parse(100), "bad"));
}

TEST(bad_pages_are_passed_over)
{
	make(10);
	put(1032, 4);
	put(1536, 7);
	put(1540, 1);
	put(1544, 2);
	put(1548, 9);
	CHECK(!parse(10));
	CHECK_EQ(h.bad_count, 4);
	CHECK_EQ(h.slots, 6);
	CHECK_EQ(header_page(&h, 1), 3);
	CHECK_EQ(header_page(&h, 2), 4);
	CHECK_EQ(header_page(&h, 3), 5);
	CHECK_EQ(header_page(&h, 4), 6);
	CHECK_EQ(header_page(&h, 5), 8);
}

TEST(bad_pages_that_cannot_be_are_refused)
{
	make(1000);
	put(1032, HEADER_BAD_MAX + 1);
	CHECK(says(parse(1000), "more bad pages"));
	put(1032, 0xffffffff);
	CHECK(says(parse(1000), "more bad pages"));
	put(1032, 2);
	put(1536, 3);
	put(1540, 1000);
	CHECK(says(parse(1000), "not in it"));
	put(1540, 0);
	CHECK(says(parse(1000), "not in it"));
	put(1540, 3);
	CHECK(says(parse(1000), "twice"));
	put(1540, 999);
	CHECK(!parse(1000));
	CHECK_EQ(header_page(&h, 998 - 1), 998);
}

TEST(as_many_bad_pages_as_there_is_room_for)
{
	make(HEADER_BAD_MAX + 1);
	put(1032, HEADER_BAD_MAX);
	for (unsigned i = 0; i < HEADER_BAD_MAX; i++)
		put(1536 + 4 * i, HEADER_BAD_MAX - i);
	CHECK(says(parse(1000), "not bad"));
	make(HEADER_BAD_MAX + 2);
	put(1032, HEADER_BAD_MAX);
	for (unsigned i = 0; i < HEADER_BAD_MAX; i++)
		put(1536 + 4 * i, HEADER_BAD_MAX - i);
	CHECK(!parse(1000));
	CHECK_EQ(h.slots, 2);
	CHECK_EQ(header_page(&h, 1), HEADER_BAD_MAX + 1);
}

TEST(a_label_is_fit_to_be_printed)
{
	make(100);
	memcpy(data + 1052, "a\033[2J\177\200bcdefghijk", 16);
	CHECK(!parse(100));
	CHECK(strcmp(h.label, "a?[2J??bcdefghij") == 0);
}

/* Whatever is there: sanitizers look. */
TEST(any_header_is_read_without_harm)
{
	uint64_t x = 88172645463325252ul;

	for (unsigned n = 0; n < 20000; n++) {
		make(1000);
		for (unsigned i = 0; i < 4; i++) {
			x ^= x << 13;
			x ^= x >> 7;
			x ^= x << 17;
			put(1024 + x % 24 * 4,
			    (uint32_t)(x >> 32) >> (x >> 16) % 32);
		}
		if (!parse(1000)) {
			CHECK(h.slots > 1 && h.slots <= 1000);
			CHECK(header_page(&h, h.slots - 1) < h.pages);
			CHECK(header_page(&h, 1) >= 1);
		}
	}
}
