/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * check.c - mm_check(): the page tables of every space against its regions, and
 * against the frame records.
 */
#include "arch/layout.h"
#include "lib/assert.h"
#include "mm/frame_boot.h"
#include "mm/kin.h"
#include "mm/mm.h"
#include "mm/object.h"
#include "mm/paged.h"
#include "mm/pager.h"
#include "mm/pages.h"
#include "mm/private.h"
#include "mm/space.h"
#include "mm/swap.h"

/* Of no private frame: the zero page, or what the region's object has there. */
static void check_shown(const struct region *r, va_t va, pte_t p)
{
	bool shared = r->flags & MAP_SHARED, writable = false;

	if (pte_pa(p) != zero_page || shared) {
		assert(r->object);
		assert((r->offset + (va - r->start)) >> PAGE_SHIFT <
		       r->object->pages);
		assert(object_peek(r->object,
				   (r->offset + (va - r->start)) >> PAGE_SHIFT,
				   &writable) == pte_pa(p));
	}
	assert(!(pte_prot(p) & MMU_W) || (shared && writable));
}

static void check_leaf(const struct space *s, va_t va, pte_t p)
{
	struct region *r = region_next(&s->regions, va);
	unsigned prot = pte_prot(p);
	struct frame *f = private_frame(p);

	assert(r && r->start <= va); /* a leaf lies in a region */
	assert(prot & MMU_U);
	assert(!(prot & ~(r->prot | MMU_U)));
	if (!f) {
		check_shown(r, va, p);
		return;
	}
	assert(!(r->flags & MAP_SHARED));
	assert(!(prot & MMU_W) || f->refs == 1);
}

/* A reference more is accounted for, in the upper half of `index`. */
#define MET 32

static void meet(struct frame *f)
{
	f->index += 1ul << MET;
	f->flags |= FRAME_SEEN;
}

static uint64_t slots_met; /* uses of swap */

/* The leaf's frame; or in swap the page has a use of its slot. */
static void meet_entry(const pte_t *slot)
{
	pte_t p = pte_load(slot);
	struct frame *f = pte_has_frame(p) ? private_frame(p) : NULL;

	slots_met += p && !pte_has_frame(p);
	if (!f)
		return;
	if (f->flags & FRAME_SWAPPED && !(f->flags & FRAME_SEEN))
		slots_met++;
	meet(f);
	assert(f->owner); /* kin.h: a leaf that names it */
	assert(pte_pa(pte_load((pte_t *)f->owner)) == frame_pa(f));
	assert(kin_place((pte_t *)f->owner) == kin_place(slot));
}

/* The leaves of one table, seen from one of its spaces; counted once. */
static void check_leaves(const struct space *s, struct frame *table, va_t va,
			 bool stripped)
{
	const pte_t *t = frame_va(table);
	bool first = !(table->flags & FRAME_SEEN);

	for (unsigned i = 0; i < 512; i++) {
		pte_t p = pte_load(&t[i]);

		if (first)
			meet_entry(&t[i]);
		if (!pte_has_frame(p)) {
			assert(!pte_valid(p));
			continue;
		}
		check_leaf(s, va + i * PAGE_SIZE, p);
		assert(!stripped || !(pte_prot(p) & MMU_W));
	}
}

/* A leaf of 2 MiB maps what the table behind it would. */
static void check_whole(const struct frame *table, pte_t leaf)
{
	const pte_t *t = frame_va(table);

	assert(!(table->flags & FRAME_WHOLE) == !pte_is_leaf(leaf));
	for (unsigned i = 0; i < HUGE_PAGES && pte_is_leaf(leaf); i++) {
		pte_t p = pte_load(&t[i]);

		assert(pte_pa(p) == pte_pa(leaf) + i * PAGE_SIZE);
		assert(pte_prot(p) == pte_prot(leaf) && pte_dirty(p));
		assert(is_sole_owner(p));
	}
}

/* Whose the table is, and that its ring is one. */
static void check_kin(const struct space *s, struct frame *table, va_t va,
		      bool in_common)
{
	assert(table->index % (1ul << MET) == va >> (PAGE_SHIFT + 9));
	assert(kin_space(table) == (in_common ? NULL : s));
	assert(table->next == 0 ||
	       kin_next(table)->prev == table - frame_records + 1);
}

static void check_table(const struct space *s, pa_t table, int level, va_t va,
			uint64_t *in_common)
{
	const pte_t *t = pa_to_va(table);
	unsigned slots = level == MMU_LEVELS - 1 ? 256 : 512;
	struct frame *f = frame_of(table);
	bool in_this;

	assert(f && f->state == FRAME_TABLE && f->refs == 1);
	meet(f);
	for (unsigned i = 0; i < slots; i++) {
		va_t at = va + i * MMU_LEVEL_SIZE(level);
		pte_t p = pte_load(&t[i]);

		assert(pte_is_table(p) || !p ||
		       (level == 1 && (pte_is_folded(p) || pte_is_leaf(p))));
		if (p && level > 1) {
			check_table(s, pte_pa(p), level - 1, at, in_common);
		} else if (p) {
			f = pte_is_leaf(p) ? huge_table(p)
					   : frame_of(pte_pa(p));
			assert(f->state == FRAME_TABLE);
			check_whole(f, p);
			assert(p & (PTE_FOLDED | PTE_SHARED) || f->refs == 1);
			check_leaves(s, f, at, pte_is_shared(p));
			meet(f);
			in_this = pte_is_folded(p) || pte_is_shared(p);
			check_kin(s, f, at, in_this);
			*in_common += in_this || pte_is_leaf(p);
		}
	}
}

/* ---- objects -------------------------------------------------------------- */

static void check_page(const struct object *o, const struct frame *f)
{
	unsigned flags = f->flags;

	if (o->type != OBJECT_PAGED) {
		assert(!(flags & ~FRAME_OF_OBJECT));
		return;
	}
	assert(flags & (PAGE_HERE | PAGE_BUSY));
	assert((flags & PAGE_HERE) || !(flags & PAGE_DIRTY));
	assert(!(flags & PAGE_GOING) || (flags & PAGE_BUSY));
	if (o->pager)
		pager_check(o->pager);
	else
		assert(!(flags & PAGE_BUSY));
}

/* The frame's object has it, and where the frame says. */
static void check_object_frame(const struct frame *f)
{
	struct object *o = (struct object *)f->owner;

	assert(f->refs == 1 && o->kobject.kind == &object_kind);
	assert(o->kobject.refs > 0);
	if (o->folio) {
		assert(o->folio == f && f->index == 0);
		return;
	}
	assert(object_frame_locked(o, f->index) == f);
	o->checked += 1 + (f->flags & PAGE_DIRTY ? 1ul << 32 : 0);
	check_page(o, f);
}

/* Each object has met as many frames as it counts. */
static void check_count(const struct frame *f)
{
	struct object *o = (struct object *)f->owner;

	if (!o->folio && o->checked) {
		assert(o->checked == (o->resident | o->dirty << 32));
		o->checked = 0;
	}
}

static void each_object_frame(void (*check)(const struct frame *f))
{
	for (uint64_t i = 0; i < frame_count; i++)
		if (frame_records[i].state == FRAME_USED &&
		    (frame_records[i].flags & FRAME_OF_OBJECT))
			check(&frame_records[i]);
}

/* A region that shows an object is on the object's list, and all there are. */
static void check_regions(const struct region *r)
{
	bool found = false;

	list_for_each (e, &r->object->regions) {
		const struct region *i =
			container_of(e, struct region, in_object);

		assert(i->object == r->object);
		found = found || i == r;
	}
	assert(found);
}

/* ---- all of it ------------------------------------------------------------ */

/*
 * Private frames and tables in use are those that were met, as often as they
 * have references; forgets the marks.
 */
static void check_owners(void)
{
	for (uint64_t i = 0; i < frame_count; i++) {
		struct frame *f = &frame_records[i];

		if (!(f->flags & FRAME_SEEN)) { /* else it is lost */
			assert(f->state != FRAME_USED ||
			       (f->flags & FRAME_OF_OBJECT));
			continue;
		}
		assert(f->index >> MET == f->refs);
		f->index %= 1ul << MET;
		f->flags &= (uint16_t)~FRAME_SEEN;
	}
}

void mm_check(void)
{
	uint64_t in_common;

	frame_check();
	slots_met = 0;
	lock_take(&spaces_lock);
	list_for_each (e, &spaces_all) {
		struct space *s = container_of(e, struct space, all);
		const char *wrong = region_check(&s->regions);

		if (wrong)
			panic("regions: %s", wrong);
		in_common = 0;
		check_table(s, s->mmu.root, MMU_LEVELS - 1, 0, &in_common);
		assert(in_common + (s->coming.first != NULL) == s->in_common);
		for (struct region *r = region_first(&s->regions); r;
		     r = region_after(r))
			if (r->object)
				check_regions(r);
	}
	lock_drop(&spaces_lock);
	check_owners();
	assert(slots_met == swap_uses());
	each_object_frame(check_object_frame);
	each_object_frame(check_count);
}
