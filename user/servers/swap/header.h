/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * header.h - the first page of a swap area, as mkswap of util-linux writes it:
 *
 *	   0	boot block, free
 *	1024	version 1, last page, bad pages, UUID, label
 *	1536	numbers of the bad pages
 *	4086	"SWAPSPACE2"
 *
 * The page is from a disk, so nothing in it is believed. Pure.
 *
 * A slot is a page that is neither the header nor bad; slots are numbered from 1
 * in the order of the pages, so without bad pages a slot's number is the page's.
 */
#ifndef SWAP_HEADER_H
#define SWAP_HEADER_H
#include <stddef.h>
#include <stdint.h>

#define HEADER_PAGE    4096u
#define HEADER_BAD_MAX 637u /* (4086 - 1536) / 4 */
#define HEADER_LABEL   17u  /* its NUL included */

/* With larger pages the signature stands later: so much is worth to be read. */
#define HEADER_LOOK 0x10000u

struct header {
	uint64_t pages; /* of the area; page 0 is the header */
	uint64_t slots; /* 1 .. slots - 1 can be used */
	char label[HEADER_LABEL];
	unsigned bad_count;
	uint32_t bad[HEADER_BAD_MAX]; /* rising */
};

/*
 * Whether mkswap has been here: the size of the pages by which the signature
 * stands, HEADER_PAGE .. HEADER_LOOK; 0: it does not.
 */
size_t header_find(const void *data, size_t bytes);

/*
 * The HEADER_LOOK bytes or fewer at the beginning of an area, in which
 * header_find() has found something, for which there are `pages` pages of
 * HEADER_PAGE bytes. NULL, or why it cannot be used: a literal text.
 */
const char *header_parse(struct header *h, const void *data, size_t bytes,
			 uint64_t pages);

/* The page of a slot. */
uint64_t header_page(const struct header *h, uint64_t slot);

#endif
