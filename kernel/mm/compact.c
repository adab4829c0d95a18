/* SPDX-License-Identifier: BSD-2-Clause */
/* compact.c - one block of frames, emptied by moving: see compact.h. */
#include "mm/compact.h"
#include "abi/error.h"
#include "lib/bits.h"
#include "lib/lock.h"
#include "mm/buddy.h"
#include "mm/count.h"
#include "mm/frame_boot.h"
#include "mm/move.h"

/* A step: what moving may cost, in instructions; how many records are looked at. */
#define STEP  14000
#define LOOKS 2048u

static struct {
	struct lock lock;
	struct frame *block; /* at work */
	uint64_t size;	     /* of it, in frames; 0: there is none */
	uint64_t at;	     /* in the block: below, all frames are claimed */
	uint64_t next;	     /* where to look next: by number */
	uint64_t tried; /* frames of blocks in vain, since a folio was made */
} compact = {.lock = LOCK_INIT(LOCK_CLOCK)};

/* ---- a block to work at ------------------------------------------------------- */

/* Frames in use that may be moved; or more than there are: one may not. */
static uint64_t movable(const struct frame *f, uint64_t n)
{
	uint64_t used = 0;

	for (uint64_t i = 0; i < n; i++) {
		switch (f[i].state) {
		case FRAME_FREE:
			i += BIT(f[i].order) - 1;
			break;
		case FRAME_USED:
		case FRAME_TABLE:
			if (!f[i].owner || f[i].order)
				return n;
			used++;
			break;
		default:
			return n;
		}
	}
	return used;
}

static void begin(struct frame *block, uint64_t size)
{
	buddy_claim(block, size);
	compact.block = block;
	compact.size = size;
	compact.at = 0;
}

/* What is kept free for the next who wants a frame. */
static void give_back_kept(void)
{
	frame_cache_drain();
	if (compact.tried)
		return;
	frame_pool_limit(0);
	frame_pool_limit(FRAME_POOL_MAX);
}

/* Some of the blocks; at a good one the work begins. */
static void search(uint64_t size)
{
	uint64_t base = frame_base >> PAGE_SHIFT;

	for (uint64_t looks = 0; looks < LOOKS && !compact.size;
	     looks += size) {
		uint64_t at = round_up(compact.next + base, size) - base;
		struct frame *f = &frame_records[at];

		compact.next = at + size;
		compact.tried += size;
		if (compact.next > frame_count)
			compact.next = 0;
		else if (movable(f, size) < size &&
			 buddy_free() >= size + frame_marks.low)
			begin(f, size);
	}
}

/* ---- at work ------------------------------------------------------------------------ */

static void give_up(void)
{
	struct frame *f = compact.block;

	for (; compact.size > 0; f++, compact.size--)
		if (f->state == FRAME_CLAIMED)
			buddy_give(f, 1);
}

/* Not one of the block's own, which are freed into this hart's cache. */
static struct frame *elsewhere(const struct frame *block)
{
	struct frame *f;

	while ((f = frame_alloc(0, FRAME_USED, 0)) && f >= block &&
	       f < block + compact.size)
		f->head = FRAME_HEAD(FRAME_CLAIMED, 0);
	return f;
}

/* What it has cost; 0: the frame must stay. */
static int clear(struct frame *block, struct frame *f)
{
	int cost = f->state == FRAME_TABLE ? 2 * COST_MOVE : COST_MOVE;
	struct frame *to;

	if (f->state == FRAME_CACHED)
		frame_cache_drain(); /* if it is this hart's */
	if (f->state == FRAME_FREE && BIT(f->order) > compact.size)
		return 0; /* all of the block is free, and what follows it */
	if (f->state == FRAME_FREE)
		buddy_claim(f, BIT(f->order));
	if (f->state == FRAME_CLAIMED)
		return 10;
	to = elsewhere(block);
	if (!to)
		return 0;
	if (f->state != FRAME_CLAIMED && move_frame(f, to)) {
		count(&mm_counts.moved, 1);
		return cost;
	}
	frame_put(to); /* not needed if it was `f` that was got elsewhere */
	return f->state == FRAME_CLAIMED ? 10 : 0;
}

/* A step; at its end the block is done, or given up, or there is more. */
static void work(void)
{
	struct frame *block = compact.block;
	int left = STEP;

	while (left > 0 && compact.at < compact.size) {
		int cost = clear(block, &block[compact.at]);

		if (!cost) {
			give_up();
			return;
		}
		left -= cost;
		compact.at++;
	}
	if (compact.at < compact.size)
		return;
	buddy_give(block, compact.size);
	compact.size = 0;
	compact.tried = 0;
}

COLD void compact_give_up(void)
{
	if (!lock_try(&compact.lock))
		return;
	give_up();
	lock_drop(&compact.lock);
}

COLD int compact_step(unsigned order)
{
	int result = -E_STEP;

	if (!lock_try(&compact.lock))
		return -E_STEP;
	if (compact.size) {
		work();
	} else if (compact.tried > frame_count) {
		compact.tried = 0;
		result = -E_NOMEM;
	} else {
		give_back_kept();
		search(BIT(order));
	}
	lock_drop(&compact.lock);
	return result;
}
