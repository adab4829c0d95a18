/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines as words, words as numbers. */
#include "tests/test.h"
#include "user/servers/init/words.h"

static struct words w;

static const char *split(const char *text)
{
	return words_split(&w, text, strlen(text));
}

TEST(words_stand_between_blanks_and_before_a_comment)
{
	CHECK(split("  a\tbc   d\r# e f") == NULL);
	CHECK_EQ(w.count, 3);
	CHECK_STR(w.word[0], "a");
	CHECK_STR(w.word[1], "bc");
	CHECK_STR(w.word[2], "d");
	CHECK(split("") == NULL);
	CHECK_EQ(w.count, 0);
	CHECK(split("#") == NULL);
	CHECK_EQ(w.count, 0);
}

TEST(a_line_and_its_words_have_a_limit)
{
	char text[WORDS_LINE + 1];

	memset(text, 'x', sizeof(text));
	CHECK(words_split(&w, text, WORDS_LINE - 1) == NULL);
	CHECK_EQ(strlen(w.word[0]), WORDS_LINE - 1);
	CHECK(words_split(&w, text, WORDS_LINE) != NULL);
	for (unsigned i = 0; i < 2 * WORDS_MAX + 2; i += 2)
		text[i] = ' ';
	CHECK(words_split(&w, text, 2 * WORDS_MAX) == NULL);
	CHECK_EQ(w.count, WORDS_MAX);
	CHECK(words_split(&w, text, 2 * WORDS_MAX + 2) != NULL);
}

TEST(a_nul_in_a_line_is_an_error)
{
	CHECK(words_split(&w, "a\0b", 3) != NULL);
}

TEST(numbers_are_decimal_and_have_a_limit)
{
	uint64_t n;

	CHECK(words_number("0", 0, &n) == NULL);
	CHECK_EQ(n, 0);
	CHECK(words_number("000000999", 999, &n) == NULL);
	CHECK_EQ(n, 999);
	CHECK(words_number("1000", 999, &n) != NULL);
	CHECK(words_number("0000000001", 999, &n) != NULL);
	CHECK(words_number("18446744073709551617", ~0ul, &n) != NULL);
	CHECK(words_number("", 9, &n) != NULL);
	CHECK(words_number("1x", 9, &n) != NULL);
	CHECK(words_number("-1", 9, &n) != NULL);
}

TEST(sizes_have_units)
{
	uint64_t n;

	CHECK(words_size("4096", &n) == NULL);
	CHECK_EQ(n, 4096);
	CHECK(words_size("3K", &n) == NULL);
	CHECK_EQ(n, 3072);
	CHECK(words_size("1024M", &n) == NULL);
	CHECK_EQ(n, 1ul << 30);
	CHECK(words_size("1025M", &n) != NULL);
	CHECK(words_size("0K", &n) != NULL);
	CHECK(words_size("K", &n) != NULL);
	CHECK(words_size("1KK", &n) != NULL);
}
