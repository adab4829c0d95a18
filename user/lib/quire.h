/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * quire.h - the native calls as C functions. What each does, and its errors, is
 * written in abi/calls.h; a negative result is an error of abi/error.h.
 */
#ifndef USER_QUIRE_H
#define USER_QUIRE_H
#include <abi/calls.h>
#include <abi/error.h>
#include <abi/space.h>
#include <abi/thread.h>
#include <stddef.h>
#include <stdint.h>

static inline long quire_call(long n, uint64_t x0, uint64_t x1, uint64_t x2,
			      uint64_t x3, uint64_t x4, uint64_t x5)
{
	register uint64_t a0 __asm__("a0") = x0;
	register uint64_t a1 __asm__("a1") = x1;
	register uint64_t a2 __asm__("a2") = x2;
	register uint64_t a3 __asm__("a3") = x3;
	register uint64_t a4 __asm__("a4") = x4;
	register uint64_t a5 __asm__("a5") = x5;
	register long a7 __asm__("a7") = n;

	__asm__ volatile("ecall"
			 : "+r"(a0), "+r"(a1), "+r"(a2)
			 : "r"(a3), "r"(a4), "r"(a5), "r"(a7)
			 : "memory");
	return (long)a0;
}

static inline long quire_call0(long n)
{
	register uint64_t a0 __asm__("a0");
	register long a7 __asm__("a7") = n;

	__asm__ volatile("ecall" : "=r"(a0) : "r"(a7) : "memory");
	return (long)a0;
}

/* The stubs, a function for each row of the table; messages are in ipc.h. */
/* clang-format off */
#define U(x) ((uint64_t)(x))
#define STUB0(name)                                                            \
	static inline long name(void)                                          \
	{                                                                      \
		return quire_call0(CALL_##name);                               \
	}
#define STUB1(name, ta, a)                                                     \
	static inline long name(ta a)                                          \
	{                                                                      \
		return quire_call(CALL_##name, U(a), 0, 0, 0, 0, 0);           \
	}
#define STUB2(name, ta, a, tb, b)                                              \
	static inline long name(ta a, tb b)                                    \
	{                                                                      \
		return quire_call(CALL_##name, U(a), U(b), 0, 0, 0, 0);        \
	}
#define STUB3(name, ta, a, tb, b, tc, c)                                       \
	static inline long name(ta a, tb b, tc c)                              \
	{                                                                      \
		return quire_call(CALL_##name, U(a), U(b), U(c), 0, 0, 0);     \
	}
#define STUB4(name, ta, a, tb, b, tc, c, td, d)                                \
	static inline long name(ta a, tb b, tc c, td d)                        \
	{                                                                      \
		return quire_call(CALL_##name, U(a), U(b), U(c), U(d), 0, 0);  \
	}
#define STUB5(name, ta, a, tb, b, tc, c, td, d, te, e)                         \
	static inline long name(ta a, tb b, tc c, td d, te e)                  \
	{                                                                      \
		return quire_call(CALL_##name, U(a), U(b), U(c), U(d), U(e),   \
				  0);                                          \
	}
#define STUB6(name, ta, a, tb, b, tc, c, td, d, te, e, tf, f)                  \
	static inline long name(ta a, tb b, tc c, td d, te e, tf f)            \
	{                                                                      \
		return quire_call(CALL_##name, U(a), U(b), U(c), U(d), U(e),   \
				  U(f));                                       \
	}
#define STUBM(name)
QUIRE_CALLS(STUB0, STUB1, STUB2, STUB3, STUB4, STUB5, STUB6, STUBM)
/* clang-format on */
#undef U

#endif
