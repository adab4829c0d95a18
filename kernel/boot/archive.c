/* SPDX-License-Identifier: BSD-2-Clause */
/* archive.c - decoding one entry after the other. */
#include "boot/archive.h"
#include "abi/error.h"
#include "lib/bits.h"
#include <string.h>

/* The header: a magic of six characters, then 13 fields of 8 hex digits. */
#define MAGIC	    "070701"
#define HEADER_SIZE 110u
#define FIELD(n)    (6 + 8 * (n))
enum { MODE = FIELD(1), FILE_SIZE = FIELD(6), NAME_SIZE = FIELD(11) };
_Static_assert(FIELD(13) == HEADER_SIZE, "13 fields");

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static bool hex_field(const char *s, uint32_t *value)
{
	*value = 0;
	for (unsigned i = 0; i < 8; i++) {
		int d = hex_digit(s[i]);

		if (d < 0)
			return false;
		*value = *value << 4 | (uint32_t)d;
	}
	return true;
}

/* All of them, also those that mean nothing here. */
static bool all_hex(const char *header)
{
	uint32_t unused;

	for (unsigned n = 0; n < 13; n++) {
		if (!hex_field(header + FIELD(n), &unused))
			return false;
	}
	return true;
}

/* A string, then NULs only, `size` bytes in all. */
static bool is_padded_name(const char *s, size_t size)
{
	const char *nul = memchr(s, 0, size);

	if (!nul)
		return false;
	for (; nul < s + size; nul++) {
		if (*nul)
			return false;
	}
	return true;
}

static __attribute__((noinline)) const char *skip_root(const char *name)
{
	if (name[0] == '.' && name[1] == '/')
		name++;
	while (*name == '/')
		name++;
	return name;
}

/*
 * The entry whose header is at e->next. Each offset is one inside the range
 * plus at most 2^32, so that nothing wraps.
 */
static const char *read_entry(const struct archive *a, struct archive_entry *e)
{
	size_t at = e->next, data;
	const char *header;
	uint32_t name_size, size;

	if (!range_within(at, HEADER_SIZE, 0, a->size))
		return "the archive ends without a TRAILER!!! entry";
	header = (const char *)a->base + at;
	if (memcmp(header, MAGIC, 6) != 0)
		return "an entry does not begin with 070701 (cpio newc)";
	if (!all_hex(header))
		return "a header field is not a hexadecimal number";
	hex_field(header + MODE, &e->mode);
	hex_field(header + NAME_SIZE, &name_size);
	hex_field(header + FILE_SIZE, &size);

	if (!range_within(at + HEADER_SIZE, name_size, 0, a->size))
		return "a name reaches past the end of the archive";
	if (!is_padded_name(header + HEADER_SIZE, name_size))
		return "a name is not a string followed by NULs";
	data = round_up(at + HEADER_SIZE + name_size, 4);
	if (size > 0 && !range_within(data, size, 0, a->size))
		return "a file reaches past the end of the archive";

	e->name = skip_root(header + HEADER_SIZE);
	e->data = size > 0 ? (const char *)a->base + data : e->name;
	e->size = size;
	e->next = round_up(data + size, 4);
	return NULL;
}

static int next(const struct archive *a, struct archive_entry *e,
		const char **why)
{
	*why = read_entry(a, e);
	if (*why)
		return -E_INVAL;
	return strcmp(e->name, "TRAILER!!!") != 0;
}

int archive_next(const struct archive *a, struct archive_entry *e)
{
	const char *why;

	return next(a, e, &why);
}

int archive_check(const struct archive *a, const char **why)
{
	struct archive_entry e = {0};
	const char *unused;
	int more;

	do {
		more = next(a, &e, why ? why : &unused);
	} while (more > 0);
	return more;
}

int archive_find(const struct archive *a, const char *name,
		 struct archive_entry *e)
{
	int more;

	name = skip_root(name);
	*e = (struct archive_entry){0};
	while ((more = archive_next(a, e)) > 0) {
		if ((e->mode & ARCHIVE_TYPE) == ARCHIVE_FILE &&
		    strcmp(e->name, name) == 0)
			return 0;
	}
	return more < 0 ? more : -E_NOENT;
}
