/* SPDX-License-Identifier: BSD-2-Clause */
/* header.c - the layout is that of util-linux, include/swapheader.h. */
#include "header.h"
#include <stdbool.h>
#include <string.h>

struct layout {
	char boot[1024];
	uint32_t version;
	uint32_t last_page;
	uint32_t bad_count;
	uint8_t uuid[16];
	char label[16];
	uint32_t zero[117];
	uint32_t bad[HEADER_BAD_MAX];
};
_Static_assert(offsetof(struct layout, bad) == 1536, "as mkswap writes it");

static const char signature[] = "SWAPSPACE2", old[] = "SWAP-SPACE";
#define SIGNATURE (sizeof(signature) - 1)
_Static_assert(sizeof(struct layout) + SIGNATURE <= HEADER_PAGE, "one page");

#define VERSION	      1u
#define VERSION_OTHER 0x01000000u /* of the other byte order */

static bool is_signed(const char *data, size_t page)
{
	const char *at = data + page - SIGNATURE;

	return memcmp(at, signature, SIGNATURE) == 0 ||
	       memcmp(at, old, SIGNATURE) == 0;
}

size_t header_find(const void *data, size_t bytes)
{
	for (size_t page = HEADER_PAGE; page <= HEADER_LOOK; page *= 2) {
		if (page <= bytes && is_signed(data, page))
			return page;
	}
	return 0;
}

/* Their numbers, which make sense and rise (or are put in order). */
static const char *read_bad(struct header *h, const struct layout *l)
{
	if (l->bad_count > HEADER_BAD_MAX)
		return "more bad pages than there is room for";
	h->bad_count = l->bad_count;
	for (unsigned i = 0; i < h->bad_count; i++) {
		uint32_t page = l->bad[i];
		unsigned at = i;

		if (page == 0 || page > l->last_page)
			return "a bad page that is not in it";
		for (; at > 0 && h->bad[at - 1] > page; at--)
			h->bad[at] = h->bad[at - 1];
		if (at > 0 && h->bad[at - 1] == page)
			return "a bad page is named twice";
		h->bad[at] = page;
	}
	return NULL;
}

static void read_label(struct header *h, const struct layout *l)
{
	for (unsigned i = 0; i < HEADER_LABEL - 1; i++) {
		char c = l->label[i];

		h->label[i] = c && (c < ' ' || c > '~') ? '?' : c;
	}
	h->label[HEADER_LABEL - 1] = 0;
}

const char *header_parse(struct header *h, const void *data, size_t bytes,
			 uint64_t pages)
{
	struct layout l;
	const char *why;

	if (header_find(data, bytes) != HEADER_PAGE)
		return "made for pages of another size than 4 KiB";
	memcpy(&l, data, sizeof(l));
	if (memcmp((const char *)data + HEADER_PAGE - SIGNATURE, old,
		   SIGNATURE) == 0)
		return "of the old kind, before version 1";
	if (l.version == VERSION_OTHER)
		return "of a machine with the other byte order";
	if (l.version != VERSION)
		return "of a version other than 1";
	if (l.last_page == 0)
		return "no page in it";
	if (l.last_page >= pages)
		return "larger than where it lies";
	why = read_bad(h, &l);
	if (why)
		return why;
	read_label(h, &l);
	h->pages = l.last_page + 1ul;
	h->slots = h->pages - h->bad_count;
	return h->slots > 1 ? NULL : "no page in it that is not bad";
}

uint64_t header_page(const struct header *h, uint64_t slot)
{
	uint64_t page = slot;

	for (unsigned i = 0; i < h->bad_count && h->bad[i] <= page; i++)
		page++;
	return page;
}
