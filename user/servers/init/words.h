/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * words.h - a line of text as words, and words as numbers. Pure.
 */
#ifndef INIT_WORDS_H
#define INIT_WORDS_H
#include <stddef.h>
#include <stdint.h>

#define WORDS_MAX  36
#define WORDS_LINE 256 /* the longest line, its end included */

struct words {
	unsigned count;
	const char *word[WORDS_MAX]; /* in line[] */
	char line[WORDS_LINE];
};

/*
 * The words of `n` characters; '#' ends the line. NULL, or what is wrong, here
 * and below: a literal text.
 */
const char *words_split(struct words *w, const char *text, size_t n);

/* Decimal, at most `max`. */
const char *words_number(const char *word, uint64_t max, uint64_t *n);

/* Bytes, as in 4096, 64K or 2M: not 0, at most 1 GiB. */
const char *words_size(const char *word, uint64_t *n);

#endif
