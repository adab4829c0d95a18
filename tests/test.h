/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test.h - how a test is written, on the target and on the host alike.
 *
 *	TEST(an_empty_list_pops_nothing)
 *	{
 *		CHECK(list_pop_front(&head) == NULL);
 *		CHECK_EQ(count, 0);
 *	}
 *
 * The linker collects the tests; the file that holds one needs no registry.
 * A failed check ends its test, and prints file, line, expected and actual.
 */
#ifndef TESTS_TEST_H
#define TESTS_TEST_H
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct test {
	const char *name;
	const char *file;
	void (*run)(void);
};

#define TEST(fn)                                                           \
	static void fn(void);                                              \
	__attribute__((used, section("quire_tests"),                       \
		       aligned(8))) static const struct test test_##fn = { \
		#fn, __FILE__, fn};                                        \
	static void fn(void)

/* Each returns to the runner, never to the test that failed. */
__attribute__((noreturn)) void test_fail(const char *file, int line,
					 const char *what);
__attribute__((noreturn)) void test_fail_eq(const char *file, int line,
					    const char *what, uint64_t actual,
					    uint64_t expected);
__attribute__((noreturn)) void test_fail_str(const char *file, int line,
					     const char *what,
					     const char *actual,
					     const char *expected);
/* The rest of this test is passed over, for the reason given. */
__attribute__((noreturn)) void test_skip(const char *why);

#define CHECK(x)                                           \
	do {                                               \
		if (!(x))                                  \
			test_fail(__FILE__, __LINE__, #x); \
	} while (0)

/* Integers of any kind: CHECK_EQ(actual, expected). */
#define CHECK_EQ(a, b)                                                     \
	do {                                                               \
		uint64_t a_ = (uint64_t)(a), b_ = (uint64_t)(b);           \
		if (a_ != b_)                                              \
			test_fail_eq(__FILE__, __LINE__, #a " == " #b, a_, \
				     b_);                                  \
	} while (0)

#define CHECK_STR(a, b)                                                \
	do {                                                           \
		const char *a_ = (a), *b_ = (b);                       \
		if (strcmp(a_, b_) != 0)                               \
			test_fail_str(__FILE__, __LINE__, #a, a_, b_); \
	} while (0)

#endif
