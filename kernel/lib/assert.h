/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * assert.h - asserts stay on in every build. A failed one is a fault of the
 * kernel itself, never of a user program or of bad input.
 */
#ifndef LIB_ASSERT_H
#define LIB_ASSERT_H

/* Prints where and what, then ends the machine with a failing status. */
__attribute__((noreturn, format(printf, 1, 2))) void panic(const char *fmt,
							   ...);

/* What it says is in the source; only debug builds carry it, which are larger. */
#if defined(QUIRE_DEBUG) || defined(QUIRE_HOST)
#define ASSERT_FAILED(x) assert_failed(#x, __FILE__, __LINE__)
#else
#define ASSERT_FAILED(x) assert_failed_at(__FILE__, __LINE__)
#endif

#undef assert
#define assert(x)                              \
	do {                                   \
		if (__builtin_expect(!(x), 0)) \
			ASSERT_FAILED(x);      \
	} while (0)

__attribute__((noreturn, cold)) void assert_failed(const char *what,
						   const char *file, int line);
__attribute__((noreturn, cold)) void assert_failed_at(const char *file,
						      int line);

#endif
