/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * frame_boot.h - what only boot, the idle loop and tests ask of frame.c.
 */
#ifndef MM_FRAME_BOOT_H
#define MM_FRAME_BOOT_H
#include "mm/frame.h"

/*
 * RAM that is free from now on; part pages at the ends are lost. The array of
 * records (mm/frame.h) is there, and all of it ABSENT, before the first.
 */
void frame_give(pa_t start, pa_t end);

/* ---- the zeroed pool ------------------------------------------------- */

#define FRAME_POOL_MAX	   128
#define FRAME_POOL_RESERVE 512 /* with fewer free frames it is not filled */

/* A frame of zeros, off the pool, and its head set; NULL: it is empty. */
struct frame *frame_pool_take(uint64_t head);

/* Called when the pool has fallen to half: somebody idle should fill it. */
extern void (*frame_pool_low)(void);

/* Zeroes one frame into the pool; false if there is nothing to do. */
bool frame_pool_fill(void);

/* The same until the pool is full. */
void frame_pool_refill(void);
void frame_pool_limit(unsigned want); /* 0 empties and closes it */

/* Frames in it. */
/* How many were ever taken out. */
uint64_t frame_pool_used(void);

extern uint32_t frame_pool_count; /* frame_pool.c's */
static inline unsigned frame_pool_level(void)
{
	return __atomic_load_n(&frame_pool_count, __ATOMIC_RELAXED);
}

/* ---- the harts' caches ----------------------------------------------- */

/* What this hart keeps goes back to the lists, for others to have. */
void frame_cache_drain(void);

/* ---- tests ----------------------------------------------------------- */

/* Walks every record and list; asserts the invariants of frame.h. */
void frame_check(void);

/* The n-th allocation from now (0: the next) fails; -1: none. */
void frame_fail_after(long n);

#endif
