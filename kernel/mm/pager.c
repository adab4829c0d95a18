/* SPDX-License-Identifier: BSD-2-Clause */
/* pager.c - what a pager is asked, what it may answer, its end: see pager.h. */
#include "mm/pager.h"
#include "abi/error.h"
#include "abi/handle.h"
#include "abi/space.h"
#include "lib/assert.h"
#include "lib/bits.h"
#include "mm/ending.h"
#include "mm/paged.h"
#include "mm/reclaim.h"
#include "mm/space.h"
#include "mm/wait.h"
#include "mm/window.h"

static struct object *object_of_page(const struct frame *f)
{
	return (struct object *)f->owner;
}

/* ---- the queue ------------------------------------------------------------ */

static struct frame *queue_head(const struct pager *p)
{
	return p->head ? &frame_records[p->head - 1] : NULL;
}

static void enqueue_locked(struct pager *p, struct frame *f)
{
	uint32_t number = (uint32_t)(f - frame_records) + 1;

	if (f->prev & WANT_QUEUED)
		return;
	f->prev |= WANT_QUEUED;
	f->next = 0;
	if (p->head)
		frame_records[p->tail - 1].next = number;
	else
		p->head = number;
	p->tail = number;
}

/* Takes the first request off the queue; tells the PAGEIN's access. */
static unsigned dequeue_locked(struct pager *p, struct frame *f,
			       unsigned *access)
{
	unsigned kind = PAGER_PAGEIN;

	while (!(f->prev & WANT(kind)))
		kind++;
	*access = kind == PAGER_PAGEIN ? f->prev >> WANT_ACCESS : 0;
	f->prev &= ~WANT(kind);
	if (f->prev & WANT_ANY)
		return kind;
	f->prev &= ~WANT_QUEUED;
	p->head = f->next;
	f->next = 0;
	return kind;
}

/* ---- asking ----------------------------------------------------------------- */

static uint64_t address_for(const struct pager *p, const struct frame *f,
			    unsigned kind, uint64_t slot)
{
	if (kind == PAGER_DIRTY)
		return 0;
	return p->window ? p->window_va + ((va_t)slot << PAGE_SHIFT)
			 : frame_pa(f);
}

/* Into a free slot, the window and the ring. */
static __attribute__((noinline)) void
start_locked(struct pager *p, struct frame *f, unsigned kind, unsigned access)
{
	uint64_t slot = p->free[--p->free_slots];

	*ring_place(&p->ring) = (struct pager_request){
		.kind = (uint16_t)kind,
		.access = (uint16_t)access,
		.slot = (uint16_t)slot,
		.count = 1,
		.key = object_of_page(f)->key,
		.index = f->index,
		.address = address_for(p, f, kind, slot),
	};

	p->slot[slot] = (struct pager_slot){f, (uint8_t)kind};
	if (p->window && kind != PAGER_DIRTY)
		window_open_locked(p, slot);
	ring_put(&p->ring);
}

static void tell(struct pager *p)
{
	if (p->notification)
		upcall_signal(p->notification, p->bits);
}

/* As many of the queue as there are slots for. */
static __attribute__((noinline, cold)) void start_queued_locked(struct pager *p)
{
	struct frame *f = queue_head(p);
	unsigned kind, access;

	if (!f || !p->free_slots)
		return;
	for (; f && p->free_slots; f = queue_head(p)) {
		kind = dequeue_locked(p, f, &access);
		start_locked(p, f, kind, access);
	}
	tell(p);
}

static void queue_locked(struct pager *p, struct frame *f, unsigned kind,
			 unsigned access)
{
	assert(!(f->prev & WANT(kind)));
	f->prev |= WANT(kind);
	if (kind == PAGER_PAGEIN)
		f->prev = (f->prev & 0xffu) | access << WANT_ACCESS;
	enqueue_locked(p, f);
}

int pager_ask(struct pager *p, struct frame *f, unsigned kind, unsigned access)
{
	int err = -E_STALE;

	lock_take(&p->lock);
	if (!p->kobject.dead) {
		object_get(object_of_page(f));
		if (p->free_slots) { /* then nothing is queued */
			start_locked(p, f, kind, access);
			tell(p);
		} else {
			queue_locked(p, f, kind, access);
		}
		err = 0;
	}
	lock_drop(&p->lock);
	return err;
}

/* ---- answers -------------------------------------------------------------- */

void pager_refused(struct pager *p)
{
	lock_take(&p->lock);
	ring_refused(&p->ring);
	lock_drop(&p->lock);
}

/* May a request of `kind` be answered so? */
static int fits(const struct pager_answer *a, unsigned kind)
{
	switch (a->kind) {
	case PAGER_SUPPLY:
		return kind == PAGER_PAGEIN ? 0 : -E_TYPE;
	case PAGER_DONE:
		return kind != PAGER_PAGEIN ? 0 : -E_TYPE;
	default:
		return 0;
	}
}

/* What is wrong with an answer by itself. */
static int decode(const struct pager_answer *a)
{
	switch (a->kind) {
	case PAGER_SUPPLY:
		return (a->prot | PROT_W) == (PROT_R | PROT_W) ? 0 : -E_INVAL;
	case PAGER_DONE:
	case PAGER_FAIL:
		return 0;
	default:
		return -E_INVAL;
	}
}

/*
 * Takes the request out of its slot, which stays taken: from here on the answer
 * is acted on, and a second one finds nothing.
 */
static inline int claim_locked(struct pager *p, const struct pager_answer *a,
			       struct pager_slot *s)
{
	int err = -E_NOENT;

	if (a->slot < p->slots && p->slot[a->slot].frame) {
		*s = p->slot[a->slot];
		err = fits(a, s->kind);
		if (!err)
			p->slot[a->slot].frame = NULL;
	}
	return err;
}

static inline void release(struct pager *p, unsigned slot)
{
	lock_take(&p->lock);
	p->free[p->free_slots++] = (uint8_t)slot;
	if (p->head && !p->kobject.dead)
		start_queued_locked(p);
	lock_drop(&p->lock);
}

/* The answer is good, and claimed. */
static inline void act(struct pager *p, const struct pager_answer *a,
		       const struct pager_slot *s)
{
	struct object *o = object_of_page(s->frame);

	if (p->window && s->kind != PAGER_DIRTY)
		window_close(p, a->slot, s->frame);
	paged_answered(o, s->frame, s->kind, a);
	release(p, a->slot);
	object_put(o);
	if (s->kind == PAGER_WRITEBACK)
		reclaim_written();
}

/* 1; 0: there is none; or as pager_take(). */
static __attribute__((noinline)) int take_one(struct pager *p,
					      struct pager_taking *t)
{
	struct pager_slot s = {0};
	int n, err = 0;

	lock_take(&p->lock);
	n = ring_take(&p->ring, &t->answer, &t->at);
	if (n == 1 && t->answer.kind == PAGER_REVOKE)
		n = PAGER_REVOKE;
	else if (n == 1 && !(err = decode(&t->answer)))
		err = claim_locked(p, &t->answer, &s);
	lock_drop(&p->lock);
	if (n <= 0)
		return n;
	t->left--;
	if (n == PAGER_REVOKE)
		return n;
	if (!err)
		act(p, &t->answer, &s);
	pager_result(p, t->at, err);
	return 1;
}

int pager_take(struct pager *p, struct pager_taking *t)
{
	int n;

	while (t->left && !ring_is_empty(&p->ring)) {
		n = take_one(p, t);
		if (n != 1)
			return n;
	}
	return 0;
}

/* ---- objects --------------------------------------------------------------- */

COLD int pager_adopt(struct pager *p, struct object *o)
{
	int err = 0;

	lock_take(&p->lock);
	if (p->kobject.dead) {
		err = -E_STALE;
	} else {
		o->pager = p;
		list_push_back(&p->objects, &o->in_pager);
	}
	lock_drop(&p->lock);
	return err;
}

void pager_forget(struct pager *p, struct object *o)
{
	lock_take(&p->lock);
	if (list_linked(&o->in_pager))
		list_remove(&o->in_pager);
	lock_drop(&p->lock);
}

/* ---- the end ---------------------------------------------------------------- */

/* A request that no slot has yet, or NULL. */
static COLD struct frame *take_queued(struct pager *p, unsigned *kind)
{
	unsigned access;
	struct frame *f;

	lock_take(&p->lock);
	f = queue_head(p);
	if (f)
		*kind = dequeue_locked(p, f, &access);
	lock_drop(&p->lock);
	return f;
}

/* What a request costs that fails, or an object that forgets, in pages. */
#define COST 3u

static void fail_slot(struct pager *p, const struct pager_answer *a)
{
	struct pager_slot s = {0};
	int err;

	lock_take(&p->lock);
	err = claim_locked(p, a, &s);
	lock_drop(&p->lock);
	if (err)
		return;
	act(p, a, &s);
	ending_spent(COST);
}

/* Those in slots, and some of the queue; true if none is left. */
static COLD bool fail_requests(struct pager *p)
{
	struct pager_answer a = {.kind = PAGER_FAIL, .error = E_IO};
	struct object *o;
	struct frame *f;
	unsigned kind = 0;

	for (; a.slot < p->slots; a.slot++)
		fail_slot(p, &a);
	for (unsigned n = 0; n < ENDING_PAGES / COST; n++) {
		f = take_queued(p, &kind);
		if (!f)
			return true;
		o = object_of_page(f);
		paged_answered(o, f, kind, &a);
		object_put(o);
		reclaim_written();
		ending_spent(COST);
	}
	return false;
}

/*
 * One object, or NULL. It may have begun to end, and to wait for its next step;
 * but its memory stays until this hart has left the kernel (lib/kobject.h).
 */
static COLD struct object *take_object(struct pager *p)
{
	struct list *e;

	lock_take(&p->lock);
	e = list_pop_front(&p->objects);
	lock_drop(&p->lock);
	return e ? container_of(e, struct object, in_pager) : NULL;
}

/* False if somebody else has. */
static COLD bool begin_to_die(struct pager *p)
{
	bool mine;

	lock_take(&p->lock);
	mine = !p->kobject.dead;
	p->kobject.dead = 1;
	lock_drop(&p->lock);
	return mine;
}

/* One step, of one that nobody is to ask any more; true after the last. */
static COLD bool die_some(struct pager *p)
{
	struct object *o;

	if (!fail_requests(p))
		return false;
	for (unsigned n = 0; n < ENDING_PAGES / COST; n++) {
		o = take_object(p);
		if (!o) {
			window_destroy(p);
			return true;
		}
		paged_orphan(o);
		ending_spent(COST);
	}
	return false;
}

static COLD bool dying_end(struct kobject *k)
{
	struct pager *p = container_of(k, struct pager, dying);

	if (!die_some(p))
		return false;
	kobject_put(&p->kobject);
	return true;
}

static const struct kind dying_kind = {.name = "revoked pager",
				       .end = dying_end};

COLD void pager_die(struct pager *p)
{
	if (!begin_to_die(p))
		return;
	kobject_get(&p->kobject);
	ending_begin(&p->dying, &dying_kind);
}

static COLD bool pager_end(struct kobject *k)
{
	struct pager *p = pager_of(k);

	begin_to_die(p);
	if (!die_some(p))
		return false;
	if (p->window)
		object_put(p->window);
	if (p->ring_memory)
		object_put(p->ring_memory);
	if (p->notification)
		kobject_put(p->notification);
	if (p->space)
		space_put(p->space);
	return true;
}

static void pager_revoke(struct kobject *k)
{
	pager_die(pager_of(k));
}

const struct kind pager_kind = {
	.number = KIND_PAGER,
	.name = "pager",
	.end = pager_end,
	.reclaim = pager_reclaim,
	.revoke = pager_revoke,
};

/* ---- checking --------------------------------------------------------------- */

COLD void pager_check(struct pager *p)
{
	uint32_t taken = 0;

	for (unsigned i = 0; i < p->slots; i++) {
		const struct frame *f = p->slot[i].frame;

		taken += f != NULL;
		assert(!f || (f->flags & PAGE_BUSY));
	}
	assert(taken + p->free_slots == p->slots);
	assert(!p->head || !p->free_slots || p->kobject.dead);
	for (const struct frame *f = queue_head(p); f;
	     f = f->next ? &frame_records[f->next - 1] : NULL) {
		assert(f->prev & WANT_QUEUED && f->prev & WANT_ANY);
		assert(f->flags & PAGE_BUSY);
		assert(object_of_page(f)->pager == p);
	}
}
