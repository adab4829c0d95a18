/* SPDX-License-Identifier: BSD-2-Clause */
/* cpio archives written in memory. */
#include "tests/test.h"
#include "tests/unit/mutate.h"
#include "user/lib/archive.h"
#include <abi/error.h>
#include <stdio.h>

static char bytes[8192];
static size_t used;

static void add(unsigned mode, const char *name, const char *data, size_t pad)
{
	size_t n = strlen(name) + 1 + pad;

	used += (size_t)sprintf(
		bytes + used,
		"070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08zX%08X",
		1, mode, 0, 0, 1, 0, (unsigned)strlen(data), 0, 0, 0, 0, n, 0);
	memset(bytes + used, 0, n + 4);
	memcpy(bytes + used, name, strlen(name));
	used = (used + n + 3) & ~3ul;
	memcpy(bytes + used, data, strlen(data));
	used = (used + strlen(data) + 3) & ~3ul;
}

static struct archive make(void)
{
	memset(bytes, 0, sizeof(bytes));
	used = 0;
	add(0040755, "etc", "", 0);
	add(0100755, "./init", "the program", 40);
	add(0100644, "etc/manifest", "service a\n", 1);
	add(0100644, "empty", "", 0);
	add(0, "TRAILER!!!", "", 0);
	return (struct archive){bytes, used};
}

TEST(a_file_is_found_with_its_place_in_the_archive)
{
	struct archive a = make();
	struct archive_file f;

	CHECK_EQ(archive_find(&a, "/etc/manifest", &f), 0);
	CHECK_STR(f.name, "etc/manifest");
	CHECK_EQ(f.bytes, 10);
	CHECK(f.data == bytes + f.offset);
	CHECK(memcmp(f.data, "service a\n", 10) == 0);
	CHECK_EQ(archive_find(&a, "init", &f), 0);
	CHECK_STR(f.name, "init");
	CHECK_EQ(archive_find(&a, "etc", &f), -E_NOENT); /* a folder */
	CHECK_EQ(archive_find(&a, "ini", &f), -E_NOENT);
	CHECK_EQ(archive_find(&a, "empty", &f), 0);
	CHECK_EQ(f.bytes, 0);
}

TEST(all_files_come_one_after_the_other)
{
	struct archive a = make();
	struct archive_file f;
	size_t at = 0;

	CHECK_EQ(archive_next(&a, &at, &f), 1);
	CHECK_STR(f.name, "init");
	CHECK_EQ(archive_next(&a, &at, &f), 1);
	CHECK_EQ(archive_next(&a, &at, &f), 1);
	CHECK_STR(f.name, "empty");
	CHECK_EQ(archive_next(&a, &at, &f), 0);
}

TEST(an_archive_cut_anywhere_is_damaged)
{
	struct archive a = make();
	struct archive_file f;
	size_t whole = a.bytes;

	for (a.bytes = 0; a.bytes < whole - 124; a.bytes++)
		CHECK_EQ(archive_find(&a, "nobody", &f), -E_INVAL);
}

static void try(const uint8_t *copy, size_t n)
{
	struct archive a = {copy, n};
	struct archive_file f;
	size_t at = 0;
	unsigned files = 0;
	volatile uint8_t sum = 0;

	while (files++ < 100 && archive_next(&a, &at, &f) > 0) {
		CHECK(strlen(f.name) < n);
		for (size_t i = 0; i < f.bytes; i++)
			sum += ((const uint8_t *)f.data)[i];
	}
	CHECK(files < 100);
}

TEST(a_damaged_archive_is_read_without_harm)
{
	struct archive a = make();

	mutate_each(MUTATE_ROUNDS / 4, a.base, a.bytes, try);
}
