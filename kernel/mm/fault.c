/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fault.c - step 3 of a page fault.
 *
 *	the entry is          the access is   what happens
 *	--------------------  -------------- -----------------------------------
 *	empty, anonymous      read, execute   the zero page, read-only
 *	empty, anonymous      write           a zeroed frame
 *	empty, with object    read, execute   the object's page, read-only, and
 *	                                      those around it (around.h)
 *	empty, with object    write           a copy of the object's page
 *	empty, shared         any             the object's page; of a file, if it
 *	                                      is read, those around it, too
 *	swapped out           any             the page, from swap
 *	leaf, permits it      any             A (and D) set by hand if need be;
 *	                                      else the TLB was stale: fence
 *	leaf without W        write           sole owner: W is set; else a copy
 *	leaf without W,shared write           W is set when the object agrees
 *	leaf without R or X   read, execute   cannot be: see pages_protect()
 *
 * Before that: is the address a user's, is there a region or a stack to grow,
 * does it permit the access, is the table the space's own (span.h). An entry that
 * becomes valid needs no fence: who still has the invalid one faults again and
 * meets "permits it".
 *
 * A page that a pager must bring first ends the fault with -E_WAIT. Nothing was
 * changed; when the page has come fault_page_came_locked() may put it there from
 * the pager's side, else the instruction, which runs again, faults again.
 */
#include "mm/fault.h"
#include "abi/error.h"
#include "arch/layout.h"
#include "arch/page.h"
#include "lib/assert.h"
#include "mm/around.h"
#include "mm/huge.h"
#include "mm/kin.h"
#include "mm/object.h"
#include "mm/paged.h"
#include "mm/private.h"
#include "mm/reclaim.h"
#include "mm/span.h"
#include "mm/swap.h"

pa_t zero_page;

char zero_page_bytes[PAGE_SIZE] WHOLE_PAGES;

/* Kept out of line, so that the common rows need few registers. */
#define RARE __attribute__((noinline))

/* A leaf just made for an access: it counts as used. */
static inline void install(const struct region *r, pte_t *slot, pa_t pa,
			   unsigned withheld, bool write)
{
	unsigned prot = (r->prot | MMU_U) & ~withheld;

	pte_publish(slot, pte_touch(pte_leaf(pa, prot), write));
}

/* Which page of the object lies behind an address. */
static inline uint64_t object_index(const struct region *r, va_t va)
{
	return (r->offset + (va - r->start)) >> PAGE_SHIFT;
}

/* A plain private view of frames that exist: what programs are loaded from. */
static inline bool is_plain(const struct region *r)
{
	return r->object->type == OBJECT_PHYSICAL && !(r->flags & MAP_SHARED);
}

/* ---- the rows of the table ------------------------------------------- */

static __attribute__((noinline)) int
fresh_frame(struct space *s, const struct region *r, pte_t *slot)
{
	struct frame *frame = frame_alloc(0, FRAME_USED, FRAME_ZERO);

	if (!frame)
		return -E_NOMEM;
	s->counts.zeroed++;
	frame->owner = (uint64_t)slot;
	install(r, slot, frame_pa(frame), 0, true);
	return 0;
}

/* One of 512, with all of them, or alone. */
static COLD RARE int fresh_huge(struct space *s, const struct region *r,
				pte_t *slot, va_t va)
{
	int err = huge_touch_locked(s, r, va, slot);

	return err ? fresh_frame(s, r, slot) : 0;
}

/* A private copy of what lies at `from`. */
static RARE int copy_page(struct space *s, const struct region *r, pte_t *slot,
			  pa_t from)
{
	struct frame *frame = frame_alloc(0, FRAME_USED, 0);

	if (!frame)
		return -E_NOMEM;
	page_copy(frame_va(frame), pa_to_va(from));
	if (r->prot & PROT_X)
		mmu_sync_code(&s->mmu);
	s->counts.copied++;
	frame->owner = (uint64_t)slot;
	install(r, slot, frame_pa(frame), 0, true);
	return 0;
}

/* A page of the object, as it is, to a region that reads it or shares it. */
static inline void show(struct space *s, const struct region *r, pte_t *slot,
			const struct object_view *v)
{
	bool writable = (r->flags & MAP_SHARED) && v->writable;

	s->counts.shown++;
	install(r, slot, v->pa, writable ? 0 : MMU_W,
		writable); /* D says nothing here */
}

/* Pages of a file, which are read one after the other. */
static void show_around(struct space *s, const struct region *r, pte_t *slot,
			va_t va)
{
	if (r->object->type == OBJECT_PAGED)
		around_paged(&s->mmu, r, slot, va);
	else if (r->object->type == OBJECT_PHYSICAL)
		around_run(r, slot, va);
}

/* A touch of an object's page, in memory: most often it ends with a wait. */
struct touch {
	struct space *s;
	const struct region *r;
	pte_t *slot;
	va_t va;
	unsigned access;
	struct object_view view;
};

static inline bool is_copied(const struct region *r, unsigned access)
{
	return access == PROT_W && !(r->flags & MAP_SHARED);
}

static RARE int show_touched(const struct touch *t)
{
	const struct region *r = t->r;

	if (is_copied(r, t->access))
		return copy_page(t->s, r, t->slot, t->view.pa);
	if ((r->prot & PROT_X) && !object_is_run(r->object))
		mmu_sync_code(
			&t->s->mmu); /* a pager may just have written it */
	show(t->s, r, t->slot, &t->view);
	if (t->access != PROT_W && region_wants_neighbours(r))
		show_around(t->s, r, t->slot, t->va);
	return 0;
}

/* A page that the object may have to bring, or that is its own when written. */
static RARE int absent_shown(struct space *s, const struct region *r,
			     pte_t *slot, va_t va, unsigned access)
{
	struct touch t;
	int err;

	t.s = s; /* not at once: that would clear the view, too */
	t.r = r;
	t.slot = slot;
	t.va = va;
	t.access = access;
	if (is_copied(r, access))
		access = PROT_R;
	if (!region_wants_neighbours(r))
		access |= VIEW_ALONE;
	err = object_show(r->object, object_index(r, va), access, &t.view);
	return err ? err : show_touched(&t);
}

static RARE int absent_object(struct space *s, const struct region *r,
			      pte_t *slot, va_t va, unsigned access)
{
	bool write = access == PROT_W;
	pa_t pa;

	if (!is_plain(r))
		return absent_shown(s, r, slot, va, access);
	pa = object_page(r->object, object_index(r, va));
	if (!pa)
		return -E_FAULT; /* past the object's end */
	if (write)
		return copy_page(s, r, slot, pa);
	s->counts.shown++;
	install(r, slot, pa, MMU_W, false);
	if (region_wants_neighbours(r))
		around_run(r, slot, va);
	return 0;
}

static inline int absent(struct space *s, const struct region *r, pte_t *slot,
			 va_t va, unsigned access)
{
	if (r->object)
		return absent_object(s, r, slot, va, access);
	if (access == PROT_W)
		return r->flags & MAP_HUGE ? fresh_huge(s, r, slot, va)
					   : fresh_frame(s, r, slot);
	s->counts.zero++;
	install(r, slot, zero_page, MMU_W, false);
	return 0;
}

/*
 * The page is in swap. It is the space's alone when it has come, and may have W; D
 * tells whether what swap has of it is still good.
 */
static COLD RARE int swapped(struct space *s, const struct region *r,
			     pte_t *slot, unsigned access)
{
	pte_t e = pte_load(slot), p;
	struct frame *frame;
	int err = swap_in(pte_soft_word(e), &frame);

	if (err)
		return err;
	if (r->prot & PROT_X)
		mmu_sync_code(&s->mmu);
	s->counts.swapped++;
	frame->owner = (uint64_t)slot;
	p = pte_leaf(frame_pa(frame), r->prot | MMU_U) | entry_was_d(e);
	pte_publish(slot, pte_touch(p, access == PROT_W));
	return 0;
}

/* A write to a leaf without W that shows a shared object's page. */
static COLD RARE int first_write(const struct region *r, pte_t *slot, va_t va)
{
	pte_t p = pte_load(slot);
	struct object_view v;
	int err = object_show(r->object, object_index(r, va), PROT_W, &v);

	if (err)
		return err;
	assert(v.pa == pte_pa(p) && v.writable);
	pte_store(slot, pte_touch(pte_with_prot(p, r->prot | MMU_U), true));
	return 0;
}

/* A write to a leaf without W. */
static RARE int write_protected(struct space *s, const struct region *r,
				pte_t *slot, pte_t p, va_t va)
{
	struct frame *own;
	int err;

	if (pte_pa(p) == zero_page) {
		err = fresh_frame(s, r, slot);
		if (!err)
			mmu_forget_page(&s->mmu, va);
		return err;
	}
	if (r->flags & MAP_SHARED)
		return first_write(r, slot, va);
	own = private_frame(p);
	if (own && own->refs == 1) {
		pte_store(slot,
			  pte_touch(pte_with_prot(p, r->prot | MMU_U), true));
		return 0;
	}
	err = copy_page(s, r, slot, pte_pa(p));
	if (err)
		return err;
	mmu_forget_page(&s->mmu, va); /* before the old frame can go */
	if (!own)
		return 0;
	if (own->owner == (uint64_t)slot)
		kin_frame_leaves(own, slot);
	frame_put(own);
	return 0;
}

/* The leaf permits the access and yet it faulted. */
static COLD RARE int permitted(struct space *s, pte_t *slot, pte_t p, va_t va,
			       unsigned access)
{
	pte_t touched = pte_touch(p, access == PROT_W);

	if (touched == p) {
		s->counts.stale++;
		mmu_flush_stale(&s->mmu, va);
		return 0;
	}
	s->counts.touched++;
	if (!pte_accessed(p) && mmu_is_alone(&s->mmu))
		around_met_old();
	if (pte_replace(slot, p, touched)) /* else it is looked at again */
		mmu_fence_page(&s->mmu, va);
	return 0;
}

/* ---- the way there --------------------------------------------------- */

static RARE struct region *grow_stack(struct space *s, va_t va)
{
	if (region_grow_down(&s->regions, va))
		return NULL;
	s->counts.grown++;
	return region_find(&s->regions, va);
}

static inline bool permits(pte_t p, unsigned access)
{
	return pte_valid(p) && (pte_prot(p) & access);
}

/*
 * Only a table of one's own is filled. From one in common, where the page was a
 * moment ago, it may have been taken from another side (reclaim.h, rmap.h). A leaf
 * of 2 MiB permits what its region does.
 * Gives 1 if there is nothing left to do.
 */
static COLD RARE int enter_common(struct space *s, va_t va, unsigned access)
{
	pte_t *slot = mmu_span_slot(&s->mmu, va);
	pte_t p = slot ? pte_load(slot) : 0;
	int err;

	if (pte_is_leaf(p)) {
		permitted(s, slot, p, va, access);
		return 1;
	}
	err = span_enter_locked(s, va, access);
	slot = err ? NULL : mmu_leaf_slot_far(&s->mmu, va);
	if (!slot || mmu_leaf_is_near(&s->mmu, va))
		return err;
	p = pte_load(slot);
	if (!permits(p, access))
		return span_own_locked(s, va, va + PAGE_SIZE);
	permitted(s, slot, p, va, access);
	return 1;
}

/* The table is not the one found last: it may be missing, or in common. */
static RARE int find_slot(struct space *s, va_t va, unsigned access,
			  pte_t **slot)
{
	int err = s->in_common ? enter_common(s, va, access) : 0;

	return err ? err : span_slot_locked(s, va, slot);
}

static int resolve_locked(struct space *s, va_t va, unsigned access)
{
	struct region *r = region_find(&s->regions, va);
	pte_t *slot;
	pte_t p;

	s->counts.faults++;
	if (!r && !(r = grow_stack(s, va)))
		return -E_FAULT;
	if (!(r->prot & access))
		return -E_ACCES;
	if (mmu_leaf_is_near(&s->mmu, va)) {
		slot = mmu_leaf_slot_near(&s->mmu, va);
	} else {
		int err = find_slot(s, va, access, &slot);

		if (err)
			return err < 0 ? err : 0;
	}
	p = pte_load(slot);
	if (!p)
		return absent(s, r, slot, va, access);
	if (!pte_valid(p))
		return swapped(s, r, slot, access);
	if (pte_prot(p) & access)
		return permitted(s, slot, p, va, access);
	return access == PROT_W ? write_protected(s, r, slot, p, va) : -E_ACCES;
}

int fault_resolve(struct space *s, va_t va, unsigned access)
{
	int err;

	if (va >= MMU_USER_END)
		return -E_FAULT;
	lock_take(&s->lock);
	err = resolve_locked(s, va, access);
	lock_drop(&s->lock);
	return err;
}

COLD int fault_resolve_alone(struct space *s, va_t va, unsigned access)
{
	int err;

	if (va >= MMU_USER_END)
		return -E_FAULT;
	lock_take(&s->lock);
	s->small_only = true;
	err = resolve_locked(s, va, access);
	s->small_only = false;
	lock_drop(&s->lock);
	return err;
}

/*
 * The region wants this very page at `va`, for this access. Not a copy, which
 * takes a frame; not code, which only the hart that runs it can make visible.
 */
static inline bool is_wanted(const struct region *r, va_t va, unsigned access,
			     const struct object *o, uint64_t index)
{
	return r && r->object == o && object_index(r, va) == index &&
	       (r->prot & access) && !(r->prot & PROT_X) &&
	       (access != PROT_W || (r->flags & MAP_SHARED));
}

/* Shows it, region and place found, and lets the space's lock go. */
static inline void show_wanted(struct space *s, const struct region *r,
			       pte_t *slot, va_t va, unsigned access,
			       struct object *o, struct frame *f)
{
	struct object_view v;

	if (is_wanted(r, va, access, o, f->index) && slot && !pte_load(slot) &&
	    paged_view_locked(o, f, access, &v))
		show(s, r, slot, &v);
	lock_drop(&s->lock);
}

static RARE __attribute__((cold)) void
show_found(struct space *s, uint64_t fault, struct object *o, struct frame *f)
{
	va_t va = round_down(fault, PAGE_SIZE);
	const struct region *r = region_find(&s->regions, va);
	pte_t *slot = s->in_common ? NULL : mmu_leaf_slot(&s->mmu, va);

	show_wanted(s, r, slot, va, fault % PAGE_SIZE, o, f);
}

/* The common case is a leaf: read where region and table were found last. */
void fault_page_came_locked(struct space *s, uint64_t fault, struct object *o,
			    struct frame *f)
{
	const struct region *last;

	if (!lock_try(&s->lock))
		return;
	last = s->regions.last;
	if (region_holds(last, fault) && fault % PAGE_SIZE == PROT_R &&
	    mmu_leaf_is_near(&s->mmu, fault))
		show_wanted(s, last, mmu_leaf_slot_near(&s->mmu, fault),
			    fault - PROT_R, PROT_R, o, f);
	else
		show_found(s, fault, o, f);
}

static COLD int own_locked(struct space *s, va_t va, void **page)
{
	struct region *r = region_find(&s->regions, va);
	struct space_counts before;
	pte_t *slot;
	int err;

	if (!r)
		return -E_FAULT;
	err = span_own_locked(s, va, va + PAGE_SIZE);
	if (!err)
		err = span_slot_locked(s, va, &slot);
	if (err)
		return err;
	before = s->counts;
	if (!pte_valid(pte_load(slot)))
		err = absent(s, r, slot, va, PROT_W);
	else if (!is_sole_owner(pte_load(slot)))
		err = write_protected(s, r, slot, pte_load(slot), va);
	s->counts = before; /* nobody has faulted */
	*page = pa_to_va(pte_pa(pte_load(slot)));
	return err;
}

COLD int fault_own(struct space *s, va_t va, void **page)
{
	int err;

	lock_take(&s->lock);
	s->small_only = true;
	err = own_locked(s, va, page);
	s->small_only = false;
	lock_drop(&s->lock);
	return err;
}
