/* SPDX-License-Identifier: BSD-2-Clause */
/* What the console keeps: text, lines, and who wrote last. */
#include "tests/test.h"
#include "user/servers/console/state.h"

static struct state s;

static void begin(void)
{
	memset(&s, 0, sizeof(s));
	CHECK(state_begin(&s));
}

static void check_out(const char *expected)
{
	char got[64];
	uint32_t n = ring_take(&s.out, got, sizeof(got) - 1);

	got[n] = 0;
	CHECK_STR(got, expected);
}

TEST(text_is_taken_and_newlines_are_two_bytes)
{
	begin();
	CHECK_EQ(state_write(&s, 1, 1, "a\nb", 3), 3);
	check_out("a\r\nb");
}

TEST(the_same_write_again_is_not_taken_twice)
{
	begin();
	CHECK_EQ(state_write(&s, 1, 7, "abc", 3), 3);
	CHECK(state_begin(&s)); /* the console died, and is there again */
	CHECK_EQ(state_write(&s, 1, 7, "abc", 3), 3);
	CHECK_EQ(state_write(&s, 2, 7, "x", 1), 1); /* another's is */
	CHECK_EQ(state_write(&s, 1, 8, "y", 1), 1);
	check_out("abcxy");
	CHECK_EQ(state_write(&s, 1 + STATE_CLIENTS, 8, "z", 1), 1);
	check_out("z");
}

TEST(as_much_is_taken_as_there_is_room_for)
{
	static char text[STATE_OUT];

	begin();
	memset(text, '\n', sizeof(text));
	CHECK_EQ(state_write(&s, 1, 1, text, STATE_OUT), STATE_OUT / 2);
	CHECK_EQ(state_write(&s, 1, 2, "a", 1), 0);
	CHECK_EQ(ring_take(&s.out, text, 1), 1);
	CHECK_EQ(state_write(&s, 1, 3, "\n", 1), 0); /* no half newline */
	CHECK_EQ(state_write(&s, 1, 4, "a", 1), 1);
}

TEST(lines_come_one_at_a_time)
{
	char got[8];

	begin();
	CHECK(!state_has_line(&s));
	state_typed(&s, "ab\n", 3, false);
	state_typed(&s, "cd", 2, true);
	state_typed(&s, "", 0, true);
	state_typed(&s, "e\n", 2, false);
	CHECK_EQ(state_read(&s, got, 8), 3);
	CHECK(memcmp(got, "ab\n", 3) == 0);
	CHECK_EQ(state_read(&s, got, 1), 1); /* what fits */
	CHECK_EQ(state_read(&s, got, 8), 1);
	CHECK_EQ(got[0], 'd');
	CHECK_EQ(state_read(&s, got, 8), 0); /* the end of the input */
	CHECK_EQ(state_read(&s, got, 8), 2);
	CHECK(!state_has_line(&s));
}

TEST(a_reader_with_just_enough_room_sees_no_end_after_it)
{
	char got[8];

	begin();
	state_typed(&s, "cd", 2, true);
	state_typed(&s, "e\n", 2, false);
	CHECK_EQ(state_read(&s, got, 2), 2);
	CHECK_EQ(state_read(&s, got, 2), 2);
	CHECK(memcmp(got, "e\n", 2) == 0);
}

TEST(a_line_for_which_there_is_no_room_is_lost_as_a_whole)
{
	char text[STATE_IN];

	begin();
	memset(text, 'x', sizeof(text));
	text[STATE_IN - 3] = '\n';
	state_typed(&s, text, STATE_IN - 2, false);
	state_typed(&s, "ab", 2, true);
	state_typed(&s, "c\n", 2, false);
	CHECK_EQ(state_read(&s, text, STATE_IN), STATE_IN - 2);
	CHECK_EQ(state_read(&s, text, STATE_IN), 2);
	CHECK_EQ(text[0], 'c');
}

TEST(what_was_kept_is_found_again_unless_it_is_damaged)
{
	begin();
	CHECK_EQ(state_write(&s, 1, 1, "abc", 3), 3);
	s.line.used = 2;
	CHECK(state_begin(&s));
	CHECK_EQ(ring_used(&s.out), 3);
	CHECK_EQ(s.line.used, 2);
	s.line.used = LINE_MAX + 1;
	CHECK(!state_begin(&s));
	CHECK_EQ(ring_used(&s.out), 0);
	s.out.put = STATE_OUT + 1;
	CHECK(!state_begin(&s));
	s.in.size = 1;
	CHECK(!state_begin(&s));
}
