/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * paged_sync.c - dirty pages on their way back to the pager: because somebody asks
 * for it, or because the pager takes pages away. See paged.h.
 */
#include "abi/error.h"
#include "abi/pager.h"
#include "abi/space.h"
#include "mm/frame.h"
#include "mm/paged.h"
#include "mm/rmap.h"
#include "mm/wait.h"

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
static int ask_locked(struct object *o, uint64_t i, uint64_t end,
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
static uint64_t first_dirty_locked(struct object *o, uint64_t i, uint64_t end,
				   unsigned *looks)
{
	uint64_t *place;

	for (; o->dirty && *looks && (place = radix_next(&o->radix, &i, end));
	     i++, --*looks)
		if (((struct frame *)*place)->flags & PAGE_DIRTY)
			return i;
	return *looks ? end : i;
}

uint64_t paged_leave_locked(struct object *o, uint64_t at)
{
	unsigned looks = SYNC_LOOKS;
	uint64_t i = first_dirty_locked(o, at, RADIX_MAX, &looks), stop;
	uint64_t *place;

	if (!looks)
		return i;
	if (i == RADIX_MAX || !o->pager)
		return NO_PAGE;
	stop = i + SYNC_BATCH;
	if (rmap_limit_locked(o, i, SYNC_BATCH, true))
		return i; /* somebody maps it again, and is busy */
	for (; (place = radix_next(&o->radix, &i, stop)); i++)
		if (((struct frame *)*place)->flags & PAGE_DIRTY)
			paged_write_back_locked(o, (struct frame *)*place);
	return stop;
}

/* A batch from *i on; *i moves to what is next. */
static int sync_batch(struct object *o, uint64_t *i, uint64_t end,
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
static int written(struct object *o, uint64_t *i, uint64_t end, unsigned *looks)
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
int object_sync(struct object *o, uint64_t first, uint64_t count, uint64_t *at)
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
static int revoke_page_locked(struct object *o, struct frame *f, unsigned prot)
{
	bool back = f->flags & PAGE_DIRTY, stays;

	if (back && !paged_write_back_locked(o, f))
		return 0; /* its contents have nowhere to go */
	/* Asked for and dirty still: it comes back once more. */
	stays = prot != PROT_NONE ||
		((f->flags & PAGE_COMING) && (f->flags & PAGE_DIRTY));
	if (stays)
		f->flags |= PAGE_READ_ONLY;
	else if (f->flags & PAGE_COMING)
		f->flags &= (uint16_t) ~(PAGE_HERE | PAGE_READ_ONLY);
	else if (f->flags & PAGE_BUSY)
		f->flags |= PAGE_GOING;
	else
		paged_drop_locked(o, f, 0);
	return back;
}

static int revoke_locked(struct object *o, uint64_t i, uint64_t count,
			 unsigned prot)
{
	uint64_t end = i + count;
	struct frame *f;
	int back = 0;
	int err = rmap_limit_locked(o, i, count, prot != PROT_NONE);

	if (err)
		return err;
	for (; i < end; i++)
		if ((f = object_frame_locked(o, i)))
			back += revoke_page_locked(o, f, prot);
	return back;
}

int object_revoke(struct object *o, const struct pager *p, uint64_t first,
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
