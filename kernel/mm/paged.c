/* SPDX-License-Identifier: BSD-2-Clause */
/* paged.c - pages that a pager fills and takes back: see paged.h. */
#include "mm/paged.h"
#include "abi/error.h"
#include "abi/pager.h"
#include "abi/space.h"
#include "lib/assert.h"
#include "mm/ahead.h"
#include "mm/count.h"
#include "mm/frame.h"
#include "mm/pager.h"
#include "mm/reclaim.h"
#include "mm/wait.h"

COLD struct object *object_paged(struct pager *p, uint64_t key, uint64_t pages,
				 int *err)
{
	struct object *o = object_alloc(OBJECT_PAGED, "paged", pages);

	assert(pages > 0 && pages <= OBJECT_PAGES_MAX);
	*err = -E_NOMEM;
	if (!o)
		return NULL;
	o->key = key;
	o->ahead_next = o->ahead_mark = AHEAD_NO_MARK;
	*err = pager_adopt(p, o);
	if (*err) {
		object_put(o);
		return NULL;
	}
	return o;
}

/* ---- faults ---------------------------------------------------------------- */

/* The request is not made before it is clear that the thread will wait. */
static inline int page_in_locked(struct object *o, uint64_t *place,
				 uint64_t index, unsigned access)
{
	struct pager *p = o->pager;
	struct frame *f;
	int err;

	if (!p)
		return -E_IO;
	if (!place)
		place = radix_make(&o->radix, index);
	f = place ? frame_alloc(0, FRAME_USED, pager_fresh(p)) : NULL;
	if (!f)
		return -E_NOMEM;
	err = upcall_page_needed(o, index);
	if (err != -E_WAIT) {
		frame_put(f);
		return err;
	}
	object_add_locked(o, place, f, index, PAGE_COMING);
	if (pager_ask(p, f, PAGER_PAGEIN, access)) {
		object_remove_locked(o, f);
		frame_put(f);
		upcall_page_settled(o, index, NULL, -E_IO);
	}
	return -E_WAIT;
}

/* The same, and lets the object's lock go. */
static __attribute__((noinline)) int page_in(struct object *o, uint64_t *place,
					     uint64_t index, unsigned access)
{
	int err = page_in_locked(o, place, index, access & PROT_ALL);

	if (err == -E_WAIT)
		ahead_missed_locked(o, index, access);

	lock_drop(&o->lock);
	return err;
}

/* The page is here, but may not be written before the pager says so. */
static COLD int upgrade_locked(struct object *o, struct frame *f)
{
	int err;

	if (!o->pager)
		return -E_IO;
	err = upcall_page_needed(o, f->index);
	if (err != -E_WAIT || (f->flags & PAGE_COMING))
		return err;
	if (pager_ask(o->pager, f, PAGER_PAGEIN, PROT_W))
		upcall_page_settled(o, f->index, NULL, -E_IO);
	else
		f->flags |= PAGE_COMING;
	return -E_WAIT;
}

void paged_make_dirty_locked(struct object *o, struct frame *f)
{
	f->flags |= PAGE_DIRTY;
	o->dirty++;
	if (!o->pager || !pager_wants_dirty(o->pager) ||
	    (f->flags & PAGE_TELLING))
		return;
	if (!pager_ask(o->pager, f, PAGER_DIRTY, 0))
		f->flags |= PAGE_TELLING;
}

static int show_here_locked(struct object *o, struct frame *f, unsigned access,
			    struct object_view *v)
{
	int err = 0;

	if (!page_is_to_be_seen(f))
		err = upcall_page_needed(o, f->index);
	else if (!paged_view_locked(o, f, access, v))
		err = upgrade_locked(o, f);
	ahead_touched_locked(o, f, access);
	return err;
}

/* Wherever in the tree. Lets the object's lock go. */
static __attribute__((noinline)) int show_found(struct object *o,
						uint64_t index, unsigned access,
						struct object_view *v)
{
	uint64_t *place = radix_find(&o->radix, index);
	struct frame *f = place ? (struct frame *)*place : NULL;
	int err;

	if (!f)
		return page_in(o, place, index, access);
	err = show_here_locked(o, f, access, v);
	lock_drop(&o->lock);
	return err;
}

static __attribute__((noinline)) int beyond(struct object *o)
{
	lock_drop(&o->lock);
	return -E_FAULT;
}

/* A leaf: each way from here pays for the registers that it needs. */
int paged_show(struct object *o, uint64_t index, unsigned access,
	       struct object_view *v)
{
	uint64_t *place;

	lock_take(&o->lock);
	if (index >= o->pages)
		return beyond(o);
	place = radix_near(&o->radix, index);
	if (place && !*place)
		return page_in(o, place, index, access);
	return show_found(o, index, access, v);
}

void paged_drop_locked(struct object *o, struct frame *f, int err)
{
	uint64_t index = f->index;

	ahead_gone_locked(f);
	object_remove_locked(o, f);
	frame_put(f);
	upcall_page_settled(o, index, NULL, err);
}

struct frame *paged_page_locked(struct object *o, uint64_t index, int *err)
{
	uint64_t *place = radix_find(&o->radix, index);
	struct frame *f = place ? (struct frame *)*place : NULL;

	if (index >= o->pages)
		*err = -E_IO;
	else if (!f)
		*err = page_in_locked(o, place, index, PROT_R);
	else if (!(f->flags & PAGE_HERE))
		*err = upcall_page_needed(o, index);
	else if (!(f->flags & PAGE_BUSY))
		return f;
	else {
		f->flags &= (uint16_t)~PAGE_GOING;
		*err = upcall_page_needed(o, PAGE_WRITTEN(index));
	}
	return NULL;
}

COLD void paged_forget_locked(struct object *o, struct frame *f)
{
	if (f->flags & PAGE_DIRTY) {
		f->flags &= (uint16_t)~PAGE_DIRTY;
		o->dirty--;
	}
	if (f->flags & PAGE_BUSY)
		f->flags |= PAGE_GOING | PAGE_CUT;
	else
		paged_drop_locked(o, f, 0);
}

COLD bool paged_is_awaited_locked(struct object *o, uint64_t index)
{
	struct frame *f;

	if (o == &reclaim_room)
		return __atomic_load_n(&paged_writing, __ATOMIC_ACQUIRE);
	f = object_frame_locked(o, index & ~PAGE_WRITTEN(0));
	if (!f || o->kobject.dead)
		return false;
	if (index & PAGE_WRITTEN(0))
		return f->flags & PAGE_WRITING;
	return f->flags & (PAGE_COMING | PAGE_GOING);
}

COLD void object_wait_timed_out(struct object *o, uint64_t index)
{
	struct pager *p = __atomic_load_n(&o->pager, __ATOMIC_RELAXED);

	(void)index; /* the request stays: a late answer is good, too */
	if (p)
		__atomic_add_fetch(&p->timeouts, 1, __ATOMIC_RELAXED);
}

/* ---- answers ------------------------------------------------------------- */

/* What a client may be told. */
static COLD int error_of(const struct pager_answer *a)
{
	switch (a->error) {
	case E_NOMEM:
	case E_ACCES:
	case E_TIMEDOUT:
		return -a->error;
	default:
		return -E_IO;
	}
}

static void page_came_locked(struct object *o, struct frame *f,
			     const struct pager_answer *a)
{
	unsigned flags = f->flags & ~PAGE_COMING;
	bool supplied = a->kind == PAGER_SUPPLY;

	if (supplied) {
		count(&mm_counts.pages_in, 1);
		flags = (flags & ~PAGE_READ_ONLY) | PAGE_HERE;
		if (!(a->prot & PROT_W))
			flags |= PAGE_READ_ONLY;
	} else if (flags & PAGE_DIRTY) { /* it could not be written, nor go */
		flags |= PAGE_HERE;
	} else if (!(flags & PAGE_HERE)) { /* else it may go on being read */
		flags |= PAGE_GOING;
	}
	f->flags = (uint16_t)flags;
	if (supplied)
		upcall_page_settled(o, f->index, f, 0);
	else
		upcall_page_settled(o, f->index, NULL, error_of(a));
}

uint32_t paged_writing;

bool paged_write_back_locked(struct object *o, struct frame *f)
{
	if (f->flags & PAGE_WRITING)
		return true; /* page_written_locked() comes here again */
	if (!o->pager || pager_ask(o->pager, f, PAGER_WRITEBACK, 0))
		return false;
	f->flags &= (uint16_t)~PAGE_DIRTY;
	f->flags |= PAGE_WRITING;
	o->dirty--;
	__atomic_add_fetch(&paged_writing, 1, __ATOMIC_RELAXED);
	return true;
}

/* It was dirty when it was revoked, or left by who could write, and being written. */
static bool is_left_dirty(const struct object *o, const struct frame *f)
{
	return (f->flags & PAGE_DIRTY) &&
	       ((f->flags & (PAGE_GOING | PAGE_READ_ONLY)) || !o->shared);
}

static COLD void page_written_locked(struct object *o, struct frame *f,
				     const struct pager_answer *a)
{
	f->flags &= (uint16_t)~PAGE_WRITING;
	__atomic_sub_fetch(&paged_writing, 1, __ATOMIC_RELAXED);
	if (a->kind == PAGER_FAIL && !o->kobject.dead) {
		if (!(f->flags & PAGE_DIRTY))
			o->dirty++;
		f->flags |= PAGE_DIRTY | PAGE_FAILED;
		f->flags &= (uint16_t)~PAGE_GOING;
		if (!(f->flags & PAGE_COMING))
			f->flags |=
				PAGE_HERE; /* PAGEIN may have failed before */
	} else {
		count(&mm_counts.pages_out, 1);
		f->flags &= (uint16_t)~PAGE_FAILED;
		if (is_left_dirty(o, f) && !paged_write_back_locked(o, f))
			f->flags &= (uint16_t)~PAGE_GOING;
	}
	upcall_page_settled(o, PAGE_WRITTEN(f->index), NULL, 0);
	if (!(f->flags & PAGE_GOING)) /* else when it has gone */
		upcall_page_settled(o, f->index, NULL, 0);
}

/*
 * Of an object that was revoked, or cut: then its contents are not wanted any more. It
 * is not written any more.
 */
static COLD void discard_locked(struct object *o, struct frame *f)
{
	bool cut = !o->kobject.dead;

	if ((f->flags & PAGE_DIRTY) &&
	    (cut || !paged_write_back_locked(o, f))) {
		f->flags &= (uint16_t)~PAGE_DIRTY;
		o->dirty--;
	}
	if (f->flags & PAGE_BUSY)
		f->flags |= cut ? PAGE_GOING | PAGE_CUT : PAGE_GOING;
	else
		paged_drop_locked(o, f, 0);
}

/* So many places of the tree are looked at in a step, though nothing is there. */
#define DISCARD_LOOKS 1024u

COLD bool paged_discard_locked(struct object *o, uint64_t *at, unsigned max)
{
	uint64_t stop = *at + DISCARD_LOOKS, *place;

	for (; max > 0 && o->resident; max--, ++*at) {
		place = radix_next(&o->radix, at, stop);
		if (!place)
			return *at >= stop;
		discard_locked(o, (struct frame *)*place);
	}
	return o->resident;
}

/* Whatever the answer is. */
static COLD __attribute__((noinline)) void
cut_answered_locked(struct object *o, struct frame *f, unsigned kind)
{
	_Static_assert(PAGE_COMING << PAGER_WRITEBACK ==
				       PAGE_WRITING << PAGER_PAGEIN &&
			       PAGE_WRITING << PAGER_DIRTY ==
				       PAGE_TELLING << PAGER_WRITEBACK,
		       "in the order of their kinds");

	f->flags &= (uint16_t) ~(PAGE_COMING << (kind - PAGER_PAGEIN));
	if (kind == PAGER_WRITEBACK)
		__atomic_sub_fetch(&paged_writing, 1, __ATOMIC_RELAXED);
	upcall_page_settled(o, PAGE_WRITTEN(f->index), NULL, 0);
	if (!(f->flags & PAGE_BUSY))
		paged_drop_locked(o, f, 0);
}

void paged_answered(struct object *o, struct frame *f, unsigned kind,
		    const struct pager_answer *a)
{
	lock_take(&o->lock);
	if (f->flags & PAGE_CUT) {
		cut_answered_locked(o, f, kind);
		lock_drop(&o->lock);
		return;
	}
	if (kind == PAGER_PAGEIN)
		page_came_locked(o, f, a);
	else if (kind == PAGER_WRITEBACK)
		page_written_locked(o, f, a);
	else
		f->flags &= (uint16_t)~PAGE_TELLING;
	if (o->kobject.dead && o->shown_from != NO_PAGE)
		; /* it may be shown still: its turn comes when it is not */
	else if (o->kobject.dead)
		discard_locked(o, f);
	else if ((f->flags & PAGE_GOING) && !(f->flags & PAGE_BUSY))
		paged_drop_locked(o, f, 0);
	lock_drop(&o->lock);
}

COLD void paged_orphan(struct object *o)
{
	lock_take(&o->lock);
	__atomic_store_n(&o->pager, NULL, __ATOMIC_RELAXED);
	lock_drop(&o->lock);
}
