/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rig.h - what the tests of the mirror run on: in the test kernel this
 * hart, by real accesses (tests/unit/probe.h); on the host a model hart behind
 * a hostile TLB (tests/host/hart.h). The same tests run on both.
 *
 *	for (unsigned mode = 0; mode < rig_modes(); mode++) {
 *		rig_begin(mode);
 *		...
 *		rig_end();
 *	}
 */
#ifndef TESTS_UNIT_COMPAT_RIG_H
#define TESTS_UNIT_COMPAT_RIG_H
#include "compat/control.h"
#include "compat/fault.h"
#include "compat/pagedir.h"
#include "lib/types.h"

/* ---- in rig.c ----------------------------------------------------- */

/* A test frame: PROBE_STOP at 0, a magic word to read, a place to write. */
#define RIG_READ_AT  0x10u
#define RIG_WRITE_AT 0x20u

/* Where the code for accesses from user mode is mapped. */
#define RIG_CODE 0x40000000u

/* The mirror is up, CR4 is 0, no directory is active. */
void rig_begin(unsigned mode);

/* All frames are given back, the mirror is down. No directory exists. */
void rig_end(void);

/* A frame with `magic` in it, as an x86 physical address. */
uint32_t rig_frame(uint64_t magic);
void *rig_at(uint32_t frame);
uint64_t rig_magic(uint32_t frame);

/* A directory with the code for user mode mapped. */
struct pagedir *rig_pagedir(void);

/* The frame that holds that code. */
uint32_t rig_code_frame(void);

enum rig_verdict {
	RIG_OK,	    /* and the data really moved */
	RIG_FAULT,  /* #PF: *pf */
	RIG_NATIVE, /* no x86 story */
	RIG_LOOP,   /* retried without end */
	RIG_WRONG,  /* other data, or the fault is not restartable */
};

/*
 * One access to the page at `page` (at RIG_READ_AT, ..., 0 for a fetch)
 * that should end in `frame`; faults go through x86_page_fault().
 */
enum rig_verdict rig_access(enum x86_op op, bool user, uint32_t page,
			    uint32_t frame, struct x86_pf *pf);

/* How often x86_page_fault() had the last access run again. */
extern unsigned rig_retries;

/* ---- by rig_target.c or tests/host/rig_host.c ------------------ */

unsigned rig_modes(void);
const char *rig_mode_name(unsigned mode);

/* The MMU as the mode has it; the kernel's tables are current. */
pa_t rig_start(unsigned mode); /* gives x86's physical address 0 */
void rig_others_leave(void);   /* other harts, where a failed test used some */
bool rig_stop(void);	       /* false: pages were lost */

struct rig_trap {
	bool faulted; /* by a page fault of the kind that `op` gives */
	bool odd;     /* anything else: never in a correct run */
	va_t stval;
	uint64_t value; /* that a read found */
};
void rig_try(enum x86_op op, bool user, va_t va, struct rig_trap *t);

/* In this mode an old entry is certain to be used until it is fenced. */
bool rig_keeps_old(unsigned mode);

/* The allocation after `n` more fails; -1: none does. */
void rig_fail_after(long n);

/* sstatus.SUM as it stands. */
bool rig_sum(void);

/* Fills the page that user mode executes. */
void rig_copy_code(void *page);

#endif
