/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * machine.h - what the tests of the mirror run on: in the test kernel this
 * hart, by real accesses (tests/unit/probe.h); on the host a model hart behind
 * a hostile TLB (tests/host/hart.h). The same tests run on both.
 *
 *	for (unsigned mode = 0; mode < machine_modes(); mode++) {
 *		machine_begin(mode);
 *		...
 *		machine_end();
 *	}
 */
#ifndef TESTS_UNIT_COMPAT_MACHINE_H
#define TESTS_UNIT_COMPAT_MACHINE_H
#include "compat/control.h"
#include "compat/fault.h"
#include "compat/pagedir.h"
#include "lib/types.h"

/* ---- in machine.c ----------------------------------------------------- */

/* A test frame: PROBE_STOP at 0, a magic word to read, a place to write. */
#define MACHINE_READ_AT	 0x10u
#define MACHINE_WRITE_AT 0x20u

/* Where the code for accesses from user mode is mapped. */
#define MACHINE_CODE 0x40000000u

/* The mirror is up, CR4 is 0, no directory is active. */
void machine_begin(unsigned mode);

/* All frames are given back, the mirror is down. No directory exists. */
void machine_end(void);

/* A frame with `magic` in it, as an x86 physical address. */
uint32_t machine_frame(uint64_t magic);
void *machine_at(uint32_t frame);
uint64_t machine_magic(uint32_t frame);

/* A directory with the code for user mode mapped. */
struct pagedir *machine_pagedir(void);

/* The frame that holds that code. */
uint32_t machine_code_frame(void);

enum machine_verdict {
	MACHINE_OK,	/* and the data really moved */
	MACHINE_FAULT,	/* #PF: *pf */
	MACHINE_NATIVE, /* no x86 story */
	MACHINE_LOOP,	/* retried without end */
	MACHINE_WRONG,	/* other data, or the fault is not restartable */
};

/*
 * One access to the page at `page` (at MACHINE_READ_AT, ..., 0 for a fetch)
 * that should end in `frame`; faults go through x86_page_fault().
 */
enum machine_verdict machine_access(enum x86_op op, bool user, uint32_t page,
				    uint32_t frame, struct x86_pf *pf);

/* How often x86_page_fault() had the last access run again. */
extern unsigned machine_retries;

/* ---- by machine_target.c or tests/host/machine_host.c ------------------ */

unsigned machine_modes(void);
const char *machine_mode_name(unsigned mode);

/* The MMU as the mode has it; the kernel's tables are current. */
pa_t machine_start(unsigned mode); /* gives x86's physical address 0 */
bool machine_stop(void); /* false: pages were lost */

struct machine_trap {
	bool faulted;	/* by a page fault of the kind that `op` gives */
	bool odd;	/* anything else: never in a correct run */
	va_t stval;
	uint64_t value; /* that a read found */
};
void machine_try(enum x86_op op, bool user, va_t va, struct machine_trap *t);

/* sstatus.SUM as it stands. */
bool machine_sum(void);

/* Fills the page that user mode executes. */
void machine_copy_code(void *page);

#endif
