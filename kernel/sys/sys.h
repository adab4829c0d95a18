/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sys.h - the native calls, one small function each: decode, check, act.
 * What each does and gives is written in abi/calls.h.
 */
#ifndef SYS_SYS_H
#define SYS_SYS_H
#include "abi/calls.h"
#include "lib/types.h"

/* Arguments a0..a5 of the current thread. */
#define SYS_DECLARE(name, ...) long sys_##name(const uint64_t arg[6]);
QUIRE_CALL_NAMES(SYS_DECLARE)
#undef SYS_DECLARE

typedef long sys_fn(const uint64_t arg[6]);
extern sys_fn *const sys_table[];

/*
 * The function of call number `a7`, or NULL if that is none of ours. It gives
 * the result for a0; a call after which another thread runs has put its result
 * into the frame itself.
 */
static inline sys_fn *sys_find(uint64_t a7)
{
	uint64_t n = a7 - CALL_FIRST;

	return n < CALL_END - CALL_FIRST ? sys_table[n] : NULL;
}

#endif
