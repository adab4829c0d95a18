/* SPDX-License-Identifier: BSD-2-Clause */
/* quiet.h - looking at all memory while other harts may be zeroing some. */
#ifndef TESTS_UNIT_QUIET_H
#define TESTS_UNIT_QUIET_H
#include <stdbool.h>
#include <stdint.h>

/* Free frames once nothing is in flight; kernel caches are trimmed first. */
uint64_t quiet_frames(void);

/*
 * mm_check(), unless a test failed and kept frames: they belong to nobody, and it
 * would end the machine over them.
 */
void quiet_check(void);
extern bool quiet_spoilt;

/*
 * The test kernel's own call (kernel.h), for a program that is the only one which
 * runs, in one thread; the numbers are known to tests/user/census.h.
 *
 *	0	walks every invariant of memory; gives the free frames
 *	1	gives how many kernel structures are in use
 *	2	prints how many of each kind
 */
long quiet_call(const uint64_t arg[6]);

#endif
