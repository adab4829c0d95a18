/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * object.h - memory objects: pages by index, that regions show.
 *
 *	type       its pages are                          shown
 *	---------  -------------------------------------  -----------------------
 *	PHYSICAL   a run of frames that exist (archive)   as they lie
 *	DEVICE     registers, no RAM                      shared only, never X
 *	DMA        a folio of its own: contiguous, zeroed,
 *	           pinned                                 as they lie
 *	ANONYMOUS  frames by touch, zero                  as they are
 *	PAGED      frames that a pager fills (paged.h)    clean, until written
 *	WINDOW     what a pager is being asked about      to that pager alone
 *	           (window.h)
 *
 * A shared mapping shows the object's own pages; a private one shows them
 * read-only until it is written, and then owns a copy. The object is never
 * changed by that.
 *
 * A page of an ANONYMOUS or PAGED object is a frame with FRAME_OF_OBJECT, whose
 * owner is the object and whose index is the page's; the radix tree leads to its
 * record. The frame has one reference, the object's: who maps it is found
 * through the object's list of regions (rmap.h).
 *
 * Locking: `regions`, the tree and what the flags of its frames say are under
 * the object's lock (LOCK_OBJECT), taken inside unless a function's name ends in
 * _locked. Type, base, folio, key and name do not change while it lives; the size of
 * the two kinds that come by touch does, under the lock.
 *
 * Revoked, by who may, it ends for everybody while handles and regions remain:
 * it has no pages then, its leaves are emptied in every space, who waits goes
 * on, and its frames go back as the last pin lets them. What touches a region of
 * it meets -E_FAULT, as past its end. One that becomes smaller ends that way from its
 * new end on.
 */
#ifndef MM_OBJECT_H
#define MM_OBJECT_H
#include "lib/kobject.h"
#include "lib/list.h"
#include "lib/lock.h"
#include "lib/types.h"
#include "mm/radix.h"

#define OBJECT_NAME 24

/* The largest of each kind, in pages. */
#define OBJECT_PAGES_MAX RADIX_MAX
#define OBJECT_DMA_MAX	 1024u /* it is zeroed at once */

#define NO_PAGE UINT64_MAX

struct frame;
struct pager;
struct region;

/* Of the first three kinds page n lies at base + n. */
enum object_type {
	OBJECT_PHYSICAL,
	OBJECT_DEVICE,
	OBJECT_DMA,
	OBJECT_ANONYMOUS,
	OBJECT_PAGED,
	OBJECT_WINDOW,
};

struct object {
	struct kobject kobject;
	struct lock lock;
	uint8_t type; /* enum object_type */
	uint64_t pages;
	pa_t base;	     /* of page 0, where pages lie in a run */
	struct frame *folio; /* owned memory of a run, or NULL */

	struct list regions; /* that show it, by region.in_object */
	struct list waiting; /* threads, for pages; task/page_wait.c's */
	struct radix radix;  /* struct frame * by index */
	uint64_t resident;   /* frames in the tree */
	uint64_t given_back; /* of one that ends: pages below are gone */

	/*
	 * What has still to be done with it, in steps, by revoke.c. After a cut
	 * pages from these on may be in leaves, and be there at all; NO_PAGE:
	 * none are.
	 */
	struct kobject work;
	bool at_work;
	bool is_swap; /* an area of swap, or was */
	uint64_t shown_from, held_from;
	uint64_t unwritten_from; /* the same of dirty pages that nobody maps */
	uint64_t shared;	 /* regions that may write */
	uint64_t dirty;		 /* of them */

	/*
	 * PAGED and WINDOW; NULL once it has ended. No reference: a pager's end
	 * takes it out of every object first.
	 */
	struct pager *pager;
	uint64_t key;	      /* what the pager calls it */
	struct list in_pager; /* pager.objects; under the pager's lock */

	/* Of who reads in order (ahead.h): what he would miss next, ... */
	uint64_t ahead_next, ahead_mark, ahead_window;

	uint64_t checked; /* frames that mm_check() has met; dirty ones << 32 */
	char name[OBJECT_NAME];
};

extern const struct kind object_kind;

static inline struct object *object_of(struct kobject *o)
{
	return container_of(o, struct object, kobject);
}

static inline void object_get(struct object *o)
{
	kobject_get(&o->kobject);
}

/* The last frees it. Callable with the lock of a space held. */
static inline void object_put(struct object *o)
{
	kobject_put(&o->kobject);
}

/* ---- making: one reference, the caller's; NULL is "no memory" ----------- */

/*
 * The `bytes` at `pa`, as they lie, if `pa` is page aligned; else a copy in a
 * folio of its own.
 */
struct object *object_physical(const char *name, pa_t pa, uint64_t bytes);

/* Zero, brought by touch. `pages` is at most OBJECT_PAGES_MAX. */
struct object *object_anonymous(uint64_t pages);

/* `pages` is 1 .. OBJECT_DMA_MAX. */
struct object *object_dma(uint64_t pages);

/*
 * Registers; whole pages around [pa, pa + bytes). NULL and *err if not:
 * -E_INVAL (no such addresses), -E_ACCES (they are RAM, or firmware), -E_NOMEM.
 */
struct object *object_device(pa_t pa, uint64_t bytes, int *err);

/* For the kinds that have functions of their own: paged.h, window.h. */
struct object *object_alloc(enum object_type type, const char *name,
			    uint64_t pages);

/* kind->revoke(): see above. No lock held. */
void object_revoke_all(struct kobject *k);

/*
 * It has so many pages from now on, if it is of a kind that comes by touch. What lies
 * beyond goes from every space and is given back, in steps, without being written
 * back; what comes there when it grows again is new. 0, -E_INVAL (another kind, too
 * many), -E_STALE (revoked), -E_BUSY (an area of
 * swap), -E_NOMEM, -E_STEP: what was cut off before has not all
 * gone yet, so again. No lock held.
 */
int object_resize(struct object *o, uint64_t pages);

/*
 * A step of copying what `from` holds into `to`, anonymous, from page *at on, which
 * moves. 0: that was all; -E_STEP, -E_NOMEM, and what object_show() says of a page
 * that a pager must bring. Pages that `to` has stay as they are. No lock held.
 */
int object_copy(struct object *to, struct object *from, uint64_t *at);

/*
 * The work is to be begun, in which the caller's reference goes: now, or when nobody
 * is in the midst of a step. Who set o->at_work calls it. revoke.c
 */
void object_begin_work(struct object *o, bool now);

/* ---- pages -------------------------------------------------------------- */

/* Page n lies at base + n. */
static inline bool object_is_run(const struct object *o)
{
	return o->type <= OBJECT_DMA;
}

/* Where page `index` of a run is; 0 past the end. */
static inline pa_t object_page(const struct object *o, uint64_t index)
{
	return index < o->pages ? o->base + (index << PAGE_SHIFT) : 0;
}

/* How a page is to be shown. */
struct object_view {
	pa_t pa;
	bool writable; /* by a shared mapping that permits it */
};

/* In `access`, besides PROT_*: no other page is asked for with it. */
#define VIEW_ALONE 8u

/*
 * Page `index` for a fault that needs `access`, PROT_W only if a shared mapping
 * is to write: 0 and *v. The page can go only after rmap.h has reached every
 * region of the object, so the view holds as long as the caller has the lock of
 * a space with a region that covers it. -E_FAULT (past the end), -E_NOMEM,
 * -E_ACCES, -E_IO, -E_TIMEDOUT, or -E_WAIT: the page has been asked for.
 */
int object_show(struct object *o, uint64_t index, unsigned access,
		struct object_view *v);

/*
 * Where page `index` is now, 0 if it is nowhere, and whether a shared mapping
 * may have W: for mm_check(), when nothing else is at work.
 */
pa_t object_peek(struct object *o, uint64_t index, bool *writable);

/*
 * A new page of the tree, at the place that radix_make() gave: `f` is the
 * caller's, fresh, and becomes the object's, with `flags`.
 */
void object_add_locked(struct object *o, uint64_t *place, struct frame *f,
		       uint64_t index, unsigned flags);

/* Takes the page, not dirty, out of the tree; its frame becomes the caller's. */
void object_remove_locked(struct object *o, struct frame *f);

/* The page's frame, or NULL. */
static inline struct frame *object_frame_locked(struct object *o,
						uint64_t index)
{
	uint64_t *place = radix_find(&o->radix, index);

	return place ? (struct frame *)*place : NULL;
}

/* ---- regions ------------------------------------------------------------ */

/* Hooks of mm/region.h: a region that names `o` comes, goes. */
void object_region_comes(struct object *o, struct region *r);
void object_region_goes(struct object *o, struct region *r);

/* Gives spare kernel memory back, so that frames can be counted. */
void object_trim(void);

#endif
