/* SPDX-License-Identifier: BSD-2-Clause */
/* sys.c - the dispatch table, made from abi/calls.h. */
#include "sys/sys.h"
#include "arch/cpu.h"

typedef long call_fn(const uint64_t arg[6]);

#define SYS_ENTRY(name, args) sys_##name,
static call_fn *const table[] = {QUIRE_CALLS(SYS_ENTRY)};
#undef SYS_ENTRY

bool sys_call(struct trap_frame *frame)
{
	uint64_t n = frame->x[X_A7] - CALL_FIRST;
	long result;

	if (n >= CALL_END - CALL_FIRST)
		return false;
	result = table[n](&frame->x[X_A0]);
	/* After an exit the frame is nobody's any more. */
	if (this_cpu()->frame == frame)
		frame->x[X_A0] = (uint64_t)result;
	return true;
}
