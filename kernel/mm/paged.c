/* SPDX-License-Identifier: BSD-2-Clause */
/* paged.c - pages that a pager fills and takes back: see paged.h. */
#include "mm/paged.h"
#include "abi/error.h"
#include "abi/pager.h"
#include "abi/space.h"
#include "lib/assert.h"
#include "mm/frame.h"
#include "mm/pager.h"
#include "mm/reclaim.h"
#include "mm/rmap.h"
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
	int err = page_in_locked(o, place, index, access);

	lock_drop(&o->lock);
	return err;
}

/* The page is here, but may not be written before the pager says so. */
static int upgrade_locked(struct object *o, struct frame *f)
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
	if ((f->flags & (PAGE_HERE | PAGE_GOING)) != PAGE_HERE)
		return upcall_page_needed(o, f->index);
	if (!paged_view_locked(o, f, access, v))
		return upgrade_locked(o, f);
	return 0;
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

/* A leaf: each way from here pays for the registers that it needs. */
int paged_show(struct object *o, uint64_t index, unsigned access,
	       struct object_view *v)
{
	uint64_t *place;

	lock_take(&o->lock);
	place = radix_near(&o->radix, index);
	if (place && !*place)
		return page_in(o, place, index, access);
	return show_found(o, index, access, v);
}

/* The page leaves the object; who waits for it asks anew. */
static void drop_locked(struct object *o, struct frame *f, int err)
{
	uint64_t index = f->index;

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

void paged_forget_locked(struct object *o, struct frame *f)
{
	if (f->flags & PAGE_DIRTY) {
		f->flags &= (uint16_t)~PAGE_DIRTY;
		o->dirty--;
	}
	if (f->flags & PAGE_BUSY)
		f->flags |= PAGE_GOING;
	else
		drop_locked(o, f, 0);
}

bool paged_is_awaited_locked(struct object *o, uint64_t index)
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

void object_wait_timed_out(struct object *o, uint64_t index)
{
	struct pager *p = __atomic_load_n(&o->pager, __ATOMIC_RELAXED);

	(void)index; /* the request stays: a late answer is good, too */
	if (p)
		__atomic_add_fetch(&p->timeouts, 1, __ATOMIC_RELAXED);
}

/* ---- answers ------------------------------------------------------------- */

/* What a client may be told. */
static int error_of(const struct pager_answer *a)
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

/* It was revoked when it was dirty, and being written. */
static bool is_revoked_dirty(const struct frame *f)
{
	return (f->flags & PAGE_DIRTY) &&
	       (f->flags & (PAGE_GOING | PAGE_READ_ONLY));
}

static void page_written_locked(struct object *o, struct frame *f,
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
		f->flags &= (uint16_t)~PAGE_FAILED;
		if (is_revoked_dirty(f) && !paged_write_back_locked(o, f))
			f->flags &= (uint16_t)~PAGE_GOING;
	}
	upcall_page_settled(o, PAGE_WRITTEN(f->index), NULL, 0);
	if (!(f->flags & PAGE_GOING)) /* else when it has gone */
		upcall_page_settled(o, f->index, NULL, 0);
}

/* Of an object that was revoked. It is not written any more. */
static COLD void discard_locked(struct object *o, struct frame *f)
{
	if ((f->flags & PAGE_DIRTY) && !paged_write_back_locked(o, f)) {
		f->flags &= (uint16_t)~PAGE_DIRTY;
		o->dirty--;
	}
	if (f->flags & PAGE_BUSY)
		f->flags |= PAGE_GOING;
	else
		drop_locked(o, f, 0);
}

COLD bool paged_discard_locked(struct object *o, uint64_t *at, unsigned max)
{
	uint64_t *place;

	for (; max > 0; max--, ++*at) {
		place = radix_next(&o->radix, at, RADIX_MAX);
		if (!place)
			return false;
		discard_locked(o, (struct frame *)*place);
	}
	return true;
}

void paged_answered(struct object *o, struct frame *f, unsigned kind,
		    const struct pager_answer *a)
{
	lock_take(&o->lock);
	if (kind == PAGER_PAGEIN)
		page_came_locked(o, f, a);
	else if (kind == PAGER_WRITEBACK)
		page_written_locked(o, f, a);
	else
		f->flags &= (uint16_t)~PAGE_TELLING;
	if (o->kobject.dead && o->hidden != UINT64_MAX)
		; /* it may be shown still: its turn comes when it is not */
	else if (o->kobject.dead)
		discard_locked(o, f);
	else if ((f->flags & PAGE_GOING) && !(f->flags & PAGE_BUSY))
		drop_locked(o, f, 0);
	lock_drop(&o->lock);
}

void paged_orphan(struct object *o)
{
	lock_take(&o->lock);
	__atomic_store_n(&o->pager, NULL, __ATOMIC_RELAXED);
	lock_drop(&o->lock);
}

/* ---- writing back -------------------------------------------------------- */

/* Forgets the failure that it tells. */
static bool has_failed_locked(struct frame *f)
{
	bool failed = f->flags & PAGE_FAILED;

	f->flags &= (uint16_t)~PAGE_FAILED;
	return failed;
}

/*
 * Asks for what is dirty in [i, end), up to a page that must first be through
 * with an earlier WRITEBACK; *done becomes the page where it ended.
 */
static COLD int ask_locked(struct object *o, uint64_t i, uint64_t end,
			   uint64_t *done)
{
	uint64_t *place;

	for (*done = i; (place = radix_next(&o->radix, &i, end)); i++) {
		struct frame *f = (struct frame *)*place;

		*done = i;
		if (has_failed_locked(f))
			return -E_IO;
		if (!(f->flags & PAGE_DIRTY))
			continue;
		if (f->flags & PAGE_WRITING)
			return upcall_page_needed(o, PAGE_WRITTEN(i));
		if (!paged_write_back_locked(o, f))
			return -E_IO;
	}
	*done = end;
	return 0;
}

/* One step: so many pages looked at, of which so many at a time asked for. */
#define SYNC_LOOKS 512u
#define SYNC_BATCH 64u
#define BATCH_COST 256u

/* The first page at or above `i` that is dirty; less if *looks did not last. */
static COLD uint64_t first_dirty_locked(struct object *o, uint64_t i,
					uint64_t end, unsigned *looks)
{
	uint64_t *place;

	for (; o->dirty && *looks && (place = radix_next(&o->radix, &i, end));
	     i++, --*looks)
		if (((struct frame *)*place)->flags & PAGE_DIRTY)
			return i;
	return *looks ? end : i;
}

/* A batch from *i on; *i moves to what is next. */
static COLD int sync_batch(struct object *o, uint64_t *i, uint64_t end,
			   unsigned *looks)
{
	uint64_t stop;
	int err = 0;

	lock_take(&o->lock);
	*i = first_dirty_locked(o, *i, end, looks);
	stop = end - *i > SYNC_BATCH ? *i + SYNC_BATCH : end;
	if (*looks && *i < stop) {
		err = rmap_limit_locked(o, *i, stop - *i, true);
		if (!err) {
			*looks -= *looks > BATCH_COST ? BATCH_COST : *looks;
			err = ask_locked(o, *i, stop, i);
		}
	}
	lock_drop(&o->lock);
	return err;
}

/* 0 once no page in [*i, end) is being written; those below *i are not. */
static COLD int written(struct object *o, uint64_t *i, uint64_t end,
			unsigned *looks)
{
	uint64_t *place;
	bool more = true;
	int err = 0;

	lock_take(&o->lock);
	for (; *looks; ++*i, --*looks) {
		struct frame *f;

		place = radix_next(&o->radix, i, end);
		more = place != NULL;
		if (!more)
			break;
		f = (struct frame *)*place;
		if (has_failed_locked(f))
			err = -E_IO;
		else if (f->flags & PAGE_WRITING)
			err = upcall_page_needed(o, PAGE_WRITTEN(*i));
		if (err)
			break;
	}
	lock_drop(&o->lock);
	return err || !more ? err : -E_STEP;
}

/* *at counts the pages twice: those asked for, then those seen written. */
COLD int object_sync(struct object *o, uint64_t first, uint64_t count,
		     uint64_t *at)
{
	unsigned looks = SYNC_LOOKS, tries = 0;
	uint64_t i, end = first + count;
	int err = 0;

	if (!range_within(first, count, 0, o->pages))
		return -E_INVAL;
	if (o->type != OBJECT_PAGED)
		return 0;
	while (*at < count) {
		if (!looks)
			return -E_STEP;
		i = first + *at;
		err = sync_batch(o, &i, end, &looks);
		*at = i - first;
		if (err && (err != -E_AGAIN || ++tries == RMAP_TRIES))
			return err;
	}
	i = first + (*at - count);
	err = written(o, &i, end, &looks);
	*at = count + (i - first);
	return err;
}

/* ---- revoking ------------------------------------------------------------ */

/* One page; no leaf has more than `prot`. Gives 1 if it comes back dirty. */
static COLD int revoke_page_locked(struct object *o, struct frame *f,
				   unsigned prot)
{
	bool back = f->flags & PAGE_DIRTY;

	if (back && !paged_write_back_locked(o, f))
		return 0; /* its contents have nowhere to go */
	if (prot != PROT_NONE)
		f->flags |= PAGE_READ_ONLY;
	else if (f->flags & PAGE_COMING)
		f->flags &= (uint16_t) ~(PAGE_HERE | PAGE_READ_ONLY);
	else if (f->flags & PAGE_BUSY)
		f->flags |= PAGE_GOING;
	else
		drop_locked(o, f, 0);
	return back;
}

static COLD int revoke_locked(struct object *o, uint64_t i, uint64_t count,
			      unsigned prot)
{
	uint64_t end = i + count, *place;
	int back = 0;
	int err = rmap_limit_locked(o, i, count, prot != PROT_NONE);

	if (err)
		return err;
	for (; (place = radix_next(&o->radix, &i, end)); i++)
		back += revoke_page_locked(o, (struct frame *)*place, prot);
	return back;
}

COLD int object_revoke(struct object *o, const struct pager *p, uint64_t first,
		       uint64_t count, unsigned prot)
{
	int err = -E_AGAIN;

	if (prot & ~PROT_R || !count || count > PAGER_REVOKE_MAX ||
	    !range_within(first, count, 0, o->pages))
		return -E_INVAL;
	for (unsigned n = 0; err == -E_AGAIN && n < RMAP_TRIES; n++) {
		lock_take(&o->lock);
		err = o->type == OBJECT_PAGED && o->pager == p
			      ? revoke_locked(o, first, count, prot)
			      : -E_PERM;
		lock_drop(&o->lock);
	}
	return err;
}
