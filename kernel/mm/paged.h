/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * paged.h - objects whose pages a pager fills and takes back.
 *
 * A page that the object has is a frame; what is with it, its flags say:
 *
 *	               SUPPLY            first write
 *	   nothing --> COMING --> HERE -------------> HERE|DIRTY
 *	      ^          | FAIL    | ^                    |  sync, REVOKE:
 *	      +----------+         | |     DONE           v  W goes everywhere
 *	      +------ REVOKE ------+ +---------------- HERE|WRITING
 *	      |                         FAIL: DIRTY|FAILED  | DONE, if GOING
 *	      +---------------------------------------------+
 *
 * COMING, WRITING and TELLING are the three requests that a pager can have of a
 * page; it may have one of each. As long as it has any, the frame stays and the
 * object lives: each holds a reference. Whoever touches a page that is not HERE,
 * or is GOING, waits for it (mm/wait.h); so one without any is HERE, and not
 * GOING. What could not be written stays, also if it was to be brought anew.
 *
 * W is given to a leaf only with DIRTY set; DIRTY is cleared only after W has
 * been taken from every leaf.
 *
 * Locking: flags are under the object's lock.
 */
#ifndef MM_PAGED_H
#define MM_PAGED_H
#include "abi/space.h"
#include "mm/frame.h"
#include "mm/object.h"

struct pager;
struct pager_answer;

/* frame.flags of a page; those below are of mm/frame.h */
#define PAGE_HERE      0x010u  /* it holds what it should */
#define PAGE_DIRTY     0x020u  /* written since the pager had it */
#define PAGE_READ_ONLY 0x040u  /* the pager is asked before a write */
#define PAGE_COMING    0x080u  /* PAGEIN is not answered yet */
#define PAGE_WRITING   0x100u  /* WRITEBACK is not */
#define PAGE_TELLING   0x200u  /* DIRTY is not */
#define PAGE_GOING     0x400u  /* leaves the object with the last of these */
#define PAGE_FAILED    0x800u  /* could not be written, and nobody was told */
#define PAGE_AHEAD     0x1000u /* read ahead, and not touched yet */
#define PAGE_CUT       0x2000u /* GOING, and nobody wants what is in it */
#define PAGE_BUSY      (PAGE_COMING | PAGE_WRITING | PAGE_TELLING)

/* Waited for in place of page n: that its WRITEBACK is answered. */
#define PAGE_WRITTEN(n) ((n) | 1ul << 63)

/* A shared leaf of the page may have W. */
static inline bool page_is_writable(const struct frame *f)
{
	return (f->flags & (PAGE_DIRTY | PAGE_READ_ONLY)) == PAGE_DIRTY;
}

/* Nothing has to be done, nor waited for, before a leaf shows it to who reads. */
static inline bool page_is_to_be_seen(const struct frame *f)
{
	return (f->flags & (PAGE_HERE | PAGE_GOING)) == PAGE_HERE;
}

/*
 * An object of `pages` pages, which `p` calls `key`. NULL and *err: -E_NOMEM,
 * -E_STALE (the pager has ended).
 */
struct object *object_paged(struct pager *p, uint64_t key, uint64_t pages,
			    int *err);

/*
 * The page, about which there is no request, leaves the object; who waits for it
 * asks anew (err 0), or has the error.
 */
void paged_drop_locked(struct object *o, struct frame *f, int err);

/* A clean page that is HERE is being written. */
void paged_make_dirty_locked(struct object *o, struct frame *f);

/*
 * How a page that is HERE is shown for `access`, PROT_W only as object_show()
 * says; a page written first is DIRTY. False: the pager is to be asked.
 */
static inline bool paged_view_locked(struct object *o, struct frame *f,
				     unsigned access, struct object_view *v)
{
	if (access & PROT_W) {
		if (f->flags & PAGE_READ_ONLY)
			return false;
		if (!(f->flags & PAGE_DIRTY))
			paged_make_dirty_locked(o, f);
	}
	*v = (struct object_view){frame_pa(f), page_is_writable(f)};
	return true;
}

/* object_show() of this kind; takes the object's lock. */
int paged_show(struct object *o, uint64_t index, unsigned access,
	       struct object_view *v);

/* ---- for swap.c and reclaim.c, of this kind ------------------------------- */

/*
 * The page, if it is HERE and no request is about it; else NULL, and *err as
 * object_show() says: it has been asked for, or its request is waited for.
 */
struct frame *paged_page_locked(struct object *o, uint64_t index, int *err);

/*
 * A dirty page that no leaf may write: the pager is asked to take it; at once, or
 * when it has answered for what it was before. False: nobody can be asked.
 */
bool paged_write_back_locked(struct object *o, struct frame *f);

/* The page goes, whatever it holds; with the last request, if there is one. */
void paged_forget_locked(struct object *o, struct frame *f);

/* Pages that pagers are being asked to write. */
extern uint32_t paged_writing;

/*
 * Asks the pager to write back what is dirty in [first, first + count), and
 * sees to it that it has. Run again from the top when what it waits for has
 * come; *at is 0 at first and keeps what has been asked for (else a busy writer
 * could hold the caller for ever). 0, -E_WAIT, -E_STEP (one is done, there is
 * more), -E_INVAL (beyond the end), -E_IO (a page could not be written; told
 * once, it is dirty still), -E_TIMEDOUT, -E_AGAIN (a mapping was busy for very
 * long). No lock held.
 */
int object_sync(struct object *o, uint64_t first, uint64_t count, uint64_t *at);

/*
 * PAGER_REVOKE of abi/pager.h, by pager `p`: how many pages are on their way
 * back, or an error. No lock held.
 */
int object_revoke(struct object *o, const struct pager *p, uint64_t first,
		  uint64_t count, unsigned prot);

/*
 * What pager.c found out about a request of `kind` for the page `f`: its answer
 * is good. No lock held. The request's reference stays the caller's.
 */
void paged_answered(struct object *o, struct frame *f, unsigned kind,
		    const struct pager_answer *a);

/*
 * The pages are beyond the object's end, and shown nowhere: they go, at most `max` of
 * those from *at on, which moves; true if there may be more. Dirty ones of an object
 * that is revoked go when the pager has them back, if it lives; what it is asked
 * about, with its answer.
 * Also for pages of the anonymous kind.
 */
bool paged_discard_locked(struct object *o, uint64_t *at, unsigned max);

/*
 * Nobody who could write maps the object any more: asks the pager to take the dirty
 * pages from `at` on, a step's worth; gives where to go on, NO_PAGE at the end.
 */
uint64_t paged_leave_locked(struct object *o, uint64_t at);

/* The pager ends: from now on nobody is asked. No lock held. */
void paged_orphan(struct object *o);

/* ---- for task/page_wait.c ------------------------------------------------ */

/*
 * Whether anybody will wake who waits for page `index`, or PAGE_WRITTEN(index):
 * if not it has been settled, and is to be looked at again.
 */
bool paged_is_awaited_locked(struct object *o, uint64_t index);

/* A thread has waited for the page that long. Counts it. No lock held. */
void object_wait_timed_out(struct object *o, uint64_t index);

#endif
