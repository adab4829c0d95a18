/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * revoke.c - a memory object ends for everybody, though handles and regions of it
 * remain: all of it, or what lies beyond a new, smaller size.
 *
 *	no pages      who faults from now on, or waits, finds none
 *	leaves        emptied in every space, BATCH pages of the object at a time
 *	frames        given back, or first to the pager: paged.c
 *
 * A batch is a step (ending.h): the hart goes on with it though the thread that
 * asked for it may have ended. Between two the object's lock is free. A fault
 * that has just found its page holds its space's lock until the leaf is there:
 * so when every space has been gone through no leaf is left and none can come.
 */
#include "lib/atomic.h"
#include "lib/bits.h"
#include "mm/ahead.h"
#include "mm/ending.h"
#include "mm/paged.h"
#include "mm/private.h"
#include "mm/space.h"
#include "mm/wait.h"

#define BATCH ENDING_PAGES
#define DROPS (ENDING_PAGES / 3) /* each costs as much as three leaves */

/* ---- leaves --------------------------------------------------------------- */

/* The first address at or above `va` that has a leaf table; `end` if none has. */
static va_t with_table(const struct mmu *m, va_t va, va_t end)
{
	while (va < end && !mmu_leaf_slot_any(m, va))
		va = mmu_next_span(m, va);
	return va < end ? va : end;
}

/* In a region with an object, what is not private is the object's. */
static void hide_leaf(pte_t *slot, va_t va, struct mmu_flush *flush,
		      bool in_common)
{
	pte_t p = pte_load(slot);
	struct frame *f;

	if (in_common) /* another may have emptied it, not flushed here */
		flush_add(flush, va, PAGE_SIZE);
	if (!pte_has_frame(p) || private_frame(p))
		return;
	p = pte_swap(slot, 0);
	f = frame_of(pte_pa(p));
	if (f) /* not of registers */
		ahead_leaf_goes_locked(f, p);
	flush_add(flush, va, PAGE_SIZE);
}

/* Pages [first, end); gives the next one that may be shown here. */
static uint64_t hide_region(struct space *s, const struct region *r,
			    uint64_t first, uint64_t end)
{
	uint64_t low = r->offset >> PAGE_SHIFT;
	va_t va = r->start, stop = r->start;
	struct mmu_flush flush;

	if (first > low)
		va += (first - low) << PAGE_SHIFT;
	if (end > low)
		stop += (end - low) << PAGE_SHIFT;
	if (stop > r->end)
		stop = r->end;
	flush_begin(&flush, &s->mmu);
	for (va = with_table(&s->mmu, va, r->end); va < stop;
	     va = with_table(&s->mmu, va + PAGE_SIZE, r->end))
		hide_leaf(mmu_leaf_slot_any(&s->mmu, va), va, &flush,
			  s->in_common);
	flush_run(&flush);
	return va < r->end ? low + ((va - r->start) >> PAGE_SHIFT) : NO_PAGE;
}

/*
 * A batch from page `at` on, in every region; gives the page to go on from,
 * NO_PAGE at the end. A busy space, which is against the order of locks and
 * only tried, makes that `at` once more.
 */
static uint64_t hide_locked(struct object *o, uint64_t at)
{
	uint64_t next = NO_PAGE, i;

	list_for_each (e, &o->regions) {
		struct region *r = container_of(e, struct region, in_object);
		struct space *s = container_of(r->set, struct space, regions);

		if (!lock_try(&s->lock))
			return at;
		i = hide_region(s, r, at, at + BATCH);
		lock_drop(&s->lock);
		if (i < next)
			next = i;
	}
	return next;
}

/* ---- the object ----------------------------------------------------------- */

static void drop_folio(struct object *o)
{
	struct frame *folio = o->folio;

	o->folio = NULL;
	if (folio)
		frame_put(folio);
}

static bool is_cut(const struct object *o)
{
	return o->held_from == NO_PAGE;
}

/* One step: first the leaves, then the pages. */
static void cut_some_locked(struct object *o)
{
	if (o->shown_from != NO_PAGE)
		o->shown_from = hide_locked(o, o->shown_from);
	if (o->shown_from == NO_PAGE && !is_cut(o) &&
	    !paged_discard_locked(o, &o->held_from, DROPS))
		o->held_from = NO_PAGE;
}

static bool work_some(struct kobject *k)
{
	struct object *o = container_of(k, struct object, work);
	bool over;

	lock_take(&o->lock);
	if (!is_cut(o))
		cut_some_locked(o);
	else if (o->unwritten_from != NO_PAGE)
		o->unwritten_from = paged_leave_locked(o, o->unwritten_from);
	over = is_cut(o) && o->unwritten_from == NO_PAGE;
	o->at_work = !over;
	lock_drop(&o->lock);
	if (!over)
		return false;
	if (o->kobject.dead)
		drop_folio(o);
	object_put(o);
	return true;
}

static const struct kind work_kind = {.name = "object at work",
				      .end = work_some};

/* Nothing is there from page `first` on. True: the caller is to begin the work. */
static bool cut_locked(struct object *o, uint64_t first)
{
	bool begins = !o->at_work;

	if (begins)
		object_get(o);
	store_relaxed(&o->pages, first);
	upcall_pages_settled(o);
	if (o->shown_from > first)
		o->shown_from = first;
	if (o->held_from > first)
		o->held_from = first;
	o->at_work = true;
	return begins;
}

void object_begin_work(struct object *o, bool now)
{
	kobject_init(&o->work, &work_kind);
	if (now)
		kobject_put(&o->work);
	else
		kobject_put_later(&o->work);
}

void object_revoke_all(struct kobject *k)
{
	struct object *o = object_of(k);
	bool begins = false;

	lock_take(&o->lock);
	if (!k->dead) {
		k->dead = 1;
		begins = cut_locked(o, 0);
	}
	lock_drop(&o->lock);
	if (begins)
		object_begin_work(o, true);
}

int object_resize(struct object *o, uint64_t pages)
{
	bool begins = false;
	int err = 0;

	if (pages > OBJECT_PAGES_MAX ||
	    (o->type != OBJECT_ANONYMOUS && o->type != OBJECT_PAGED))
		return -E_INVAL;
	lock_take(&o->lock);
	if (o->kobject.dead) {
		err = -E_STALE;
	} else if (o->is_swap) {
		err = -E_BUSY;
	} else if (pages < o->pages) {
		begins = cut_locked(o, pages);
	} else if (!is_cut(o)) {
		cut_some_locked(o);
		err = -E_STEP;
	} else if (radix_grow(&o->radix, pages)) {
		store_relaxed(&o->pages, pages);
	} else {
		err = -E_NOMEM;
	}
	lock_drop(&o->lock);
	if (begins)
		object_begin_work(o, true);
	return err;
}
