/* SPDX-License-Identifier: BSD-2-Clause */
/* sys.c - the dispatch table, made from abi/calls.h, and how some calls end. */
#include "sys/sys.h"
#include "task/sched.h"

/*
 * In C it would be a table of pointers. Addresses at the end of the address space
 * (arch/layout.h) are numbers of 32 bits, extended with their sign.
 */
#define SYS_ENTRY(name, ...) "\t.word sys_" #name "\n"
__asm__("\t.section .rodata.sys_table, \"a\"\n"
	"\t.balign 4\n"
	"\t.globl sys_table\n"
	"sys_table:\n" QUIRE_CALL_NAMES(SYS_ENTRY) "\t.text\n");
#undef SYS_ENTRY

long sys_let_urgent_go(long result)
{
	thread_set_result(this_cpu()->current, result);
	sched_check();
	return result;
}
