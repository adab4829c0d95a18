/* SPDX-License-Identifier: BSD-2-Clause */
/* sys.c - the dispatch table, made from abi/calls.h, and how some calls end. */
#include "sys/sys.h"
#include "task/sched.h"

#define SYS_ENTRY(name, ...) sys_##name,
sys_fn *const sys_table[] = {QUIRE_CALL_NAMES(SYS_ENTRY)};
#undef SYS_ENTRY

long sys_let_urgent_go(long result)
{
	thread_set_result(this_cpu()->current, result);
	sched_check();
	return result;
}
