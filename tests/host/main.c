/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * main.c - runs the tests of tests/test.h on the host. The output is KTAP, one
 * line a test; what went wrong stands before the line of its test.
 *
 *	host [pattern]	runs the tests whose "file: name" contains the pattern
 *
 * A test that dies (a sanitizer, a failed assert, a time-out) ends the run with
 * its name. Exit status: 0, or 1 if a test failed.
 */
#include "tests/host/fail.h"
#include "tests/host/host.h"
#include "tests/test.h"
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define TEST_SECONDS 600 /* one test, at most */
#define LABEL	     160

extern const struct test __start_quire_tests[], __stop_quire_tests[];

uint64_t host_seed;
const char *(*host_where)(void);

enum outcome { PASSED, FAILED, SKIPPED };

static jmp_buf back; /* where a failed check returns to */
static const char *skip_reason;
static char running[LABEL]; /* "file: name" of the test that runs */
static unsigned number;	    /* its number */

/* ---- names ------------------------------------------------------------ */

/* The file as the reader knows it: from below tests/unit/ or tests/. */
static const char *short_path(const char *file)
{
	static const char *const roots[] = {"tests/unit/", "tests/"};

	for (unsigned i = 0; i < 2; i++) {
		const char *at = strstr(file, roots[i]);

		if (at)
			return at + strlen(roots[i]);
	}
	return file;
}

static void label(const struct test *t, char *s)
{
	snprintf(s, LABEL, "%s: %s", short_path(t->file), t->name);
}

/* ---- what checks call ------------------------------------------------- */

static void print_where(const char *file, int line, const char *what)
{
	printf("# %s:%d: CHECK %s\n", file, line, what);
}

__attribute__((noreturn)) static void leave(enum outcome outcome)
{
	if (outcome == FAILED && host_seed)
		printf("#   in the round with seed 0x%" PRIx64 "\n", host_seed);
	if (outcome == FAILED && host_where)
		printf("#   at %s\n", host_where());
	longjmp(back, outcome);
}

void test_fail(const char *file, int line, const char *what)
{
	print_where(file, line, what);
	leave(FAILED);
}

void test_fail_eq(const char *file, int line, const char *what, uint64_t actual,
		  uint64_t expected)
{
	print_where(file, line, what);
	printf("#   actual   %" PRId64 " (0x%" PRIx64 ")\n", actual, actual);
	printf("#   expected %" PRId64 " (0x%" PRIx64 ")\n", expected,
	       expected);
	leave(FAILED);
}

void test_fail_str(const char *file, int line, const char *what,
		   const char *actual, const char *expected)
{
	print_where(file, line, what);
	printf("#   actual   \"%s\"\n#   expected \"%s\"\n", actual, expected);
	leave(FAILED);
}

void test_skip(const char *why)
{
	skip_reason = why;
	leave(SKIPPED);
}

/* ---- death ------------------------------------------------------------ */

/* The sanitizers end in abort(), after their report. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "abort_on_error=1:handle_abort=0";
}

const char *__ubsan_default_options(void);
const char *__ubsan_default_options(void)
{
	return "abort_on_error=1:halt_on_error=1:print_stacktrace=1";
}

/* Only write(): the test may have died anywhere. */
static void die(int signal_number)
{
	char s[6 * LABEL];
	int n;

	n = snprintf(s, sizeof(s),
		     "# died of signal %d (%s)\n"
		     "# in the round with seed 0x%" PRIx64 " (0: no rounds)\n"
		     "# at %s\n"
		     "not ok %u %s\nBail out! %s died\n",
		     signal_number,
		     signal_number == SIGALRM ? "too slow" : "see above",
		     host_seed, host_where ? host_where() : "-", number,
		     running, running);
	if (write(STDOUT_FILENO, s, (size_t)n) != n)
		_exit(2);
	_exit(1);
}

static void catch_signals(void)
{
	static const int signals[] = {SIGABRT, SIGALRM, SIGILL, SIGFPE,
#ifndef __SANITIZE_ADDRESS__ /* else its report is worth more */
				      SIGSEGV, SIGBUS
#endif
	};

	for (unsigned i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		signal(signals[i], die);
}

/* ---- running ---------------------------------------------------------- */

static enum outcome run(const struct test *t)
{
	/* Not a local: it is looked at after the longjmp. */
	static enum outcome outcome;

	host_seed = 0;
	host_where = NULL;
	fail_never();
	alarm(TEST_SECONDS);
	outcome = (enum outcome)setjmp(back);
	if (outcome == PASSED)
		t->run();
	alarm(0);
	return outcome;
}

static void report(enum outcome outcome)
{
	printf("%sok %u %s", outcome == FAILED ? "not " : "", number, running);
	if (outcome == SKIPPED)
		printf(" # SKIP %s", skip_reason);
	printf("\n");
}

int main(int argc, char **argv)
{
	const char *pattern = argc > 1 ? argv[1] : "";
	unsigned failed = 0;
	enum outcome outcome;

	setvbuf(stdout, NULL, _IOLBF, 0);
	catch_signals();
	printf("KTAP version 1\n");
	for (const struct test *t = __start_quire_tests; t < __stop_quire_tests;
	     t++) {
		label(t, running);
		if (!strstr(running, pattern))
			continue;
		number++;
		outcome = run(t);
		failed += outcome == FAILED;
		report(outcome);
	}
	printf("1..%u\n", number);
	if (number == 0)
		printf("# no test fits \"%s\"\n", pattern);
	return failed > 0 || number == 0;
}
