/* SPDX-License-Identifier: BSD-2-Clause */
/* ahead.c - asking for what will be touched: see ahead.h. */
#include "mm/ahead.h"
#include "abi/space.h"
#include "mm/count.h"
#include "mm/frame.h"
#include "mm/pager.h"

/* False: no more can be asked for. */
static bool ask_one(struct object *o, struct pager *p, uint64_t index)
{
	uint64_t *place = radix_make(&o->radix, index);
	struct frame *f;

	if (place && *place)
		return true;
	if (!place || !pager_has_room(p))
		return false;
	f = frame_alloc(0, FRAME_USED, pager_fresh(p));
	if (!f)
		return false;
	object_add_locked(o, place, f, index, PAGE_COMING | PAGE_AHEAD);
	if (!pager_ask(p, f, PAGER_PAGEIN, PROT_R))
		return true;
	object_remove_locked(o, f);
	frame_put(f);
	return false;
}

/* The reader is at page `at`; from `next` on nothing has been asked for. */
static void fill_window(struct object *o, uint64_t at, uint64_t next)
{
	uint64_t window = o->ahead_window ? 2 * o->ahead_window : AHEAD_FIRST;
	uint64_t end;

	if (window > AHEAD_MAX)
		window = AHEAD_MAX;
	end = at + 1 + window;
	if (end > next + AHEAD_BATCH)
		end = next + AHEAD_BATCH;
	if (end > o->pages)
		end = o->pages;
	while (next < end && ask_one(o, o->pager, next))
		next++;
	o->ahead_window = window;
	o->ahead_next = next;
	o->ahead_mark = next > at + window / 2 ? next - window / 2 : next - 1;
	if (o->ahead_mark <= at)
		o->ahead_mark = AHEAD_NO_MARK; /* a miss goes on with it */
}

static bool may_ask(const struct object *o)
{
	return o->pager && pager_reads_ahead(o->pager) &&
	       frames_free() > frame_marks.low + AHEAD_SPARE;
}

void ahead_in_order_locked(struct object *o, uint64_t index)
{
	if (may_ask(o))
		fill_window(o, index, index + 1);
	else
		o->ahead_next = index + 1;
}

void ahead_found_locked(struct object *o, struct frame *f, unsigned access)
{
	uint64_t at = f->index, next = o->ahead_next;

	if (f->flags & PAGE_AHEAD)
		ahead_used_locked(f);
	if (at != o->ahead_mark)
		return;
	o->ahead_mark = AHEAD_NO_MARK;
	if ((access & VIEW_ALONE) || !may_ask(o))
		return;
	fill_window(o, at, next > at && next <= at + AHEAD_MAX ? next : at + 1);
}

/* ---- counting ---------------------------------------------------------------- */

void ahead_used_locked(struct frame *f)
{
	f->flags &= (uint16_t)~PAGE_AHEAD;
	count(&mm_counts.ahead_hits, 1);
}

void ahead_gone_locked(struct frame *f)
{
	if ((f->flags & (PAGE_AHEAD | PAGE_HERE)) == (PAGE_AHEAD | PAGE_HERE))
		count(&mm_counts.ahead_waste, 1);
}

void ahead_leaf_went(struct frame *f, pte_t p)
{
	struct object *o = (struct object *)f->owner;

	if (f->state != FRAME_USED || !(f->flags & FRAME_OF_OBJECT))
		return;
	lock_take(&o->lock);
	ahead_leaf_goes_locked(f, p);
	lock_drop(&o->lock);
}
