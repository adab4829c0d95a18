/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fault.c - step 3 of the way of a page fault.
 *
 *	the entry is          the access is   what happens
 *	--------------------  --------------  -----------------------------------
 *	empty, anonymous      read, execute   the zero page, read-only
 *	empty, anonymous      write           a zeroed frame
 *	empty, with object    read, execute   the object's page, read-only
 *	empty, with object    write           a copy of the object's page
 *	leaf, permits it      any             A (and D) set by hand if need be;
 *	                                      else the TLB was stale: fence
 *	leaf without W        write           sole owner: W is set; else a copy
 *	leaf without R or X   read, execute   cannot be: see pages_protect()
 *
 * Before that: is the address a user's, is there a region or a stack to grow,
 * does it permit the access. An entry that becomes valid needs no fence: who
 * still has the invalid one faults again and meets "permits it".
 */
#include "mm/fault.h"
#include "abi/error.h"
#include "arch/layout.h"
#include "arch/page.h"
#include "lib/assert.h"
#include "mm/object.h"
#include "mm/private.h"

pa_t zero_page;

const char zero_page_bytes[PAGE_SIZE] __attribute__((aligned(4096)));

/* One fault, from the checks on. */
struct fault {
	struct space *space;
	const struct region *region;
	va_t page;
	bool write;
	pte_t *slot;
};

static unsigned leaf_prot(const struct fault *f)
{
	return f->region->prot | MMU_U;
}

/* A leaf just made for this access: it counts as used. */
static void install(const struct fault *f, pa_t pa, unsigned prot)
{
	pte_publish(f->slot, pte_touch(pte_leaf(pa, prot), f->write));
}

/* The object's page behind this address; 0 for anonymous memory. */
static pa_t object_pa(const struct fault *f)
{
	const struct region *r = f->region;

	if (!r->object)
		return 0;
	return object_page(r->object,
			   (r->offset + (f->page - r->start)) >> PAGE_SHIFT);
}

/* ---- the rows of the table ------------------------------------------- */

static int show_page(struct fault *f)
{
	pa_t pa = object_pa(f);

	if (f->region->object && !pa)
		return -E_FAULT; /* past the object's end */
	if (pa) {
		f->space->counts.shown++;
	} else {
		pa = zero_page;
		f->space->counts.zero++;
	}
	install(f, pa, leaf_prot(f) & ~MMU_W);
	return 0;
}

static int fresh_frame(struct fault *f)
{
	struct frame *frame = frame_alloc(0, FRAME_USED, FRAME_ZERO);

	if (!frame)
		return -E_NOMEM;
	f->space->counts.zeroed++;
	install(f, frame_pa(frame), leaf_prot(f));
	return 0;
}

/* A private copy of what lies at `from`. */
static int copy_page(struct fault *f, pa_t from)
{
	struct frame *frame = frame_alloc(0, FRAME_USED, 0);

	if (!frame)
		return -E_NOMEM;
	page_copy(frame_va(frame), pa_to_va(from));
	f->space->counts.copied++;
	install(f, frame_pa(frame), leaf_prot(f));
	return 0;
}

static int write_absent(struct fault *f)
{
	pa_t pa = object_pa(f);

	if (f->region->object && !pa)
		return -E_FAULT;
	return pa ? copy_page(f, pa) : fresh_frame(f);
}

/* The page changes its frame, so others must forget the old one. */
static void forget(struct fault *f)
{
	struct mmu_flush flush;

	flush_begin(&flush, &f->space->mmu);
	flush_add(&flush, f->page, PAGE_SIZE);
	flush_run(&flush);
}

static int write_protected(struct fault *f, pte_t p)
{
	struct frame *own = private_frame(p);
	int err;

	if (own && own->refs == 1) {
		pte_store(f->slot,
			  pte_touch(pte_with_prot(p, leaf_prot(f)), true));
		return 0;
	}
	err = pte_pa(p) == zero_page ? fresh_frame(f) : copy_page(f, pte_pa(p));
	if (err)
		return err;
	forget(f);
	if (own)
		frame_put(own);
	return 0;
}

/* The leaf permits the access and yet it faulted. */
static int permitted(struct fault *f, pte_t p)
{
	pte_t touched = pte_touch(p, f->write);

	if (touched == p) {
		f->space->counts.stale++;
		mmu_flush_stale(&f->space->mmu, f->page);
		return 0;
	}
	f->space->counts.touched++;
	while (!pte_update(f->slot, &p, touched))
		touched = pte_touch(p, f->write);
	mmu_fence_page(&f->space->mmu, f->page);
	return 0;
}

/* ---- the way there --------------------------------------------------- */

static int find_region(struct fault *f, va_t va)
{
	struct region_set *set = &f->space->regions;

	f->region = region_find(set, va);
	if (f->region)
		return 0;
	if (region_grow_down(set, va))
		return -E_FAULT;
	f->space->counts.grown++;
	f->region = region_find(set, va);
	return 0;
}

static int resolve_locked(struct fault *f, va_t va, unsigned access)
{
	pte_t p;
	int err = find_region(f, va);

	f->space->counts.faults++;
	if (err)
		return err;
	if (!(f->region->prot & access))
		return -E_ACCES;
	f->slot = mmu_slot(&f->space->mmu, va, 0);
	if (!f->slot) {
		err = mmu_make_slot(&f->space->mmu, va, 0, &f->slot);
		if (err)
			return err;
	}
	p = pte_load(f->slot);
	if (!pte_valid(p))
		return f->write ? write_absent(f) : show_page(f);
	if (pte_prot(p) & access)
		return permitted(f, p);
	if (f->write)
		return write_protected(f, p);
	return -E_ACCES;
}

int fault_resolve(struct space *s, va_t va, unsigned access)
{
	struct fault f = {
		.space = s,
		.page = round_down(va, PAGE_SIZE),
		.write = access == PROT_W,
	};
	int err;

	if (va >= MMU_USER_END)
		return -E_FAULT;
	lock_take(&s->lock);
	err = resolve_locked(&f, va, access);
	lock_drop(&s->lock);
	return err;
}

int fault_own(struct space *s, va_t va, void **page)
{
	struct fault f = {.space = s, .page = round_down(va, PAGE_SIZE)};
	struct frame *frame = NULL;
	pte_t p = 0;
	int err;

	lock_take(&s->lock);
	err = find_region(&f, va);
	if (!err)
		err = mmu_make_slot(&s->mmu, va, 0, &f.slot);
	if (!err) {
		p = pte_load(f.slot);
		frame = pte_valid(p) ? private_frame(p) : NULL;
		if (!frame)
			err = pte_valid(p) ? write_protected(&f, p)
					   : write_absent(&f);
	}
	if (!err)
		*page = pa_to_va(pte_pa(pte_load(f.slot)));
	lock_drop(&s->lock);
	return err;
}
