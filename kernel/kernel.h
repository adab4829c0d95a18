/* SPDX-License-Identifier: BSD-2-Clause */
/* kernel.h - what the files beside it tell one another. */
#ifndef KERNEL_H
#define KERNEL_H
#include "arch/cpu.h"
#include "arch/riscv/csr.h"

struct thread;

/* stval of instruction faults is not sign-extended (platform/errata.h). */
extern bool trap_fetch_stval_erratum;

static inline bool cause_is_page_fault(uint64_t scause)
{
	return scause == CAUSE_FETCH_FAULT || scause == CAUSE_LOAD_FAULT ||
	       scause == CAUSE_STORE_FAULT;
}

#ifdef QUIRE_TEST
/* The test kernel's own call, which no table has: tests/unit/census.h. */
#define TRAP_TEST_CALL 0x1fff
extern long (*trap_test_call)(const uint64_t arg[6]);
#endif

/* "store page fault"; NULL for a cause that the specification reserves. */
const char *cause_name(uint64_t scause);

/*
 * One line: what the thread did, in the words of both architectures; `err` is
 * why nothing could be done about it (0: nobody tried).
 */
void report_user_fault(const struct thread *t, const struct trap_frame *frame,
		       uint64_t scause, uint64_t stval, int err);

/* The kernel itself has trapped. */
__attribute__((noreturn)) void panic_trap(const struct trap_frame *frame,
					  uint64_t scause, uint64_t stval);

#endif
