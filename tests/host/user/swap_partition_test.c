/* SPDX-License-Identifier: BSD-2-Clause */
/* Partition tables, good ones and such as lie. */
#include "tests/test.h"
#include "user/servers/swap/partition.h"
#include <abi/error.h>
#include <string.h>

#define SECTORS 4096u

static uint8_t disk[SECTORS][PARTITION_SECTOR];
static struct partition list[PARTITIONS_MAX];
static uint64_t broken; /* a sector; 0: none */
static unsigned reads;

static long read_disk(void *context, uint64_t sector, void *to)
{
	CHECK(context == disk);
	CHECK(sector < SECTORS);
	reads++;
	if (sector == broken && broken)
		return -E_IO;
	memcpy(to, disk[sector], PARTITION_SECTOR);
	return 0;
}

static long find(void)
{
	reads = 0;
	return partitions_find(read_disk, disk, SECTORS, list);
}

static void begin(void)
{
	memset(disk, 0, sizeof(disk));
	broken = 0;
}

static void put4(uint8_t *at, uint32_t n)
{
	memcpy(at, &n, 4);
}

/* Entry n of the table in a sector. */
static void entry(unsigned sector, unsigned n, unsigned type, uint32_t first,
		  uint32_t sectors)
{
	uint8_t *e = disk[sector] + 446 + n * 16;

	e[4] = (uint8_t)type;
	put4(e + 8, first);
	put4(e + 12, sectors);
	disk[sector][510] = 0x55;
	disk[sector][511] = 0xaa;
}

static void check(long n, unsigned number, uint64_t first, uint64_t sectors)
{
	CHECK_EQ(list[n].number, number);
	CHECK_EQ(list[n].first, first);
	CHECK_EQ(list[n].sectors, sectors);
}

TEST(a_disk_without_a_table_has_none)
{
	begin();
	CHECK_EQ(find(), -E_NOENT);
	disk[0][510] = 0x55;
	disk[0][511] = 0xaa;
	CHECK_EQ(find(), -E_NOENT); /* no entry */
	entry(0, 0, 0x82, 8, 100);
	CHECK_EQ(find(), 1);
	disk[0][446 + 48] = 0x12; /* a boot block: this is text */
	CHECK_EQ(find(), -E_NOENT);
	disk[0][446 + 48] = 0x80;
	CHECK_EQ(find(), 1);
	disk[0][511] = 0;
	CHECK_EQ(find(), -E_NOENT);
	CHECK_EQ(partitions_find(read_disk, disk, 1, list), -E_NOENT);
	CHECK_EQ(partitions_find(read_disk, disk, 0, list), -E_NOENT);
}

TEST(primary_partitions_of_any_type_are_found)
{
	begin();
	entry(0, 0, 0x83, 8, 100);
	entry(0, 2, 0x82, 200, SECTORS - 200);
	entry(0, 3, 0x07, 108, 1);
	CHECK_EQ(find(), 3);
	check(0, 1, 8, 100);
	check(1, 3, 200, SECTORS - 200);
	check(2, 4, 108, 1);
}

TEST(partitions_beyond_the_end_are_passed_over)
{
	begin();
	entry(0, 0, 0x83, 200, SECTORS - 199);
	entry(0, 1, 0x83, SECTORS, 1);
	entry(0, 2, 0x83, 0xffffffff, 0xffffffff);
	entry(0, 3, 0x83, 0, 10);
	CHECK_EQ(find(), 0);
	entry(0, 3, 0x83, 10, 0);
	CHECK_EQ(find(), 0);
	entry(0, 3, 0x83, 10, 1);
	CHECK_EQ(find(), 1);
}

TEST(logical_partitions_are_a_chain)
{
	static const unsigned types[] = {0x05, 0x0f, 0x85};

	for (unsigned i = 0; i < 3; i++) {
		begin();
		entry(0, 0, 0x83, 8, 100);
		entry(0, 1, types[i], 1000, 2000);
		entry(1000, 0, 0x82, 8, 90);
		entry(1000, 1, types[i], 100, 900);
		entry(1100, 0, 0x83, 8, 50);
		entry(1100, 1, types[i], 300, 700);
		entry(1300, 0, 0, 8, 9); /* an empty one */
		entry(1300, 1, types[i], 400, 600);
		entry(1400, 0, 0x82, 2, 30);
		entry(0, 2, 0x82, 3500, 10);
		CHECK_EQ(find(), 5);
		check(0, 1, 8, 100);
		check(1, 5, 1008, 90);
		check(2, 6, 1108, 50);
		check(3, 8, 1402, 30);
		check(4, 3, 3500, 10);
	}
}

TEST(a_chain_that_goes_round_or_away_ends)
{
	begin();
	entry(0, 0, 0x05, 1000, 2000);
	entry(1000, 0, 0x82, 8, 90);
	entry(1000, 1, 0x05, 100, 900);
	entry(1100, 0, 0x82, 8, 90);
	entry(1100, 1, 0x05, 0, 900); /* back to the first */
	CHECK_EQ(find(), PARTITIONS_MAX);
	CHECK(reads <= PARTITIONS_MAX + 1);
	entry(1100, 1, 0x05, 0xffffff00, 900);
	CHECK_EQ(find(), 2);
	entry(1100, 1, 0x05, 500, 900); /* no table there */
	entry(1500, 0, 0x82, 8, 90);
	disk[1500][511] = 0;
	CHECK_EQ(find(), 2);
	entry(0, 1, 0x05, 1000, 2000); /* the same, twice */
	CHECK_EQ(find(), 4);
}

TEST(a_table_that_cannot_be_read_is_an_error)
{
	begin();
	entry(0, 0, 0x05, 1000, 2000);
	entry(1000, 0, 0x82, 8, 90);
	broken = 1000;
	CHECK_EQ(find(), -E_IO);
	entry(0, 0, 0xee, 1, SECTORS - 1);
	broken = 1;
	CHECK_EQ(find(), -E_IO);
}

/* ---- GPT ------------------------------------------------------------------ */

#define LAST (SECTORS - 1)

static uint32_t crc(const uint8_t *at, unsigned bytes)
{
	uint32_t r = ~0u;

	while (bytes--) {
		r ^= *at++;
		for (unsigned i = 0; i < 8; i++)
			r = (r >> 1) ^ (0xedb88320u & -(r & 1));
	}
	return ~r;
}

static void put8(uint8_t *at, uint64_t n)
{
	memcpy(at, &n, 8);
}

static void seal(unsigned sector)
{
	uint8_t *g = disk[sector];
	uint32_t bytes;

	memcpy(&bytes, g + 12, 4);
	put4(g + 16, 0);
	put4(g + 16, crc(g, bytes <= 512 ? bytes : 512));
}

static void gpt(unsigned sector, uint64_t entries, uint32_t count,
		uint32_t bytes)
{
	uint8_t *g = disk[sector];

	memset(g, 0, PARTITION_SECTOR);
	memcpy(g, "EFI PART", 8);
	put4(g + 8, 0x10000);
	put4(g + 12, 92);
	put8(g + 24, sector);
	put8(g + 72, entries);
	put4(g + 80, count);
	put4(g + 84, bytes);
	seal(sector);
}

static void gpt_entry(unsigned sector, unsigned n, unsigned bytes,
		      uint64_t first, uint64_t last)
{
	uint8_t *e = disk[sector] + (size_t)n * bytes;

	e[0] = 0xff;
	put8(e + 32, first);
	put8(e + 40, last);
}

static void begin_gpt(void)
{
	begin();
	entry(0, 0, 0xee, 1, LAST);
	gpt(1, 2, 128, 128);
	gpt_entry(2, 0, 128, 100, 199);
	gpt_entry(2, 3, 128, 200, 200);
	gpt_entry(33, 3, 128, 300, LAST - 40);
	gpt(LAST, LAST - 32, 128, 128);
	gpt_entry((unsigned)LAST - 32, 1, 128, 100, 199);
}

TEST(partitions_of_a_gpt_are_found)
{
	begin_gpt();
	put8(disk[2] + 128 + 32, 400); /* not used */
	put8(disk[2] + 128 + 40, 500);
	CHECK_EQ(find(), 3);
	check(0, 1, 100, 100);
	check(1, 4, 200, 1);
	check(2, 128, 300, LAST - 339);
	gpt(1, 2, 4, 128);
	CHECK_EQ(find(), 2);
	gpt(1, 2, 4, 256);
	gpt_entry(2, 1, 256, 400, 499);
	CHECK_EQ(find(), 2);
	check(0, 1, 100, 100);
	check(1, 2, 400, 100);
}

TEST(the_second_header_serves_where_the_first_is_damaged)
{
	static const struct {
		unsigned at;
		uint8_t value;
		bool sealed; /* the CRC is right */
	} row[] = {
		{0, 'e', true},	  {24, 2, true},  {12, 91, true},
		{13, 255, false}, {84, 64, true}, {84, 0, true},
		{84, 160, true},  {56, 1, false},
	};

	for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		begin_gpt();
		disk[1][row[i].at] = row[i].value;
		if (row[i].sealed)
			seal(1);
		CHECK_EQ(find(), 1);
		check(0, 2, 100, 100);
		disk[LAST][0] = 0;
		CHECK_EQ(find(), 0);
	}
}

TEST(a_gpt_that_lies_is_believed_no_further_than_the_disk)
{
	begin_gpt();
	gpt_entry(2, 0, 128, 100, LAST + 1);
	gpt_entry(2, 3, 128, 200, 199);
	gpt_entry(33, 3, 128, ~0ul, ~0ul);
	gpt_entry(33, 2, 128, 0, ~0ul);
	gpt_entry(33, 1, 128, 1, ~0ul);
	CHECK_EQ(find(), 0);
	gpt(1, LAST - 1, 128, 128);
	CHECK_EQ(find(), 0);
	gpt(1, ~0ul, 128, 128);
	CHECK_EQ(find(), 0);
	gpt(1, 2, ~0u, 128);
	CHECK_EQ(find(), 0);
	CHECK(reads < 400);
}

TEST(no_more_partitions_are_given_than_there_is_room_for)
{
	begin_gpt();
	for (unsigned i = 0; i < 128; i++)
		gpt_entry(2 + i / 4, i % 4, 128, 100 + i, 100 + i);
	CHECK_EQ(find(), PARTITIONS_MAX);
	check(PARTITIONS_MAX - 1, PARTITIONS_MAX, 99 + PARTITIONS_MAX, 1);
}
