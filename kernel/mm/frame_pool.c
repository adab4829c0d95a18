/* SPDX-License-Identifier: BSD-2-Clause */
/* frame_pool.c - frames zeroed ahead of need: a stack, filled in the idle loop.
 */
#include "arch/page.h"
#include "lib/assert.h"
#include "lib/lock.h"
#include "mm/buddy.h"
#include "mm/frame_boot.h"

uint32_t frame_pool_count;
void (*frame_pool_low)(void);
static struct {
	struct lock lock;
	uint32_t want;
	uint64_t filled; /* that were ever put in */
	struct frame *frame[FRAME_POOL_MAX];
} pool = {.lock = LOCK_INIT(LOCK_FRAME), .want = FRAME_POOL_MAX};

/* A leaf, but for the one that finds the pool half empty. */
struct frame *frame_pool_take(uint64_t head)
{
	struct frame *f = NULL;
	bool low = false;

	lock_take(&pool.lock);
	if (frame_pool_count) {
		f = pool.frame[--frame_pool_count];
		f->head = head;
		low = frame_pool_count == FRAME_POOL_MAX / 2;
	}
	lock_drop(&pool.lock);
	if (low && frame_pool_low)
		frame_pool_low();
	return f;
}

/* False if it is full by now. */
static bool put(struct frame *f)
{
	bool room;

	lock_take(&pool.lock);
	room = frame_pool_count < pool.want;
	if (room) {
		f->head = FRAME_HEAD(FRAME_ZEROED, 0);
		pool.frame[frame_pool_count++] = f;
		pool.filled++;
	}
	lock_drop(&pool.lock);
	return room;
}

COLD bool frame_pool_fill(void)
{
	struct frame *f;

	if (frame_pool_level() >= pool.want ||
	    buddy_free() < FRAME_POOL_RESERVE)
		return false;
	f = buddy_take(0);
	if (!f)
		return false;
	page_zero(frame_va(f));
	if (!put(f))
		buddy_give(f, 1);
	return true;
}

COLD uint64_t frame_pool_used(void)
{
	return pool.filled - frame_pool_level();
}

void frame_pool_refill(void)
{
	while (frame_pool_fill())
		;
}

COLD void frame_pool_limit(unsigned want)
{
	struct frame *f;

	assert(want <= FRAME_POOL_MAX);
	lock_take(&pool.lock);
	pool.want = want;
	lock_drop(&pool.lock);
	while (frame_pool_level() > want && (f = frame_pool_take(0)))
		buddy_give(f, 1);
}
