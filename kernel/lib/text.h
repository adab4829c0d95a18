/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * text.h - texts in a row, each with its NUL, found by their number: a table of
 * pointers to them would take eight bytes more for each.
 */
#ifndef LIB_TEXT_H
#define LIB_TEXT_H
#include <string.h>

/* Text `n`, from 0; there are more than `n`. */
static inline const char *text_nth(const char *texts, unsigned n)
{
	for (; n > 0; n--)
		texts += strlen(texts) + 1;
	return texts;
}

#endif
