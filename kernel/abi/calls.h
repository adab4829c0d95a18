/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * calls.h - the native calls: one table, of which the kernel's dispatch and the
 * programs' stubs are both made.
 *
 * Number in a7, arguments in a0..a5, result in a0: 0 or positive, or a negative
 * error (abi/error.h). Every other register is kept. None of these waits.
 *
 * `space` is a handle of an address space; SELF is the caller's own, and the
 * only one until handles are there.
 *
 *	nothing(): the version of this ABI.
 *	thread_exit(status): ends the thread; the last one ends its task with
 *		`status`. Does not return.
 *	thread_yield(): lets the next ready thread of this hart run.
 *	log_write(text, bytes): the bytes, at most LOG_MAX, to the console.
 *Gives how many went. -E_FAULT. time_now(): nanoseconds since the machine
 *started. space_map(space, address, bytes, PROT_*, MAP_*, limit): anonymous
 *private memory, zero, brought by touch; `bytes` is rounded up to pages. With
 *		MAP_FIXED at `address`, else near it or, with 0, where there is
 *room. With MAP_GROW_DOWN a stack that may grow down to `limit`. Gives the
 *		address. -E_INVAL, -E_EXIST, -E_NOMEM.
 *	space_unmap(space, address, bytes): -E_INVAL, -E_NOMEM.
 *	space_protect(space, address, bytes, PROT_*): -E_INVAL, -E_NOMEM (a
 *hole, or no memory), -E_ACCES. space_regions(space, from, struct region_info
 **, max): lists regions that end above `from`, lowest first, at most max (<=
 *REGIONS_MAX). Gives how many. -E_FAULT. space_walk(space, address, struct
 *walk_info *): how the address translates now, in Sv39 and in x86 terms.
 *-E_INVAL, -E_FAULT. memory_info(struct memory_info *): frames and counters.
 *-E_FAULT.
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

/* CALL(name, number of arguments): numbered in this order from CALL_FIRST. */
#define QUIRE_CALLS(CALL)      \
	CALL(nothing, 0)       \
	CALL(thread_exit, 1)   \
	CALL(thread_yield, 0)  \
	CALL(log_write, 2)     \
	CALL(time_now, 0)      \
	CALL(space_map, 6)     \
	CALL(space_unmap, 3)   \
	CALL(space_protect, 4) \
	CALL(space_regions, 4) \
	CALL(space_walk, 3)    \
	CALL(memory_info, 1)

#define CALL_NUMBER(name, args) CALL_##name,
enum { CALL_before_first = CALL_FIRST - 1, QUIRE_CALLS(CALL_NUMBER) CALL_END };
#undef CALL_NUMBER

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
