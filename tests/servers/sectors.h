/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sectors.h - the image that tools/lib/servercase.py makes: a sector of the first
 * half begins with its number, the rest is number * 7 + place; what is written to
 * the second half is of the same kind, with other numbers.
 */
#ifndef TESTS_SERVERS_SECTORS_H
#define TESTS_SERVERS_SECTORS_H
#include "check.h"
#include "proto/blk.h"

#define SECTORS	 8192u /* of the image */
#define HALF	 (SECTORS / 2)
#define OTHER	 1000000ul /* is added to numbers in the second half */
#define BROKEN	 64u	   /* cannot be read: servercase.py */
#define PART_MAX (BLK_MAX / BLK_SECTOR)

static inline void fill(char *to, uint64_t number)
{
	memcpy(to, &number, sizeof(number));
	for (unsigned i = sizeof(number); i < BLK_SECTOR; i++)
		to[i] = (char)(number * 7 + i);
}

static inline void fill_all(char *to, uint64_t number, unsigned sectors)
{
	for (unsigned i = 0; i < sectors; i++)
		fill(to + (size_t)i * BLK_SECTOR, number + i);
}

static inline void check_all(const char *data, uint64_t number,
			     unsigned sectors)
{
	char expected[BLK_SECTOR];

	for (unsigned i = 0; i < sectors; i++) {
		fill(expected, number + i);
		CHECK(memcmp(data + (size_t)i * BLK_SECTOR, expected,
			     BLK_SECTOR) == 0);
	}
}

#endif
