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
			 : "+r"(a0)
			 : "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5), "r"(a7)
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

static inline long nothing(void)
{
	return quire_call0(CALL_nothing);
}

__attribute__((noreturn)) static inline void thread_exit(int status)
{
	for (;;)
		quire_call(CALL_thread_exit, (uint64_t)status, 0, 0, 0, 0, 0);
}

static inline long thread_yield(void)
{
	return quire_call0(CALL_thread_yield);
}

static inline long log_write(const char *text, size_t bytes)
{
	return quire_call(CALL_log_write, (uint64_t)text, bytes, 0, 0, 0, 0);
}

static inline long time_now(void)
{
	return quire_call0(CALL_time_now);
}

static inline long space_map(uint64_t space, const void *address, size_t bytes,
			     unsigned prot, unsigned flags, const void *limit)
{
	return quire_call(CALL_space_map, space, (uint64_t)address, bytes, prot,
			  flags, (uint64_t)limit);
}

static inline long space_unmap(uint64_t space, const void *address,
			       size_t bytes)
{
	return quire_call(CALL_space_unmap, space, (uint64_t)address, bytes, 0,
			  0, 0);
}

static inline long space_protect(uint64_t space, const void *address,
				 size_t bytes, unsigned prot)
{
	return quire_call(CALL_space_protect, space, (uint64_t)address, bytes,
			  prot, 0, 0);
}

static inline long space_regions(uint64_t space, const void *from,
				 struct region_info *to, size_t max)
{
	return quire_call(CALL_space_regions, space, (uint64_t)from,
			  (uint64_t)to, max, 0, 0);
}

static inline long space_walk(uint64_t space, const volatile void *address,
			      struct walk_info *to)
{
	return quire_call(CALL_space_walk, space, (uint64_t)address,
			  (uint64_t)to, 0, 0, 0);
}

static inline long memory_info(struct memory_info *to)
{
	return quire_call(CALL_memory_info, (uint64_t)to, 0, 0, 0, 0, 0);
}

#endif
