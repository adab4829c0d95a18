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

/*
 * By number, from CALL_FIRST. Each gives the result for a0. A call after which
 * another thread runs has put its result into the frame itself, and what it
 * gives is ignored; -E_WAIT and -E_STEP make it start again (abi/error.h).
 */
typedef long sys_fn(const uint64_t arg[6]);
extern const int32_t sys_table[]; /* their addresses */

/*
 * The end of a call that may have woken somebody more urgent, who then goes first;
 * it gives `result`, also then.
 */
long sys_let_urgent_go(long result);

/* For a call that starts again: argument `n` is another then. */
static inline void sys_go_on_with(const uint64_t arg[6], unsigned n,
				  uint64_t value)
{
	((uint64_t *)(uintptr_t)arg)[n] = value; /* in the thread's frame */
}

#endif
