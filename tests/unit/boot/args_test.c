/* SPDX-License-Identifier: BSD-2-Clause */
/* Boot arguments: what each does, and which word was wrong. */
#include "abi/error.h"
#include "boot/args.h"
#include "tests/test.h"
#include "tests/unit/mutate.h"

static struct boot_args args;

TEST(no_arguments_leave_everything_off)
{
	static const char *const lines[] = {"", " ", "\t \n"};

	for (unsigned i = 0; i < 3; i++) {
		memset(&args, 0xff, sizeof(args));
		CHECK_EQ(args_read(&args, lines[i]), 0);
		CHECK(!args.no_asid && !args.soft_ad && !args.stay);
		CHECK(!args.expect_fault && !args.quiet);
		CHECK_STR(args.test, "");
		CHECK_STR(args.init, "");
		CHECK_STR(args.bad, "");
	}
}

TEST(each_flag_is_a_word)
{
	CHECK_EQ(args_read(&args, "asid=0"), 0);
	CHECK(args.no_asid && !args.soft_ad);
	CHECK_EQ(args_read(&args, "ad=soft"), 0);
	CHECK(args.soft_ad && !args.no_asid);
	CHECK_EQ(args_read(&args, "  stay\texpect=fault  quiet "), 0);
	CHECK(args.stay && args.expect_fault && args.quiet);
}

TEST(texts_have_values)
{
	CHECK_EQ(args_read(&args, "test=boot/elf init=/bin/x=y quiet"), 0);
	CHECK_STR(args.test, "boot/elf");
	CHECK_STR(args.init, "/bin/x=y");
	CHECK(args.quiet);
	CHECK_EQ(args_read(&args, "test=longer test=b"), 0);
	CHECK_STR(args.test, "b");
}

TEST(an_unknown_word_is_copied_out)
{
	static const char *const words[] = {"foo", "foo=1", "tes=x",
					    "=",   "QUIET", "stayy",
					    "sta", "=quiet"};

	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		char line[32] = "stay ";

		strcat(line, words[i]);
		strcat(line, " quiet");
		CHECK_EQ(args_read(&args, line), -E_NOENT);
		CHECK_STR(args.bad, words[i]);
		CHECK(args.stay && !args.quiet);
	}
}

TEST(a_bad_value_is_another_error)
{
	static const char *const words[] = {
		"asid=1", "asid", "asid=", "asid=00", "ad=hard",
		"stay=1", "test", "test=", "expect",  "quiet=",
	};

	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		CHECK_EQ(args_read(&args, words[i]), -E_INVAL);
		CHECK_STR(args.bad, words[i]);
	}
}

TEST(a_long_value_is_refused_and_a_long_word_cut)
{
	char line[5 + ARGS_TEXT + 1] = "test=";

	memset(line + 5, 'a', ARGS_TEXT);
	CHECK_EQ(args_read(&args, line), -E_INVAL);
	CHECK_EQ(strlen(args.bad), ARGS_TEXT - 1);
	CHECK(memcmp(args.bad, line, ARGS_TEXT - 1) == 0);
	line[5 + ARGS_TEXT - 1] = '\0';
	CHECK_EQ(args_read(&args, line), 0);
	CHECK_STR(args.test, line + 5);
}

TEST(the_known_arguments_are_listed)
{
	CHECK_STR(args_known(),
		  "asid=0 ad=soft aslr=0 huge=always stay "
		  "expect=fault quiet test=<pattern> init=<name> words=<text>");
}

/* The last byte of the copy ends the string, whatever it was. */
static void read_copy(const uint8_t *copy, size_t len)
{
	char *line = (char *)(uintptr_t)copy;
	int err;

	if (len == 0)
		return;
	line[len - 1] = '\0';
	err = args_read(&args, line);
	CHECK(err == 0 || err == -E_NOENT || err == -E_INVAL);
	CHECK_EQ(args.bad[0] != '\0', err != 0);
	CHECK(memchr(args.bad, 0, sizeof(args.bad)));
	CHECK(memchr(args.test, 0, sizeof(args.test)));
	CHECK(memchr(args.init, 0, sizeof(args.init)));
	CHECK(err == 0 || strstr(line, args.bad));
}

TEST(damaged_lines_are_read_or_refused)
{
	static const char line[] =
		"quiet asid=0 "
		"init=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa "
		"test=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa "
		"ad=soft stay expect=fault";

	mutate_each(MUTATE_ROUNDS, line, sizeof(line), read_copy);
}
