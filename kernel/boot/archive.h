/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * archive.h - the files that come with the kernel: a cpio archive in the "newc"
 * format, read in place.
 *
 *	| header (110) name NUL [NUL ...] | data          | header ...
 *	0                        multiple of 4   multiple of 4
 *
 * A name may be followed by more NULs that its length counts; an image builder
 * uses that to put the data at a page boundary. "./init", "/init" and "init"
 * are one name. The entry "TRAILER!!!" ends the archive, and what lies after it
 * is not looked at.
 *
 * Every size comes from the archive and is checked against its range on each
 * read; nothing is copied, and an entry lives as long as the memory does.
 */
#ifndef BOOT_ARCHIVE_H
#define BOOT_ARCHIVE_H
#include "lib/types.h"

struct archive {
	const void *base;
	size_t size; /* bytes that may be read */
};

/* The type bits of a mode. */
#define ARCHIVE_TYPE 0170000u
#define ARCHIVE_FILE 0100000u

struct archive_entry {
	const char *name; /* terminated, without a leading "./" or "/" */
	const void *data;
	size_t size;   /* of the data, bytes */
	uint32_t mode; /* type and permissions, as in stat() */
	size_t next;   /* offset of the next header; 0 before the first */
};

/*
 * Walks the whole archive: 0, or -E_INVAL and in *why (if not NULL) a literal
 * text.
 */
int archive_check(const struct archive *a, const char **why);

/*
 * The entry after *e, in the order of the archive; start with *e all zero.
 * 1, 0 at the end, or -E_INVAL where the archive is damaged (never after
 * archive_check() has said 0).
 */
int archive_next(const struct archive *a, struct archive_entry *e);

/*
 * The first regular file of that name: 0, -E_NOENT, or -E_INVAL where the
 * archive is damaged before it.
 */
int archive_find(const struct archive *a, const char *name,
		 struct archive_entry *e);

#endif
