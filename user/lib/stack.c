/* SPDX-License-Identifier: BSD-2-Clause */
/* stack.c - strings at the top, the words that point to them below. */
#include "stack.h"
#include <string.h>

#define WORD 8u

/* System V ABI; the numbers are Linux's, too. */
enum {
	AT_NULL = 0,
	AT_PHDR = 3,
	AT_PHENT = 4,
	AT_PHNUM = 5,
	AT_PAGESZ = 6,
	AT_ENTRY = 9,
};
#define HEADER_BYTES 56u
#define AUXILIARY    6u /* pairs, the last one included */

struct count {
	unsigned strings;
	uint64_t bytes; /* of them, with their NULs */
};

static struct count count(const char *const *list)
{
	struct count c = {0, 0};

	for (; list[c.strings]; c.strings++)
		c.bytes += strlen(list[c.strings]) + 1;
	return c;
}

struct filler {
	char *page;
	uint64_t base;	  /* address of the page */
	uint64_t words;	  /* offset of the next word, ... */
	uint64_t strings; /* and of the next string */
};

static void put(struct filler *f, uint64_t n)
{
	memcpy(f->page + f->words, &n, WORD);
	f->words += WORD;
}

static void put_list(struct filler *f, const char *const *list)
{
	for (; *list; list++) {
		size_t n = strlen(*list) + 1;

		put(f, f->base + f->strings);
		memcpy(f->page + f->strings, *list, n);
		f->strings += n;
	}
	put(f, 0);
}

uint64_t stack_fill(void *page, uint64_t top, const struct stack_words *w)
{
	struct count a = count(w->arguments), e = count(w->environment);
	uint64_t words =
		(1 + a.strings + 1 + e.strings + 1 + 2 * AUXILIARY) * WORD;
	uint64_t bytes = a.bytes + e.bytes;
	const uint64_t auxiliary[2 * AUXILIARY] = {
		AT_PHDR,  w->phdr,  AT_PHENT,  HEADER_BYTES,
		AT_PHNUM, w->phnum, AT_PAGESZ, STACK_PAGE,
		AT_ENTRY, w->entry, AT_NULL,   0,
	};
	struct filler f = {page, top - STACK_PAGE, 0, 0};

	if (words + bytes + 15 > STACK_PAGE)
		return 0;
	f.words = (STACK_PAGE - words - bytes) & ~15ul;
	f.strings = f.words + words;
	words = f.words;
	put(&f, a.strings);
	put_list(&f, w->arguments);
	put_list(&f, w->environment);
	for (unsigned i = 0; i < 2 * AUXILIARY; i++)
		put(&f, auxiliary[i]);
	return f.base + words;
}
