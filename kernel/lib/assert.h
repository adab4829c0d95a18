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

/*
 * A breakpoint and the line's number: four bytes, and the registers as they are.
 * The trap says where (assert_line); what it says is in the source, and only
 * debug builds, which are larger, carry it.
 */
#define ASSERT_STOP()                                                       \
	do {                                                                \
		__asm__ volatile("c.ebreak\n\t.half %0" : : "i"(__LINE__)); \
		__builtin_unreachable();                                    \
	} while (0)

#if defined(QUIRE_DEBUG) || defined(QUIRE_HOST)
#define ASSERT_FAILED(x) assert_failed(#x, __FILE__, __LINE__)
#else
#define ASSERT_FAILED(x) ASSERT_STOP()
#endif

#undef assert
#define assert(x)                              \
	do {                                   \
		if (__builtin_expect(!(x), 0)) \
			ASSERT_FAILED(x);      \
	} while (0)

__attribute__((noreturn, cold)) void assert_failed(const char *what,
						   const char *file, int line);

/* The line of an ASSERT_STOP() at `pc`. */
static inline unsigned assert_line(const void *pc)
{
	return ((const unsigned short *)pc)[1];
}

#endif
