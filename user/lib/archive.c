/* SPDX-License-Identifier: BSD-2-Clause */
/* archive.c - decoding one entry after the other. */
#include "archive.h"
#include <abi/error.h>
#include <stdbool.h>
#include <string.h>

/* The header: a magic of six characters, then 13 fields of 8 hex digits. */
#define MAGIC	    "070701"
#define HEADER_SIZE 110u
#define FIELD(n)    (6 + 8 * (n))
enum { MODE = FIELD(1), FILE_SIZE = FIELD(6), NAME_SIZE = FIELD(11) };
_Static_assert(FIELD(13) == HEADER_SIZE, "13 fields");

#define TYPE_MASK 0170000u
#define TYPE_FILE 0100000u

struct entry {
	struct archive_file file;
	uint32_t mode;
	size_t next;
};

static bool hex(const char *s, uint32_t *value)
{
	static const char digits[] = "0123456789abcdef";

	*value = 0;
	for (unsigned i = 0; i < 8; i++) {
		char c = s[i] >= 'A' && s[i] <= 'F' ? (char)(s[i] | 32) : s[i];
		const char *d = c ? strchr(digits, c) : NULL;

		if (!d)
			return false;
		*value = *value << 4 | (uint32_t)(d - digits);
	}
	return true;
}

static bool is_within(size_t at, size_t n, size_t bytes)
{
	return at <= bytes && n <= bytes - at;
}

static size_t up4(size_t n)
{
	return (n + 3) & ~(size_t)3;
}

static const char *skip_root(const char *name)
{
	if (name[0] == '.' && name[1] == '/')
		name++;
	while (*name == '/')
		name++;
	return name;
}

/* The entry whose header is at `at`, which is not beyond the end. */
static int read_entry(const struct archive *a, size_t at, struct entry *e)
{
	const char *header = (const char *)a->base + at;
	uint32_t name_size, size;
	size_t data;

	if (!is_within(at, HEADER_SIZE, a->bytes) ||
	    memcmp(header, MAGIC, 6) != 0)
		return -E_INVAL;
	if (!hex(header + MODE, &e->mode) || !hex(header + FILE_SIZE, &size) ||
	    !hex(header + NAME_SIZE, &name_size))
		return -E_INVAL;
	if (!is_within(at + HEADER_SIZE, name_size, a->bytes) ||
	    !memchr(header + HEADER_SIZE, 0, name_size))
		return -E_INVAL;
	data = up4(at + HEADER_SIZE + name_size);
	if (size > 0 && !is_within(data, size, a->bytes))
		return -E_INVAL;
	e->file.name = skip_root(header + HEADER_SIZE);
	e->file.data = (const char *)a->base + (size > 0 ? data : at);
	e->file.bytes = size;
	e->file.offset = data;
	e->next = up4(data + size);
	return 0;
}

int archive_next(const struct archive *a, size_t *at, struct archive_file *f)
{
	struct entry e;

	do {
		if (*at > a->bytes || read_entry(a, *at, &e))
			return -E_INVAL;
		if (strcmp(e.file.name, "TRAILER!!!") == 0)
			return 0;
		*at = e.next;
	} while ((e.mode & TYPE_MASK) != TYPE_FILE);
	*f = e.file;
	return 1;
}

int archive_find(const struct archive *a, const char *name,
		 struct archive_file *f)
{
	size_t at = 0;
	int more;

	name = skip_root(name);
	while ((more = archive_next(a, &at, f)) > 0) {
		if (strcmp(f->name, name) == 0)
			return 0;
	}
	return more < 0 ? more : -E_NOENT;
}
