/* SPDX-License-Identifier: BSD-2-Clause */
/* draw.c - see draw.h. */
#include "demo/draw.h"
#include "quire.h"
#include <stdbool.h>
#include <stdio.h>

#define PAGE 4096ul

uint64_t draw_word(uint64_t space, const void *page)
{
	uint64_t word = 0;

	return space_pages(space, page, &word, 1, 0) == 1 ? word : 0;
}

/* In the order of their bits. */
static const char *const names[] = {
	"mapped",  "present", "accessed", "dirty",  "writable",
	"private", "shared",  "zero",	  "object", "swapped",
	"huge",	   "pinned",  "free",
};

void draw_state(const char *what, const void *page)
{
	uint64_t word = draw_word(SELF, page);

	printf("  %-18s", what);
	for (unsigned i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (word >> i & 1)
			printf(" %s", names[i]);
	printf("%s\n", word ? "" : " nothing");
}

/* ---- a bar ------------------------------------------------------------- */

static char bar_letter(const char *at, unsigned pages)
{
	unsigned present = 0, huge = 0;

	for (unsigned i = 0; i < pages; i++) {
		uint64_t word = draw_word(SELF, at + i * PAGE);

		present += (word & PAGE_IS_PRESENT) != 0;
		huge += (word & PAGE_IS_HUGE) != 0;
	}
	return huge == pages	  ? '#'
	       : present == pages ? '='
	       : present	  ? '-'
				  : '.';
}

void draw_bar(const char *at, unsigned letters, unsigned pages_each)
{
	printf("  [");
	for (unsigned i = 0; i < letters; i++)
		printf("%c",
		       bar_letter(at + i * pages_each * PAGE, pages_each));
	printf("]\n");
}
