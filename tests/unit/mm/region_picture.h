/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * region_picture.h - sets of regions drawn as text, one character a page.
 *
 *	"ww  rr|rr"   pages 0 and 1 writable, 2 and 3 free, two regions of two
 *	              readable pages that are neighbours but not one
 *
 * Letters are the rows of picture_kinds. A change of letter begins another
 * region; '|' does so between equal letters and takes no room. In a picture of
 * a range each '*' is a page of it. Page 0 lies at PICTURE_BASE.
 */
#ifndef TESTS_REGION_PICTURE_H
#define TESTS_REGION_PICTURE_H
#include "mm/region.h"

#define PICTURE_BASE  0x40000000ul
#define PICTURE_PAGES 64 /* the widest that is drawn */
#define PICTURE_VA(i) (PICTURE_BASE + (va_t)(i)*PAGE_SIZE)
/* Stacks may grow to the last such boundary below where they begin. */
#define PICTURE_STACK 16

struct picture_kind {
	char letter;
	uint8_t prot, max_prot;
	uint32_t flags;
	int object; /* 0: anonymous, else the object of that number */
	int shift;  /* offset in the object - page drawn at, in pages */
};

extern const struct picture_kind picture_kinds[];
extern const unsigned picture_kind_count;

const struct picture_kind *picture_kind(char letter);
struct object *picture_object(int number);
uint64_t picture_offset(const struct picture_kind *k, unsigned page);

/* An empty set, its hooks counting; remembers how much memory is free. */
void picture_begin(struct region_set *set);
/* Destroys it; nothing may be missing. */
void picture_end(struct region_set *set);

/* One region: region_insert() of pages [page, page + n) as `letter` says. */
int picture_insert(struct region_set *set, char letter, unsigned page,
		   unsigned n);
/* Every region of the picture, in order; the first error ends it. */
int picture_insert_all(struct region_set *set, const char *picture);

/* First and last + 1 page that is neither ' ' nor '|' in the picture. */
void picture_range(const char *picture, va_t *start, va_t *end);

/* The set drawn, until the next call. */
const char *picture_of(const struct region_set *set);

/* "" if the set, the memory under it and its references are in order. */
const char *picture_check(const struct region_set *set);

#endif
