/* SPDX-License-Identifier: BSD-2-Clause */
/* compact_test.c - moving what frames hold, until a folio is free. */
#include "abi/error.h"
#include "abi/space.h"
#include "lib/bits.h"
#include "mm/compact.h"
#include "mm/count.h"
#include "mm/fault.h"
#include "mm/frame_boot.h"
#include "mm/huge.h"
#include "mm/kin.h"
#include "mm/move.h"
#include "mm/object.h"
#include "mm/pin.h"
#include "mm/private.h"
#include "tests/test.h"
#include "tests/unit/mm/paging.h"
#include "tests/unit/quiet.h"

static struct space *s, *other;
static uint64_t before;

static pte_t leaf_at(struct space *in, uint64_t i, int *level)
{
	return mmu_query(&in->mmu, page_va(i), level);
}

/* Folios that are out of the way, through frame.owner. */
static struct frame *kept;
static unsigned folios;

static void keep(struct frame *f)
{
	f->owner = (uint64_t)kept;
	kept = f;
	folios++;
}

static void unkeep(void)
{
	struct frame *f = kept;

	kept = (struct frame *)f->owner;
	frame_put(f);
	folios--;
}

static struct space *open_at(uint64_t pages)
{
	struct space *new = space_create();
	va_t va = VA;

	CHECK(new != NULL);
	CHECK_EQ(space_map(new, &va, pages * PAGE_SIZE, RW, MAP_FIXED, NULL, 0),
		 0);
	return new;
}

static uint64_t *word(struct space *in, uint64_t i)
{
	int level;
	pte_t p = leaf_at(in, i, &level);
	uint64_t offset = page_va(i) & (MMU_LEVEL_SIZE(level) - 1);

	CHECK(p != 0);
	return (uint64_t *)((char *)pa_to_va(pte_pa(p)) + offset);
}

static void write(struct space *in, uint64_t i)
{
	CHECK_EQ(fault_resolve(in, page_va(i), PROT_W), 0);
	*word(in, i) = i + 1;
}

/* Its frame is free; no memory is needed, as to split a region. */
static void forget(uint64_t i)
{
	lock_take(&s->lock);
	CHECK_EQ(space_forget_locked(s, page_va(i), page_va(i + 1)), 0);
	lock_drop(&s->lock);
}

#define MOST \
	16384 /* pages of a space; what lies in fragments already is part of it */

/* No folio is free, but memory enough: every second page of `pages`. */
static uint64_t pages;

static void fragment(void)
{
	struct frame *f;

	before = quiet_frames();
	kept = NULL;
	folios = 0;
	other = NULL;
	frame_pool_limit(0);
	frame_cache_drain();
	while ((f = frame_alloc(HUGE_ORDER, FRAME_SLAB, 0)))
		keep(f);
	if (folios < 5 || folios > 500) {
		while (folios)
			unkeep();
		test_skip("memory is too small, too full, or very large");
	}
	for (unsigned i = 0; i < 5; i++)
		unkeep();
	s = open_at(MOST);
	for (pages = 0;
	     pages < MOST && (f = frame_alloc(HUGE_ORDER, FRAME_SLAB, 0));) {
		frame_put(f);
		for (unsigned i = 0; i < 256; i++)
			write(s, pages++);
	}
	for (uint64_t i = 0; i < pages; i += 2)
		forget(i);
	frame_cache_drain();
	CHECK(!frame_alloc(HUGE_ORDER, FRAME_SLAB, 0));
}

static void close(void)
{
	while (kept)
		unkeep();
	if (s)
		space_put(s);
	if (other)
		space_put(other);
	frame_pool_limit(FRAME_POOL_MAX);
	CHECK_EQ(quiet_frames(), before);
}

/* Until there is a folio: then it is given. */
static struct frame *compact(unsigned order)
{
	struct frame *f;

	while (!(f = frame_alloc(order, FRAME_SLAB, 0)))
		if (compact_step(order) == -E_NOMEM)
			return NULL;
	return f;
}

static void check_words(struct space *in)
{
	for (uint64_t i = 1; i < pages; i += 2)
		CHECK_EQ(*word(in, i), i + 1);
}

TEST(fragments_become_a_folio_and_every_page_is_as_it_was)
{
	uint64_t moved = mm_counts.moved;
	struct frame *f;

	fragment();
	f = compact(HUGE_ORDER);
	CHECK(f != NULL);
	CHECK(mm_counts.moved > moved + 100);
	keep(f);
	mm_counts.moved = moved;
	check_words(s);
	f = compact(HUGE_ORDER); /* and another */
	CHECK(f != NULL);
	keep(f);
	check_words(s);
	close();
}

TEST(a_folio_of_four_mebibytes_can_be_had)
{
	struct frame *f;

	fragment();
	f = compact(HUGE_ORDER + 1);
	CHECK(f == NULL || f->order == HUGE_ORDER + 1);
	if (f)
		keep(f);
	check_words(s);
	close();
}

TEST(pages_move_between_two_steps_of_what_their_space_does)
{
	unsigned rounds = 0, n = 0;
	struct frame *f;
	uint64_t i = 1;

	fragment();
	while (!(f = frame_alloc(HUGE_ORDER, FRAME_SLAB, 0))) {
		rounds += compact_step(HUGE_ORDER) == -E_NOMEM;
		CHECK(rounds < 4); /* memory changes under its hands */
		if (n++ % 64 == 0)
			quiet_check();
		if (i < pages / 2) {
			forget(i);
			write(s, i + 2);
			i += 2;
		}
	}
	keep(f);
	for (; i < pages; i += 2)
		CHECK_EQ(*word(s, i), i + 1);
	close();
}

TEST(pages_of_clones_move_for_both)
{
	struct frame *f;
	int err;

	fragment();
	other = space_clone(s, &err);
	CHECK(other != NULL);
	for (uint64_t i = 1; i < pages; i += 64) /* tables of its own */
		CHECK_EQ(fault_resolve(other, page_va(i), PROT_W), 0);
	f = compact(HUGE_ORDER);
	if (f) /* tables in common may be everywhere */
		keep(f);
	for (uint64_t i = 1; i < pages; i += 2) {
		CHECK_EQ(fault_resolve(other, page_va(i), PROT_R), 0);
		CHECK_EQ(*word(other, i), i + 1);
		CHECK_EQ(fault_resolve(s, page_va(i), PROT_R), 0);
		CHECK_EQ(*word(s, i), i + 1);
	}
	close();
}

TEST(pages_of_a_pinned_space_stay)
{
	uint64_t moved = mm_counts.moved;

	fragment();
	s->pinned = true;
	CHECK(compact(HUGE_ORDER) == NULL);
	CHECK_EQ(mm_counts.moved, moved);
	s->pinned = false;
	close();
}

TEST(what_is_free_beyond_its_block_is_left_alone)
{
	before = quiet_frames();
	s = other = NULL;
	kept = NULL;
	for (unsigned i = 0; i < 64; i++)
		compact_step(1);
	compact_give_up();
	close();
}

/* ---- one frame ------------------------------------------------------------------ */

static struct frame *frame_at(struct space *in, uint64_t i)
{
	return frame_of(pte_pa(paging_leaf(in, page_va(i))));
}

/* Moves it; what it was is free then, or else what it was to be. */
static bool move(struct frame *f)
{
	struct frame *to = frame_alloc(0, FRAME_USED, 0);
	bool moved = move_frame(f, to);

	if (!moved) {
		frame_put(to);
		return false;
	}
	CHECK_EQ(f->state, FRAME_CLAIMED);
	f->head = FRAME_HEAD(FRAME_USED, 1);
	frame_put(f);
	return true;
}

static void open_one(void)
{
	before = quiet_frames();
	kept = NULL;
	other = NULL;
	s = open_at(8);
	write(s, 3);
}

TEST(a_moved_page_keeps_its_protection_and_its_a_and_d)
{
	pte_t was;

	open_one();
	was = paging_leaf(s, page_va(3));
	CHECK(move(frame_at(s, 3)));
	CHECK(pte_pa(paging_leaf(s, page_va(3))) != pte_pa(was));
	CHECK_EQ(paging_leaf(s, page_va(3)) & ~PTE_PPN_MASK,
		 was & ~PTE_PPN_MASK);
	CHECK_EQ(*word(s, 3), 4);
	quiet_check();
	close();
}

TEST(a_page_out_of_reach_moves_too)
{
	open_one();
	CHECK_EQ(space_protect(s, page_va(3), PAGE_SIZE, PROT_NONE), 0);
	CHECK(move(
		private_frame(pte_load(mmu_leaf_slot(&s->mmu, page_va(3))))));
	CHECK_EQ(space_protect(s, page_va(3), PAGE_SIZE, PROT_R), 0);
	CHECK_EQ(*word(s, 3), 4);
	close();
}

TEST(what_is_held_for_a_copy_stays_where_it_is)
{
	struct pin p;

	open_one();
	CHECK_EQ(pin(s, page_va(3), PROT_W, &p), 0);
	CHECK(!move(frame_at(s, 3)));
	unpin(&p);
	CHECK(move(frame_at(s, 3)));
	close();
}

TEST(a_page_in_a_table_in_common_moves)
{
	int err;

	open_one();
	other = space_clone(s, &err);
	CHECK(other != NULL);
	CHECK_EQ(fault_resolve(other, page_va(3), PROT_R), 0);
	CHECK(move(frame_at(other, 3)));
	CHECK_EQ(*word(other, 3), 4);
	CHECK_EQ(fault_resolve(s, page_va(3), PROT_W), 0);
	CHECK_EQ(*word(s, 3), 4);
	CHECK(move(frame_at(s, 3)));
	quiet_check();
	CHECK_EQ(*word(s, 3), 4);
	CHECK_EQ(*word(other, 3), 4);
	close();
}

TEST(a_page_that_two_spaces_have_moves_for_both)
{
	int err;

	open_one();
	write(s, 5);
	other = space_clone(s, &err);
	CHECK(other != NULL);
	CHECK_EQ(fault_resolve(s, page_va(5), PROT_W), 0);
	CHECK_EQ(fault_resolve(other, page_va(5), PROT_W), 0);
	CHECK(frame_at(s, 3) == frame_at(other, 3));
	CHECK_EQ(frame_at(s, 3)->refs, 2);
	CHECK(move(frame_at(s, 3)));
	CHECK(frame_at(s, 3) == frame_at(other, 3));
	CHECK_EQ(frame_at(s, 3)->refs, 2);
	CHECK_EQ(*word(other, 3), 4);
	quiet_check();
	close();
}

TEST(a_leaf_table_moves_with_the_owners_of_its_frames)
{
	struct frame *table;

	open_one();
	table = kin_table(mmu_leaf_slot(&s->mmu, page_va(3)));
	CHECK(move(table));
	CHECK(kin_table(mmu_leaf_slot(&s->mmu, page_va(3))) != table);
	quiet_check();
	CHECK_EQ(*word(s, 3), 4);
	write(s, 4);
	CHECK(move(frame_at(s, 3)));
	CHECK_EQ(*word(s, 3), 4);
	close();
}

TEST(a_table_in_a_ring_moves_and_the_ring_is_one)
{
	int err;

	open_one();
	other = space_clone(s, &err);
	CHECK(other != NULL);
	CHECK_EQ(fault_resolve(other, page_va(5), PROT_W), 0);
	CHECK(move(kin_table(mmu_leaf_slot(&other->mmu, page_va(3)))));
	quiet_check();
	CHECK_EQ(fault_resolve(s, page_va(5), PROT_W), 0);
	CHECK(move(kin_table(mmu_leaf_slot(&s->mmu, page_va(3)))));
	quiet_check();
	CHECK(move(frame_at(s, 3))); /* both leaves are found */
	CHECK(frame_at(s, 3) == frame_at(other, 3));
	close();
}

TEST(tables_in_common_and_upper_tables_stay)
{
	struct frame *table;
	int err;

	open_one();
	table = kin_table(mmu_leaf_slot(&s->mmu, page_va(3)));
	CHECK(!move(frame_of(s->mmu.root)));
	other = space_clone(s, &err);
	CHECK(other != NULL);
	CHECK(!move(table));
	close();
}

TEST(the_table_behind_a_large_leaf_moves_and_its_pages_stay)
{
	struct frame *table;

	before = quiet_frames();
	kept = NULL;
	other = NULL;
	s = open_at(512);
	CHECK_EQ(region_set_flags(&s->regions, VA, VA + 2 * MiB, 0, MAP_HUGE),
		 0);
	for (unsigned n = 0; n < 64 && !s->huge; n++)
		fault_resolve(s, page_va(9), PROT_W);
	if (s->huge) {
		*word(s, 9) = 10;
		table = kin_table(mmu_leaf_slot_any(&s->mmu, VA));
		CHECK(move(table));
		CHECK_EQ(s->huge, 1);
		quiet_check();
		CHECK(!move(private_frame(
			pte_load(mmu_leaf_slot_any(&s->mmu, page_va(9))))));
		CHECK_EQ(space_unmap(s, VA, PAGE_SIZE), 0);
		CHECK_EQ(*word(s, 9), 10);
	}
	close();
}

TEST(a_page_of_shared_memory_moves_for_all_who_show_it)
{
	va_t va = VA, vb = VA;
	struct object *o;
	int level;

	before = quiet_frames();
	o = object_anonymous(4);
	kept = NULL;
	s = space_create();
	other = space_create();
	CHECK(o && s && other);
	CHECK_EQ(space_map_object(s, &va, 4 * PAGE_SIZE, RW, RW,
				  MAP_FIXED | MAP_SHARED, o, 0),
		 0);
	CHECK_EQ(space_map_object(other, &vb, 4 * PAGE_SIZE, RW, RW,
				  MAP_FIXED | MAP_SHARED, o, 0),
		 0);
	object_put(o);
	write(s, 2);
	CHECK_EQ(fault_resolve(other, page_va(2), PROT_R), 0);
	CHECK(move(frame_at(s, 2)));
	CHECK(!leaf_at(s, 2, &level)); /* the next touch shows it */
	quiet_check();
	CHECK_EQ(fault_resolve(s, page_va(2), PROT_R), 0);
	CHECK_EQ(fault_resolve(other, page_va(2), PROT_R), 0);
	CHECK_EQ(*word(s, 2), 3);
	CHECK(frame_at(s, 2) == frame_at(other, 2));
	close();
}

TEST(a_pagers_page_moves_unless_it_is_being_asked_about)
{
	struct pager_request q;
	struct frame *f;

	paging_open(4, 4, 0);
	paging_bring(1, 'x');
	f = frame_at(paging.client[0], 1);
	CHECK(move(f));
	CHECK_EQ(touch(0, 1, PROT_R), 0);
	CHECK_EQ(*paging_bytes(paging.client[0], page_va(1)), 'x');
	CHECK(frame_at(paging.client[0], 1) != f);
	CHECK_EQ(touch(0, 2, PROT_R), -E_WAIT);
	q = paging_next();
	f = object_frame_locked(paging.object, 2);
	CHECK(f != NULL);
	CHECK(!move(f));
	CHECK_EQ(paging_supply(&q, PROT_R), 0);
	paging_close();
}
