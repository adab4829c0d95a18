/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * calls.h - the native calls: one table, of which the kernel's dispatch and the
 * programs' stubs (user/lib/quire.h) are both made.
 *
 * Number in a7, arguments in a0..a5, result in a0: 0 or positive, or a negative
 * error (abi/error.h). Every other register is kept. None of these waits.
 *
 * `space` is a handle of an address space; SELF is the caller's own, and the
 * only one until handles are there. Another is -E_BADF.
 *
 *	nothing
 *		Gives the version of this ABI.
 *	thread_exit
 *		Ends the thread; the last one ends its task with `status`. Does
 *		not return.
 *	thread_yield
 *		Lets the next ready thread of this hart run.
 *	log_write
 *		The bytes, at most LOG_MAX, to the console. Gives how many went.
 *		-E_FAULT.
 *	time_now
 *		Nanoseconds since the machine started.
 *	space_map
 *		Anonymous private memory, zero, brought by touch; `bytes` is
 *		rounded up to pages. With MAP_FIXED at `address`, else near it
 *		or, with 0, where there is room. With MAP_GROW_DOWN a stack that
 *		may grow down to `limit`. Gives the address. -E_INVAL, -E_EXIST,
 *		-E_NOMEM.
 *	space_unmap
 *		Frees the pages in the range, holes or not. -E_INVAL, -E_NOMEM.
 *	space_protect
 *		Gives the pages another protection. -E_INVAL, -E_NOMEM (a hole,
 *		or no memory), -E_ACCES.
 *	space_regions
 *		Lists regions that end above `from`, lowest first, at most `max`
 *		and at most REGIONS_MAX. Gives how many. -E_FAULT.
 *	space_walk
 *		How the address translates now, in Sv39 and in x86 terms.
 *		-E_INVAL, -E_FAULT.
 *	memory_info
 *		Frames, and counters of the caller's space. -E_FAULT.
 *
 * Not calls, on purpose: files, paths, processes, signals (programs' business);
 * brk (map next to the heap, and the two regions become one); printing numbers
 * (the C library's); reading the time quickly (rdtime works in user mode).
 */
#ifndef ABI_CALLS_H
#define ABI_CALLS_H
#include "abi/space.h"
#include <stdint.h>

#define CALL_FIRST  0x1000
#define ABI_VERSION 1
#define SELF	    0ul
#define LOG_MAX	    512
#define REGIONS_MAX 8

struct walk_info;
struct memory_info;

/*
 * Numbered in this order from CALL_FIRST; Cn has n arguments, each a type and a
 * name. A new call is one row at the end, a function in sys/, a test in
 * tests/user/calls.c.
 */
/* clang-format off */
#define QUIRE_CALLS(C0, C1, C2, C3, C4, C6)                                    \
	C0(nothing)                                                            \
	C1(thread_exit, int, status)                                           \
	C0(thread_yield)                                                       \
	C2(log_write, const char *, text, uint64_t, bytes)                     \
	C0(time_now)                                                           \
	C6(space_map, uint64_t, space, const void *, address,                  \
	   uint64_t, bytes, unsigned, prot, unsigned, flags,                   \
	   const void *, limit)                                                \
	C3(space_unmap, uint64_t, space, const void *, address,                \
	   uint64_t, bytes)                                                    \
	C4(space_protect, uint64_t, space, const void *, address,              \
	   uint64_t, bytes, unsigned, prot)                                    \
	C4(space_regions, uint64_t, space, const void *, from,                 \
	   struct region_info *, to, uint64_t, max)                            \
	C3(space_walk, uint64_t, space, const volatile void *, address,        \
	   struct walk_info *, to)                                             \
	C1(memory_info, struct memory_info *, to)

/* For who wants the names alone: F(name) for each. */
#define QUIRE_CALL_NAMES(F) QUIRE_CALLS(F, F, F, F, F, F)

#define CALL_NUMBER(name, ...) CALL_##name,
enum {
	CALL_before_first = CALL_FIRST - 1,
	QUIRE_CALL_NAMES(CALL_NUMBER)
	CALL_END
};
#undef CALL_NUMBER
/* clang-format on */

/*
 * How one address translates. Entries are root first, in [2]; below the end of
 * the walk they are 0. The x86 ones are of 64-bit mode, where PDPTE, PDE and
 * PTE stand at the same places.
 */
struct walk_info {
	uint64_t pa;	   /* of the address itself; 0 if it is not mapped */
	uint64_t entry[3]; /* Sv39 */
	uint64_t x86[3];   /* what says the same there */
	int32_t level;	   /* of the leaf: 0 4 KiB, 1 2 MiB, 2 1 GiB; -1 none */
	uint32_t frame;	   /* enum walk_frame */
	uint32_t refs;	   /* of the frame; 0 if it is not a space's own */
	uint32_t zero;
};

enum walk_frame { WALK_NONE, WALK_PRIVATE, WALK_ZERO, WALK_OBJECT };

/* All memory figures in pages of 4 KiB. */
struct memory_info {
	uint64_t total, free;  /* frames of the allocator */
	uint64_t boot_taken;   /* of all RAM, at the end of boot, in bytes */
	uint64_t zeroed_ready; /* in the zeroed pool */
	uint64_t faults, zero, zeroed, shown, copied, touched, stale, grown;
	uint64_t fence_all, fence_space, fence_page, remote, satp;
	uint64_t harts;
};

#endif
