/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pager.h - the kernel's side of a pager (abi/pager.h): what it is asked, what
 * it may answer, and its end.
 *
 *	            pager_ask                       pager_take
 *	frame  -----------------> queue --> slot ----------------> paged_answered
 *	(flags: object's lock)    (pager's lock)
 *
 * A request is a bit in the frame's record, and the queue is a chain through the
 * records, so that asking allocates nothing and no request is lost when all
 * slots are taken. Each request, queued or in a slot, holds a reference of its
 * object; an object so cannot end under a pager.
 *
 * The record of a page's frame: `next` is the queue's, `prev` holds the bits
 * below; both under the pager's lock.
 *
 * Ends: the last handle goes, or it is revoked. Then every request fails, and
 * every object forgets it.
 */
#ifndef MM_PAGER_H
#define MM_PAGER_H
#include "abi/error.h"
#include "abi/pager.h"
#include "arch/layout.h"
#include "arch/mmu.h"
#include "lib/kobject.h"
#include "lib/list.h"
#include "lib/lock.h"
#include "mm/frame.h"
#include "mm/object.h"
#include "mm/ring.h"

struct space;

/* frame.prev of a page: bit `kind` (enum pager_request_kind) is a request that
 * has no slot yet. */
#define WANT(kind) (1u << (kind))
#define WANT_ANY \
	(WANT(PAGER_PAGEIN) | WANT(PAGER_WRITEBACK) | WANT(PAGER_DIRTY))
#define WANT_QUEUED 0x10u
#define WANT_ACCESS 8 /* shift: PROT_* of the PAGEIN */

struct pager_slot {
	struct frame *frame; /* NULL: free, or its answer is being acted on */
	uint8_t kind;	     /* enum pager_request_kind */
};

struct pager {
	struct kobject kobject;
	struct kobject dying; /* of one that is revoked: fails all, in steps */
	struct lock lock;

	/* These do not change before the end. */
	uint64_t timeout; /* nanoseconds, 0: none */
	uint64_t bits;
	struct kobject *notification; /* referenced; NULL: nobody is told */
	struct space *space;	      /* referenced */
	struct object *ring_memory,
		*window; /* referenced; window may be NULL */
	va_t ring_va, window_va;
	uint32_t flags; /* PAGER_* of abi/pager.h */
	bool may_wait;	/* its program, for the notification */

	/* Under the lock. */
	struct ring ring;
	uint32_t head, tail; /* the queue: frame numbers + 1, 0: empty */
	uint32_t slots, free_slots;
	uint8_t free[PAGER_SLOTS_MAX]; /* a stack */
	struct pager_slot slot[PAGER_SLOTS_MAX];
	pte_t shown[PAGER_SLOTS_MAX]; /* window.c's; under the space's lock */
	struct list objects;

	uint64_t timeouts; /* atomic */
};

extern const struct kind pager_kind;

static inline struct pager *pager_of(struct kobject *o)
{
	return container_of(o, struct pager, kobject);
}

/* ---- for who makes one --------------------------------------------------- */

struct pager_config {
	struct space *space;	      /* becomes the pager's reference */
	struct kobject *notification; /* also; NULL: nobody is told */
	uint64_t bits, timeout;
	uint32_t slots; /* 1 .. PAGER_SLOTS_MAX */
	uint32_t flags;
	bool physical; /* no window */
	bool may_wait;
};

/*
 * A pager, its ring and window mapped; one reference, the caller's. NULL: no
 * memory, or no room in the space; then the references in *c are the caller's
 * still. No lock held.
 */
struct pager *pager_create(const struct pager_config *c);

/* Unmaps ring and window: of a pager that comes to nothing. */
void pager_unmap(struct pager *p);

struct pager_taking {
	uint32_t left; /* answers to be taken at most, by who calls */
	uint32_t at;
	struct pager_answer answer;
};

/*
 * Takes the answers that the program has put, t->left at most, which goes down,
 * and acts on them: 0 when that is done; -E_INVAL: the program's count makes no
 * sense. PAGER_REVOKE: this one, a copy, is for the caller to act on, by
 * object_revoke(); pager_result(p, t->at, ...) then tells the program what became
 * of it, and the caller comes again. No lock held.
 */
int pager_take(struct pager *p, struct pager_taking *t);

void pager_refused(struct pager *p);

static inline void pager_result(struct pager *p, uint32_t at, int result)
{
	ring_result(&p->ring, at, result);
	if (result < 0 && result != -E_AGAIN)
		pager_refused(p);
}

/*
 * The end, also while handles are left: nobody is asked any more, and who waits is
 * told, in steps (ending.h). No lock held.
 */
void pager_die(struct pager *p);

/* kind->reclaim(). */
void pager_reclaim(struct kobject *k);

void pager_trim(void);

/* ---- for paged.c, object.c ----------------------------------------------- */

/* `o` is filled by it. 0, or -E_STALE: it has ended. */
int pager_adopt(struct pager *p, struct object *o);

/* `o` has ended. */
void pager_forget(struct pager *p, struct object *o);

/*
 * Wants something done with the page, which is not wanted yet, and takes a
 * reference of its object. `access` is of a PAGEIN, else 0. 0, or -E_STALE. Called
 * with the object's lock held.
 */
int pager_ask(struct pager *p, struct frame *f, unsigned kind, unsigned access);

/* The object, which is locked, has one that neither ends nor is about to. */
static inline bool pager_lives_locked(const struct object *o)
{
	const struct pager *p = o->pager;

	return p && !p->kobject.dead &&
	       __atomic_load_n(&p->kobject.refs, __ATOMIC_RELAXED);
}

/* How long to wait for a page of it: nanoseconds, 0 for ever. Any lock. */
static inline uint64_t pager_timeout(const struct object *o)
{
	struct pager *p = __atomic_load_n(&o->pager, __ATOMIC_RELAXED);

	return p ? p->timeout : 0;
}

/*
 * frame_alloc() flags for a frame that it will fill: a program must not see what
 * lay there before.
 */
static inline unsigned pager_fresh(const struct pager *p)
{
	return p->window ? FRAME_ZERO : 0;
}

static inline bool pager_reads_ahead(const struct pager *p)
{
	return !(p->flags & PAGER_NO_AHEAD);
}

/* More slots are free than who waits for a page should find. Any lock. */
static inline bool pager_has_room(const struct pager *p)
{
	return __atomic_load_n(&p->free_slots, __ATOMIC_RELAXED) > p->slots / 4;
}

static inline bool pager_wants_dirty(const struct pager *p)
{
	return p->flags & PAGER_TELL_DIRTY;
}

/* ---- checking ------------------------------------------------------------ */

/* Asserts its invariants; nothing else may be at work. */
void pager_check(struct pager *p);

#endif
