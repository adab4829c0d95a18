/* SPDX-License-Identifier: BSD-2-Clause */
/* reclaim.c - the clock: see reclaim.h. */
#include "mm/reclaim.h"
#include "abi/error.h"
#include "arch/interrupt.h"
#include "lib/assert.h"
#include "lib/lock.h"
#include "mm/ahead.h"
#include "mm/compact.h"
#include "mm/count.h"
#include "mm/evict.h"
#include "mm/frame_boot.h"
#include "mm/paged.h"
#include "mm/pager.h"
#include "mm/rmap.h"
#include "mm/wait.h"

/* What a step may cost, and what its parts do; in instructions. */
#define STEP	   14000
#define COST_LOOK  8
#define COST_VISIT 120

/* Pages on their way out at a time. */
#define WRITING_MAX 128u

uint32_t reclaim_wanted;

static struct {
	struct lock lock;
	uint64_t hand;	  /* the next record */
	uint64_t in_vain; /* records passed since a page went */
	uint64_t high;
} clock = {.lock = LOCK_INIT(LOCK_CLOCK)};

/* Who waits for memory is in its list. It has no pages. */
struct object reclaim_room = {
	.kobject = {.kind = &object_kind, .refs = 1},
	.lock = LOCK_INIT(LOCK_OBJECT),
	.type = OBJECT_PAGED,
	.waiting = {&reclaim_room.waiting, &reclaim_room.waiting},
	.regions = {&reclaim_room.regions, &reclaim_room.regions},
};

/* ---- the marks ------------------------------------------------------------ */

static void memory_is_low(void)
{
	if (reclaim_is_wanted())
		return;
	__atomic_store_n(&reclaim_wanted, 1, __ATOMIC_RELAXED);
	interrupt_again();
}

static uint64_t at_least(uint64_t n, uint64_t least)
{
	return n > least ? n : least;
}

COLD void reclaim_begin(void)
{
	uint64_t n = frames_total();

	frame_marks.is_low = memory_is_low;
	clock.high = at_least(n / 32, 192);
	frame_marks.low = at_least(n / 64, 96);
}

COLD void reclaim_keep_reserve(void)
{
	reclaim_begin();
	frame_marks.reserve = at_least(frames_total() / 256, 32);
}

#ifdef QUIRE_TEST
void reclaim_up_to(uint64_t frames)
{
	clock.high = frames;
}
#endif

/* ---- pages of objects ------------------------------------------------------ */

/* Clean: it goes. Dirty: it is written, and may go the next time. */
static int let_go_locked(struct object *o, struct frame *f)
{
	bool dirty = f->flags & PAGE_DIRTY;

	if (rmap_limit_locked(o, f->index, 1, dirty))
		return 0;
	if (!dirty) {
		paged_forget_locked(o, f);
		count(&mm_counts.stolen, 1);
		return COST_EVICT;
	}
	return paged_write_back_locked(o, f) ? COST_EVICT : 0;
}

static int visit_page_locked(struct object *o, struct frame *f)
{
	const unsigned here = PAGE_HERE | PAGE_BUSY | PAGE_GOING | PAGE_FAILED;
	int used;

	if (f->owner != (uint64_t)o || !pager_lives_locked(o) ||
	    o->kobject.dead || (f->flags & here) != PAGE_HERE)
		return 0;
	if (object_frame_locked(o, f->index) != f)
		return 0;
	used = rmap_used_locked(o, f->index);
	if (used > 0 && (f->flags & PAGE_AHEAD))
		ahead_used_locked(f);
	if (used)
		return 0;
	return let_go_locked(o, f);
}

/* Gives what it has cost beyond a visit; 0: the page is left alone. */
static int visit_page(struct object *o, struct frame *f)
{
	int cost;

	if (o->type != OBJECT_PAGED)
		return 0;
	evict_finish(); /* it holds a space's lock */
	if (!lock_try(&o->lock))
		return 0;
	cost = visit_page_locked(o, f);
	lock_drop(&o->lock);
	return cost;
}

/* ---- the hand --------------------------------------------------------------- */

/*
 * The frame may change its owner at this moment. An owner that is the same before
 * and after a look at the flags, which say that it is an object, has been that
 * object during the look; and its memory stays until this hart is quiet (grace.h).
 */
static int visit(struct frame *f)
{
	uint64_t owner = __atomic_load_n(&f->owner, __ATOMIC_ACQUIRE);
	unsigned flags = __atomic_load_n(&f->flags, __ATOMIC_ACQUIRE);

	count(&mm_counts.scanned, 1);
	if (!(flags & FRAME_OF_OBJECT))
		return evict_private(f);
	if (__atomic_load_n(&f->owner, __ATOMIC_RELAXED) != owner)
		return 0;
	return visit_page((struct object *)owner, f);
}

enum result {
	SPENT,	 /* the step is */
	ENOUGH,	 /* is free, or on its way, or another hart is at it */
	NOTHING, /* went in two rounds */
};

/* From the hand on. */
static enum result sweep(void)
{
	int left = STEP;

	while (left > 0) {
		struct frame *f = &frame_records[clock.hand++];
		int cost;

		if (clock.hand == frame_count)
			clock.hand = 0;
		if (clock.in_vain++ > 2 * frame_count)
			return NOTHING;
		left -= COST_LOOK;
		if (f->state != FRAME_USED || f->order)
			continue;
		cost = visit(f);
		left -= COST_VISIT + cost;
		if (!cost)
			continue;
		clock.in_vain = 0;
		if (__atomic_load_n(&paged_writing, __ATOMIC_RELAXED) >=
		    WRITING_MAX)
			return ENOUGH;
	}
	return SPENT;
}

static enum result step(void)
{
	enum result result = ENOUGH;

	compact_give_up();
	if (!lock_try(&clock.lock))
		return ENOUGH;
	if (frames_free() >= clock.high) {
		__atomic_store_n(&reclaim_wanted, 0, __ATOMIC_RELAXED);
		clock.in_vain = 0;
	} else {
		result = sweep();
		evict_finish();
	}
	if (result == NOTHING)
		clock.in_vain = 0; /* who asks next may find more */
	lock_drop(&clock.lock);
	return result;
}

bool reclaim_step(void)
{
	return step() == SPENT;
}

/* ---- who waits ---------------------------------------------------------------- */

static int wait_for_room(void)
{
	int err = 0;

	lock_take(&reclaim_room.lock);
	if (__atomic_load_n(&paged_writing, __ATOMIC_ACQUIRE))
		err = upcall_page_needed(&reclaim_room, 0);
	lock_drop(&reclaim_room.lock);
	return err;
}

COLD int reclaim_for_me(void)
{
	enum result result;

	if (!frame_marks.low || frames_free() >= clock.high)
		return -E_NOMEM; /* that was not why */
	result = step();
	/* What is free still lies in caches of other harts, or was not enough. */
	if (result == NOTHING &&
	    !__atomic_load_n(&paged_writing, __ATOMIC_RELAXED))
		return -E_NOMEM;
	if (frames_free() > frame_marks.reserve || result == SPENT)
		return 0;
	if (__atomic_load_n(&paged_writing, __ATOMIC_RELAXED))
		return wait_for_room();
	return 0;
}

void reclaim_written(void)
{
	lock_take(&reclaim_room.lock);
	upcall_page_settled(&reclaim_room, 0, NULL, 0);
	lock_drop(&reclaim_room.lock);
	if (reclaim_is_wanted())
		interrupt_again();
}
