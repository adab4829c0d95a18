/* SPDX-License-Identifier: BSD-2-Clause */
/* cpio archives written in memory: reading, finding, damage. */
#include "abi/error.h"
#include "boot/archive.h"
#include "tests/test.h"
#include "tests/unit/mutate.h"

#define FILE_MODE 0100755u
#define DIR_MODE  0040755u
#define HEADER	  110u

/* The fields of a header that matter here, by their number. */
enum { MODE = 1, FILE_SIZE = 6, NAME_SIZE = 11 };

static struct {
	_Alignas(8) char bytes[4096];
	size_t len;
} made;

static void put(const void *data, size_t len)
{
	CHECK(made.len + len + 4 <= sizeof(made.bytes));
	memcpy(made.bytes + made.len, data, len);
	made.len += len;
}

static void pad(void)
{
	while (made.len % 4)
		put("", 1);
}

static void put_hex(uint32_t n)
{
	for (int shift = 28; shift >= 0; shift -= 4)
		put(&"0123456789abcdef"[n >> shift & 15], 1);
}

/* `nuls` of them after the name, at least one. */
static void put_entry(const char *name, size_t nuls, uint32_t mode,
		      const char *text)
{
	size_t name_size = strlen(name) + nuls;

	put("070701", 6);
	for (unsigned i = 0; i < 13; i++) {
		put_hex(i == MODE	 ? mode
			: i == FILE_SIZE ? (uint32_t)strlen(text)
			: i == NAME_SIZE ? (uint32_t)name_size
					 : i);
	}
	put(name, strlen(name));
	while (nuls--)
		put("", 1);
	pad();
	put(text, strlen(text));
	pad();
}

static struct archive finish(void)
{
	put_entry("TRAILER!!!", 1, 0, "");
	return (struct archive){made.bytes, made.len};
}

static struct archive make(void)
{
	memset(&made, 0, sizeof(made));
	put_entry(".", 1, DIR_MODE, "");
	put_entry("./bin", 1, DIR_MODE, "");
	put_entry("./bin/echo", 3, FILE_MODE, "echo!");
	put_entry("init", 140, FILE_MODE, "the first program");
	put_entry("empty", 1, FILE_MODE, "");
	put_entry("bin/echo", 1, FILE_MODE, "a second of that name");
	return finish();
}

/* What archive_check() says: "" if all is well. */
static const char *check(const struct archive *a)
{
	const char *why = "";
	int err = archive_check(a, &why);

	CHECK_EQ(err, why && why[0] ? -E_INVAL : 0);
	return why ? why : "";
}

TEST(entries_come_in_order)
{
	static const struct {
		const char *name;
		size_t size;
		uint32_t mode;
	} all[] = {
		{".", 0, DIR_MODE},	    {"bin", 0, DIR_MODE},
		{"bin/echo", 5, FILE_MODE}, {"init", 17, FILE_MODE},
		{"empty", 0, FILE_MODE},    {"bin/echo", 21, FILE_MODE},
	};
	struct archive a = make();
	struct archive_entry e = {0};

	CHECK_STR(check(&a), "");
	for (unsigned i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		CHECK_EQ(archive_next(&a, &e), 1);
		CHECK_STR(e.name, all[i].name);
		CHECK_EQ(e.size, all[i].size);
		CHECK_EQ(e.mode, all[i].mode);
	}
	CHECK_EQ(archive_next(&a, &e), 0);
}

TEST(files_are_found_by_name)
{
	struct archive a = make();
	struct archive_entry e;

	CHECK_EQ(archive_find(&a, "init", &e), 0);
	CHECK_EQ(e.size, 17);
	CHECK(memcmp(e.data, "the first program", 17) == 0);
	CHECK_EQ(archive_find(&a, "/init", &e), 0);
	CHECK_EQ(archive_find(&a, "./init", &e), 0);
	CHECK_EQ(archive_find(&a, "empty", &e), 0);
	CHECK_EQ(e.size, 0);
	CHECK_EQ(archive_find(&a, "ini", &e), -E_NOENT);
	CHECK_EQ(archive_find(&a, "", &e), -E_NOENT);
	CHECK_EQ(archive_find(&a, "TRAILER!!!", &e), -E_NOENT);
}

TEST(the_first_of_two_files_is_found_and_a_directory_never)
{
	struct archive a = make();
	struct archive_entry e;

	CHECK_EQ(archive_find(&a, "bin/echo", &e), 0);
	CHECK(memcmp(e.data, "echo!", 5) == 0);
	CHECK_EQ(archive_find(&a, "bin", &e), -E_NOENT);
}

TEST(what_lies_after_the_trailer_is_not_read)
{
	struct archive a = make();

	put("garbage", 7);
	a.size = made.len;
	CHECK_STR(check(&a), "");
}

TEST(an_archive_without_a_trailer_is_refused)
{
	struct archive a = {made.bytes, 0};

	CHECK_STR(check(&a), "the archive ends without a TRAILER!!! entry");
	a = (struct archive){NULL, 0};
	CHECK_STR(check(&a), "the archive ends without a TRAILER!!! entry");
	memset(&made, 0, sizeof(made));
	put_entry("init", 1, FILE_MODE, "text");
	a = (struct archive){made.bytes, made.len};
	CHECK_STR(check(&a), "the archive ends without a TRAILER!!! entry");
}

TEST(any_cut_archive_is_refused)
{
	struct archive a = make();
	size_t whole = a.size;

	/* The NULs that pad the trailer may be missing. */
	while (made.bytes[whole - 2] == '\0')
		whole--;
	for (a.size = 0; a.size < whole; a.size++)
		CHECK_EQ(archive_check(&a, NULL), -E_INVAL);
	CHECK_EQ(archive_check(&a, NULL), 0);
}

/* A field of the second entry becomes `text`. */
static const char *check_field(unsigned field, const char *text)
{
	struct archive a;

	memset(&made, 0, sizeof(made));
	put_entry("a", 1, FILE_MODE, "text");
	memcpy(made.bytes + 6 + 8 * field, text, 8);
	a = finish();
	return check(&a);
}

TEST(a_damaged_field_is_named)
{
	static const char not_hex[] =
		"a header field is not a hexadecimal number";
	static const char name[] = "a name reaches past the end of the archive";
	static const char string[] = "a name is not a string followed by NULs";
	static const char file[] = "a file reaches past the end of the archive";
	static const char magic[] =
		"an entry does not begin with 070701 (cpio newc)";

	CHECK_STR(check_field(FILE_SIZE, "0000000G"), not_hex);
	CHECK_STR(check_field(0, "0x000000"), not_hex);
	CHECK_STR(check_field(12, "0000 000"), not_hex);
	CHECK_STR(check_field(MODE, "-0000001"), not_hex);
	CHECK_STR(check_field(NAME_SIZE, "FFFFFFFF"), name);
	CHECK_STR(check_field(NAME_SIZE, "00001000"), name);
	CHECK_STR(check_field(NAME_SIZE, "00000000"), string);
	CHECK_STR(check_field(NAME_SIZE, "00000001"), string);
	CHECK_STR(check_field(NAME_SIZE, "00000008"), string);
	CHECK_STR(check_field(FILE_SIZE, "ffffffff"), file);
	CHECK_STR(check_field(FILE_SIZE, "fffffffd"), file);
	CHECK_STR(check_field(FILE_SIZE, "00000fff"), file);
	CHECK_STR(check_field(FILE_SIZE, "00000008"), magic);
}

TEST(another_format_is_refused)
{
	struct archive a = make();

	made.bytes[5] = '2'; /* "crc" format */
	CHECK_STR(check(&a), "an entry does not begin with 070701 (cpio newc)");
}

/* What is accepted lies inside the range. */
static void read_copy(const uint8_t *copy, size_t len)
{
	struct archive a = {copy, len};
	struct archive_entry e = {0};
	const char *why = NULL;
	int err = archive_check(&a, &why), more, count = 0;

	CHECK_EQ(err, why ? -E_INVAL : 0);
	while ((more = archive_next(&a, &e)) > 0) {
		const uint8_t *data = e.data;

		CHECK(data >= copy && data <= copy + len);
		CHECK(e.size <= (size_t)(copy + len - data));
		CHECK((const uint8_t *)e.name > copy &&
		      (const uint8_t *)e.name + strlen(e.name) < copy + len);
		CHECK(++count <= (int)(len / HEADER));
	}
	CHECK_EQ(more, err);
	archive_find(&a, "empty", &e);
}

TEST(damaged_archives_are_never_read_outside)
{
	struct archive a = make();

	mutate_each(MUTATE_ROUNDS, a.base, a.size, read_copy);
}
