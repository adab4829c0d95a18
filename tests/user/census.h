/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * census.h - the test kernel's own call (tests/unit/quiet.h): is all memory in
 * order, and how much is in use? By the only thread that runs.
 */
#ifndef TESTS_USER_CENSUS_H
#define TESTS_USER_CENSUS_H
#include "quire.h"

#define CENSUS_CALL 0x1fff

/* Walks every invariant; gives the free frames. */
static inline long census_frames(void)
{
	return quire_call(CENSUS_CALL, 0, 0, 0, 0, 0, 0);
}

/* Kernel structures in use. */
static inline long census_structures(void)
{
	return quire_call(CENSUS_CALL, 1, 0, 0, 0, 0, 0);
}

/* Prints how many of each kind. */
static inline void census_print(void)
{
	quire_call(CENSUS_CALL, 2, 0, 0, 0, 0, 0);
}

#endif
