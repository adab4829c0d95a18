/* SPDX-License-Identifier: BSD-2-Clause */
/* The first page of a stack, read as a program reads it. */
#include "tests/test.h"
#include "user/lib/stack.h"

#define TOP 0x3ffffff000ul

static _Alignas(16) char page[STACK_PAGE];

static const uint64_t *word_at(uint64_t address)
{
	CHECK(address >= TOP - STACK_PAGE && address < TOP);
	return (const void *)(page + (address - (TOP - STACK_PAGE)));
}

static const char *string_at(uint64_t address)
{
	return (const char *)word_at(address);
}

TEST(a_program_finds_its_arguments_environment_and_headers)
{
	static const char *const arguments[] = {"blk", "-v", "", NULL};
	static const char *const environment[] = {"door=3", "x=", NULL};
	struct stack_words w = {arguments, environment, 0x10040, 4, 0x10200};
	uint64_t sp;
	const uint64_t *at;

	memset(page, 0, sizeof(page));
	sp = stack_fill(page, TOP, &w);
	CHECK_EQ(sp % 16, 0);
	at = word_at(sp);
	CHECK_EQ(at[0], 3);
	CHECK_STR(string_at(at[1]), "blk");
	CHECK_STR(string_at(at[2]), "-v");
	CHECK_STR(string_at(at[3]), "");
	CHECK_EQ(at[4], 0);
	CHECK_STR(string_at(at[5]), "door=3");
	CHECK_STR(string_at(at[6]), "x=");
	CHECK_EQ(at[7], 0);
	CHECK_EQ(at[8], 3); /* AT_PHDR */
	CHECK_EQ(at[9], 0x10040);
	CHECK_EQ(at[12], 5); /* AT_PHNUM */
	CHECK_EQ(at[13], 4);
	CHECK_EQ(at[16], 9); /* AT_ENTRY */
	CHECK_EQ(at[17], 0x10200);
	CHECK_EQ(at[18], 0);
}

TEST(what_does_not_fit_in_a_page_is_refused)
{
	static char text[STACK_PAGE];
	const char *const arguments[] = {text, NULL};
	const char *const environment[] = {NULL};
	struct stack_words w = {arguments, environment, 0, 0, 0};
	unsigned n;

	memset(text, 'x', sizeof(text) - 1);
	CHECK_EQ(stack_fill(page, TOP, &w), 0);
	for (n = sizeof(text) - 1; !stack_fill(page, TOP, &w); n--)
		text[n] = 0;
	CHECK(n > STACK_PAGE - 200);
	CHECK_EQ(strlen(string_at(word_at(stack_fill(page, TOP, &w))[1])),
		 n + 1);
}
