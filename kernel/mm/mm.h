/* SPDX-License-Identifier: BSD-2-Clause */
/* mm.h - memory management as a whole: its start, and its truth. */
#ifndef MM_MM_H
#define MM_MM_H
#include "lib/types.h"

#define MM_TAKEN 32 /* ranges that may be taken, and one more */

/*
 * Takes over all RAM: `ram` in order and disjoint, less what is `taken` (any
 * order, may overlap). The frame records are placed in the first hole that is
 * large enough. 0, -E_NOMEM if there is none, -E_INVAL without RAM. From the
 * linear map; once, at boot.
 */
int mm_init(const struct pa_range *ram, unsigned n,
	    const struct pa_range *taken, unsigned taken_n);

/*
 * Walks every invariant of frames and spaces; panics on the first that does not
 * hold. Nothing else may be at work on memory.
 */
void mm_check(void);

/* Gives all spare kernel memory back, so that frames can be counted. */
void mm_trim(void);

#endif
