/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * probe.h - one memory access in S-mode or U-mode, and how it ended. For tests
 * of page tables in the test kernel; interrupts stay off throughout.
 *
 * The access uses the tables that are current and sstatus.SUM and MXR as they
 * stand. For U-mode the instructions must lie in a page that user mode may
 * execute: the caller maps a copy of probe_code (a page) and says where.
 *
 *	memcpy(page, probe_code, PAGE_SIZE);
 *	mmu_map(&m, CODE, pa, PAGE_SIZE, MMU_R | MMU_X | MMU_U, 0);
 *	mmu_switch(&m);
 *	probe(PROBE_STORE, va, CODE, &r);
 *	CHECK_EQ(r.cause, CAUSE_STORE_FAULT);
 *
 * A page that is to be executed holds PROBE_STOP at `va`.
 */
#ifndef TESTS_UNIT_PROBE_H
#define TESTS_UNIT_PROBE_H

#define PROBE_CODE_STRIDE 16 /* bytes from one access's code to the next */

#ifndef __ASSEMBLER__
#include "lib/types.h"

enum probe_op {
	PROBE_LOAD,  /* ld */
	PROBE_STORE, /* sd, of the address itself */
	PROBE_FETCH, /* jump there */
};

#define PROBE_DONE 3	       /* cause: the access was made */
#define PROBE_STOP 0x00100073u /* ebreak */

struct probe_result {
	uint64_t cause; /* PROBE_DONE, or scause of the trap */
	uint64_t stval;
	uint64_t value; /* what a load found */
	uint64_t pc;	/* sepc, from the instruction that accesses; a fetch:
			   from `va` */
};

/* In U-mode with the code at `user_code`, or in S-mode if that is 0. */
void probe(enum probe_op op, va_t va, va_t user_code, struct probe_result *r);

extern const char probe_code[]; /* page aligned, one page */
#endif
#endif
