/* SPDX-License-Identifier: BSD-2-Clause */
/* What a person types, what he sees, and what the reader gets. */
#include "tests/test.h"
#include "tests/unit/mutate.h"
#include "user/servers/console/line.h"

#define ERASE "\b \b"

static struct line line;
static char screen[4096];
static unsigned shown;

static enum line_event type_char(char c)
{
	char echo[LINE_ECHO];
	unsigned n;
	enum line_event e = line_feed(&line, c, echo, &n);

	CHECK(n <= LINE_ECHO);
	CHECK(line.used <= LINE_MAX);
	CHECK(shown + n < sizeof(screen));
	memcpy(screen + shown, echo, n);
	shown += n;
	screen[shown] = 0;
	return e;
}

/* Types all of it; only the last character may bring something about. */
static enum line_event type(const char *s)
{
	enum line_event e = LINE_NOTHING;

	memset(&line, 0, sizeof(line));
	shown = 0;
	screen[0] = 0;
	for (; *s; s++) {
		CHECK_EQ(e, LINE_NOTHING);
		e = type_char(*s);
	}
	return e;
}

static void check_line(const char *expected)
{
	char got[LINE_MAX + 1];

	memcpy(got, line.text, line.used);
	got[line.used] = 0;
	CHECK_STR(got, expected);
}

TEST(a_line_is_shown_as_it_is_typed_and_ends_with_return)
{
	CHECK_EQ(type("hello\r"), LINE_READY);
	check_line("hello\n");
	CHECK_STR(screen, "hello\r\n");
	CHECK_EQ(type("\n"), LINE_READY);
	check_line("\n");
}

TEST(cr_and_lf_together_are_one_end)
{
	CHECK_EQ(type("a\r"), LINE_READY);
	line_clear(&line);
	CHECK_EQ(type_char('\n'), LINE_NOTHING);
	CHECK_EQ(line.used, 0);
	CHECK_EQ(type_char('\n'), LINE_READY); /* a second LF is its own */
}

TEST(backspace_takes_a_character_from_line_and_screen)
{
	CHECK_EQ(type("ab\177c\bd\r"), LINE_READY);
	check_line("ad\n");
	CHECK_STR(screen, "ab" ERASE "c" ERASE "d\r\n");
	CHECK_EQ(type("\177\b\r"), LINE_READY); /* nothing to take */
	CHECK_STR(screen, "\r\n");
}

TEST(backspace_takes_all_bytes_of_a_character)
{
	CHECK_EQ(type("a\xc3\xa9\xe2\x82\xac\177\177b\r"), LINE_READY);
	check_line("ab\n");
	CHECK_STR(screen, "a\xc3\xa9\xe2\x82\xac" ERASE ERASE "b\r\n");
	CHECK_EQ(type("\x82\x82\177\r"), LINE_READY); /* no first byte */
	check_line("\n");
}

TEST(ctrl_w_takes_a_word_and_ctrl_u_the_line)
{
	CHECK_EQ(type("one two  \027x\r"), LINE_READY);
	check_line("one x\n");
	CHECK_EQ(type("one\027\027\r"), LINE_READY);
	check_line("\n");
	CHECK_EQ(type("one two\025x\r"), LINE_READY);
	check_line("x\n");
}

TEST(ctrl_c_drops_the_line_and_says_so)
{
	CHECK_EQ(type("ab\003"), LINE_INTERRUPT);
	CHECK_EQ(line.used, 0);
	CHECK_STR(screen, "ab^C\r\n");
}

TEST(ctrl_d_ends_the_input_or_hands_over_what_there_is)
{
	CHECK_EQ(type("\004"), LINE_END);
	CHECK_EQ(type("ab\004"), LINE_READY);
	check_line("ab");
}

TEST(a_full_line_takes_no_more_but_its_end)
{
	memset(&line, 0, sizeof(line));
	shown = 0;
	for (unsigned i = 0; i < LINE_MAX + 10; i++)
		CHECK_EQ(type_char('x'), LINE_NOTHING);
	CHECK_EQ(line.used, LINE_MAX - 1);
	CHECK_EQ(screen[shown - 1], '\a');
	CHECK_EQ(type_char('\r'), LINE_READY);
	CHECK_EQ(line.used, LINE_MAX);
	CHECK_EQ(line.text[LINE_MAX - 1], '\n');
}

TEST(other_control_characters_are_not_taken)
{
	CHECK_EQ(type("a\033[\001A\r"), LINE_READY);
	check_line("a[A\n");
	CHECK_STR(screen, "a\a[\aA\r\n");
	CHECK_EQ(type("a\tb\r"), LINE_READY);
	check_line("a b\n");
}

TEST(whatever_is_typed_the_line_keeps_its_bounds)
{
	uint64_t state = 1;

	memset(&line, 0, sizeof(line));
	for (unsigned i = 0; i < 1000000; i++) {
		uint64_t r = mutate_random(&state);
		char c = r & 0x700 ? 'a' : (char)r;

		shown = 0;
		if (type_char(c) == LINE_READY)
			line_clear(&line);
	}
}
