/* SPDX-License-Identifier: BSD-2-Clause */
/* words.c - splitting a line in place. */
#include "words.h"
#include <stdbool.h>
#include <string.h>

#define SIZE_MOST (1ul << 30)

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

const char *words_split(struct words *w, const char *text, size_t n)
{
	char *at = w->line;

	w->count = 0;
	if (n >= WORDS_LINE)
		return "the line is too long";
	if (memchr(text, 0, n))
		return "a NUL character";
	memcpy(w->line, text, n);
	w->line[n] = 0;
	at[strcspn(at, "#")] = 0;
	for (;;) {
		while (is_blank(*at))
			*at++ = 0;
		if (!*at)
			return NULL;
		if (w->count == WORDS_MAX)
			return "too many words";
		w->word[w->count++] = at;
		while (*at && !is_blank(*at))
			at++;
	}
}

/* Decimal, 1 to 9 digits; what follows them in *rest. */
static bool number(const char *s, uint64_t *n, const char **rest)
{
	size_t digits = strspn(s, "0123456789");

	*n = 0;
	*rest = s + digits;
	if (digits == 0 || digits > 9)
		return false;
	for (; s < *rest; s++)
		*n = *n * 10 + (uint64_t)(*s - '0');
	return true;
}

const char *words_number(const char *word, uint64_t max, uint64_t *n)
{
	const char *rest;

	if (!number(word, n, &rest) || *rest)
		return "not a number";
	return *n > max ? "too large a number" : NULL;
}

const char *words_size(const char *word, uint64_t *n)
{
	const char *rest;
	bool good = number(word, n, &rest);

	if (good && *rest == 'K')
		*n <<= 10, rest++;
	else if (good && *rest == 'M')
		*n <<= 20, rest++;
	if (!good || *rest || *n == 0)
		return "not a size, such as 4096, 64K or 2M";
	return *n > SIZE_MOST ? "too large a size" : NULL;
}
