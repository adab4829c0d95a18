/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * count.h - what memory management has done, for people to read: vmstat. Nothing
 * is decided by it.
 */
#ifndef MM_COUNT_H
#define MM_COUNT_H
#include "mm/space.h"

extern struct mm_counts mm_counts;

/* count(&mm_counts.stolen, n): from any hart, with any locks. */
static inline void count(uint64_t *counter, uint64_t n)
{
	__atomic_fetch_add(counter, n, __ATOMIC_RELAXED);
}

/* The space goes from the list of all. spaces_lock is held. */
void count_space_ended_locked(const struct space *s);

/* Sums over all spaces, those that have ended too, at most `max` of the others. */
void count_spaces(struct space_counts *all, uint64_t *tables, unsigned max);

#endif
