/* SPDX-License-Identifier: BSD-2-Clause */
/* count.h - what memory management has done since boot, on all harts. */
#ifndef MM_COUNT_H
#define MM_COUNT_H
#include "lib/types.h"

struct mm_counts {
	uint64_t pages_in, pages_out; /* answered by pagers */
	uint64_t scanned;	      /* pages that the clock has looked at */
	uint64_t stolen;	      /* frames that it has taken */
	uint64_t refaults;	      /* stolen pages that were wanted again */
	uint64_t swapped_in, swapped_out; /* private pages */
	uint64_t ahead_hits, ahead_waste; /* pages read ahead */
	uint64_t killed;		  /* spaces ended for want of memory */
};

extern struct mm_counts mm_counts;

static inline void mm_count(uint64_t *counter)
{
	__atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}

#endif
