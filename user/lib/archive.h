/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * archive.h - the files of a cpio archive in the "newc" format, read in place.
 *
 *	| header (110) name NUL [NUL ...] | data          | header ...
 *	0                        multiple of 4   multiple of 4
 *
 * Every size comes from the archive and is checked on each read; nothing is
 * copied. "./init", "/init" and "init" are one name.
 */
#ifndef USER_ARCHIVE_H
#define USER_ARCHIVE_H
#include <stddef.h>
#include <stdint.h>

struct archive {
	const void *base;
	size_t bytes;
};

struct archive_file {
	const char *name; /* terminated, without a leading "./" or "/" */
	const void *data;
	size_t bytes;  /* of the data */
	size_t offset; /* of the data, from the archive's start */
};

/*
 * The regular file after *at, which is 0 before the first: 1, 0 at the end, or
 * -E_INVAL where the archive is damaged.
 */
int archive_next(const struct archive *a, size_t *at, struct archive_file *f);

/*
 * The first regular file of that name: 0, -E_NOENT, or -E_INVAL if the archive
 * is damaged before it.
 */
int archive_find(const struct archive *a, const char *name,
		 struct archive_file *f);

#endif
