/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sys.h - the native calls, one small function each: decode, check, act.
 * What each does and gives is written in abi/calls.h.
 */
#ifndef SYS_SYS_H
#define SYS_SYS_H
#include "abi/calls.h"
#include "lib/types.h"

struct trap_frame;

/* Arguments a0..a5 of the current thread. */
#define SYS_DECLARE(name, args) long sys_##name(const uint64_t arg[6]);
QUIRE_CALLS(SYS_DECLARE)
#undef SYS_DECLARE

/*
 * Makes the call that `frame` asks for and leaves the result in its a0. False:
 * a7 names none of ours.
 */
bool sys_call(struct trap_frame *frame);

#endif
