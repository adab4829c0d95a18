/* SPDX-License-Identifier: BSD-2-Clause */
/* span_test.c - clones: tables in common, and what each side sees. */
#include "abi/error.h"
#include "mm/ending.h"
#include "mm/fault.h"
#include "mm/frame_boot.h"
#include "mm/grace.h"
#include "mm/mm.h"
#include "mm/object.h"
#include "mm/pages.h"
#include "mm/span.h"
#include "tests/test.h"
#include "tests/unit/mm/paging.h"
#include "tests/unit/quiet.h"

#define SPAN (2 * MiB)

static struct space *a, *b;
static uint64_t before;

/* `pages` from VA on, the first of each span written with its number. */
static void open(uint64_t pages)
{
	va_t va = VA;

	before = quiet_frames();
	a = space_create();
	CHECK(a != NULL);
	CHECK_EQ(space_map(a, &va, pages * PAGE_SIZE, RW, MAP_FIXED, NULL, 0),
		 0);
}

static void clone(void)
{
	int err;

	b = space_clone(a, &err);
	CHECK(b != NULL);
	CHECK_EQ(err, 0);
}

static void close(void)
{
	quiet_check();
	if (a)
		space_put(a);
	quiet_check();
	if (b)
		space_put(b);
	a = b = NULL;
	CHECK_EQ(quiet_frames(), before);
}

static int reach(struct space *s, uint64_t page, unsigned access)
{
	return fault_resolve(s, VA + page * PAGE_SIZE, access);
}

/* What the space has there by its own leaf, or NULL. */
static char *seen(struct space *s, uint64_t page)
{
	int level;
	pte_t p = mmu_query(&s->mmu, VA + page * PAGE_SIZE, &level);

	return p ? pa_to_va(pte_pa(p)) : NULL;
}

static bool may_write(struct space *s, uint64_t page)
{
	int level;
	pte_t p = mmu_query(&s->mmu, VA + page * PAGE_SIZE, &level);

	return p && (pte_prot(p) & MMU_W);
}

static void write(struct space *s, uint64_t page, char byte)
{
	if (!may_write(s, page))
		CHECK_EQ(reach(s, page, PROT_W), 0);
	CHECK(may_write(s, page));
	*seen(s, page) = byte;
}

/* open(), and an 'x' in every page. */
static void open_full(uint64_t pages)
{
	open(pages);
	for (uint64_t i = 0; i < pages; i++)
		write(a, i, 'x');
}

static char read(struct space *s, uint64_t page)
{
	if (!seen(s, page))
		CHECK_EQ(reach(s, page, PROT_R), 0);
	return *seen(s, page);
}

TEST(a_clone_sees_what_was_there_and_then_goes_its_own_way)
{
	open(8);
	write(a, 0, 'a');
	write(a, 1, 'b');
	clone();
	CHECK_EQ(read(b, 0), 'a');
	CHECK(!may_write(b, 0));
	write(b, 0, 'B');
	CHECK_EQ(read(a, 0), 'a');
	write(a, 1, 'A');
	CHECK_EQ(read(b, 1), 'b');
	CHECK_EQ(read(b, 0), 'B');
	write(b, 5, 'n'); /* was empty */
	CHECK_EQ(read(a, 5), 0);
	close();
}

TEST(a_clone_takes_two_tables_and_no_page)
{
	uint64_t free;

	open_full(512);
	free = frames_free();
	clone();
	CHECK(free - frames_free() <= 3); /* root, middle table, a slab */
	CHECK_EQ(a->in_common, 1);
	CHECK_EQ(b->in_common, 1);
	close();
}

TEST(who_is_alone_again_has_its_table_back_as_it_was)
{
	uint64_t faults;

	open(8);
	write(a, 0, 'a');
	clone();
	space_put(b);
	b = NULL;
	CHECK_EQ(reach(a, 0, PROT_R), 0);
	CHECK(may_write(a, 0)); /* W had never gone */
	CHECK_EQ(a->in_common, 0);
	faults = a->counts.copied;
	write(a, 0, 'b');
	CHECK_EQ(a->counts.copied, faults);
	close();
}

TEST(the_first_write_copies_the_table_and_one_page)
{
	uint64_t free;

	open_full(512);
	clone();
	free = frames_free();
	CHECK_EQ(reach(b, 7, PROT_W), 0);
	CHECK_EQ(free - frames_free(), 2);
	CHECK_EQ(b->counts.copied, 1);
	CHECK_EQ(b->in_common, 0);
	CHECK_EQ(reach(b, 8, PROT_W), 0);
	CHECK_EQ(free - frames_free(), 3);
	/* The other has the table alone now, but not the pages in it. */
	CHECK_EQ(reach(a, 7, PROT_W), 0);
	CHECK_EQ(a->counts.copied, 0); /* of this one it is the sole owner */
	CHECK_EQ(reach(a, 9, PROT_W), 0);
	CHECK_EQ(a->counts.copied, 1);
	close();
}

TEST(both_read_one_table)
{
	open(8);
	write(a, 0, 'a');
	clone();
	CHECK_EQ(reach(a, 0, PROT_R), 0);
	CHECK_EQ(reach(b, 0, PROT_R), 0);
	CHECK(mmu_leaf_slot_any(&a->mmu, VA) == mmu_leaf_slot_any(&b->mmu, VA));
	CHECK(!may_write(a, 0) && !may_write(b, 0));
	CHECK_EQ(reach(b, 1, PROT_R),
		 0); /* an empty entry: its own from here */
	CHECK(mmu_leaf_slot_any(&a->mmu, VA) != mmu_leaf_slot_any(&b->mmu, VA));
	close();
}

/* What the kernel writes into a page of one side the other does not see. */
TEST(a_page_of_ones_own_is_no_clones)
{
	void *page;

	open(8);
	write(a, 0, 'a');
	clone();
	write(b, 1, 'b'); /* now each has a table, and both the frame */
	CHECK_EQ(fault_own(b, VA, &page), 0);
	*(char *)page = 'k';
	CHECK_EQ(read(a, 0), 'a');
	CHECK_EQ(read(b, 0), 'k');
	close();
}

TEST(clones_of_clones_of_clones)
{
	struct space *c[100];
	int err;

	open(4);
	write(a, 0, 'a');
	for (unsigned i = 0; i < 100; i++) {
		c[i] = space_clone(i ? c[i - 1] : a, &err);
		CHECK(c[i] != NULL);
		if (i % 3 == 0)
			write(c[i], 1, (char)i);
		if (i % 5 == 0)
			CHECK_EQ(read(c[i], 0), 'a');
	}
	quiet_check();
	for (unsigned i = 0; i < 100; i++) {
		CHECK_EQ(read(c[i], 0), 'a');
		CHECK_EQ(read(c[i], 1), (char)(i / 3 * 3));
	}
	CHECK_EQ(read(a, 1), 0);
	for (unsigned i = 0; i < 100; i += 2)
		space_put(c[i]);
	quiet_check();
	for (unsigned i = 1; i < 100; i += 2) {
		write(c[i], 2, 'z');
		space_put(c[i]);
	}
	close();
}

TEST(unmapping_a_whole_span_only_lets_it_go)
{
	uint64_t free;

	open_full(3 * 512);
	clone();
	free = frames_free();
	CHECK_EQ(space_unmap(b, VA + 512 * PAGE_SIZE, SPAN), 0);
	CHECK(free - frames_free() <= 1); /* a region */
	CHECK_EQ(reach(b, 512, PROT_R), -E_FAULT);
	CHECK_EQ(read(a, 512), 'x');
	CHECK_EQ(read(b, 511), 'x');
	CHECK_EQ(read(b, 1024), 'x');
	CHECK_EQ(space_unmap(b, VA + 10 * PAGE_SIZE, PAGE_SIZE), 0);
	CHECK_EQ(read(a, 10), 'x');
	CHECK_EQ(reach(b, 10, PROT_R), -E_FAULT);
	CHECK_EQ(read(b, 11), 'x');
	close();
}

TEST(unmapping_parts_of_spans_leaves_the_other_parts)
{
	open_full(3 * 512);
	clone();
	CHECK_EQ(space_unmap(b, VA + 10 * PAGE_SIZE, 1024 * PAGE_SIZE), 0);
	for (uint64_t i = 0; i < 3 * 512; i++) {
		CHECK_EQ(read(a, i), 'x');
		if (i < 10 || i >= 1034)
			CHECK_EQ(read(b, i), 'x');
		else
			CHECK_EQ(reach(b, i, PROT_R), -E_FAULT);
	}
	close();
}

/* As two harts might do it, each in the middle of the other's. */
TEST(two_take_the_same_frames_out_at_once)
{
	struct pages_gone of_a, of_b;

	open(8);
	for (uint64_t i = 0; i < 4; i++)
		write(a, i, 'x');
	clone();
	CHECK_EQ(reach(b, 7, PROT_W), 0); /* its own table, the same frames */
	CHECK_EQ(reach(a, 6, PROT_W), 0);
	pages_gone_begin(&of_a, &a->mmu);
	pages_gone_begin(&of_b, &b->mmu);
	pages_take_out(&of_a, VA, VA + 4 * PAGE_SIZE);
	pages_take_out(&of_b, VA + 3 * PAGE_SIZE, VA + 4 * PAGE_SIZE);
	pages_take_out(&of_b, VA + PAGE_SIZE, VA + 2 * PAGE_SIZE);
	pages_gone_flush(&of_a);
	pages_gone_flush(&of_b);
	pages_gone_free(&of_a);
	pages_gone_free(&of_b);
	CHECK_EQ(read(b, 2), 'x');
	close();
}

/* QEMU forgets more than it must, so the fences themselves are counted. */
TEST(pointers_that_change_are_forgotten)
{
	uint64_t fences;

	open(8);
	write(a, 0, 'a');
	paging_ran_here(a);
	fences = paging_fences();
	clone(); /* folds what could be walked */
	CHECK_EQ(paging_fences() - fences, 1);
	CHECK_EQ(read(a, 0), 'a');
	CHECK_EQ(read(b, 0), 'a');
	fences = paging_fences();
	CHECK_EQ(reach(a, 0, PROT_W), 0); /* another table, another page */
	CHECK_EQ(paging_fences() - fences, 2);
	close();
}

TEST(protecting_one_side_leaves_the_other)
{
	open(8);
	write(a, 0, 'a');
	write(a, 1, 'b');
	clone();
	CHECK_EQ(space_protect(a, VA, PAGE_SIZE, PROT_R), 0);
	CHECK_EQ(reach(a, 0, PROT_W), -E_ACCES);
	write(b, 0, 'B');
	CHECK_EQ(read(a, 0), 'a');
	CHECK_EQ(space_protect(b, VA + PAGE_SIZE, PAGE_SIZE, PROT_NONE), 0);
	CHECK_EQ(reach(b, 1, PROT_R), -E_ACCES);
	CHECK_EQ(read(a, 1), 'b');
	write(a, 1, 'c');
	CHECK_EQ(space_protect(b, VA + PAGE_SIZE, PAGE_SIZE, RW), 0);
	CHECK_EQ(read(b, 1), 'b');
	close();
}

TEST(what_one_side_maps_in_a_hole_is_its_own)
{
	va_t va = VA + 16 * PAGE_SIZE;

	open(8);
	write(a, 0, 'a');
	clone();
	CHECK_EQ(read(a, 0), 'a');
	CHECK_EQ(read(b, 0), 'a');
	CHECK_EQ(space_map(b, &va, PAGE_SIZE, RW, MAP_FIXED, NULL, 0), 0);
	write(b, 16, 'n');
	CHECK_EQ(reach(a, 16, PROT_R), -E_FAULT);
	CHECK(seen(a, 16) == NULL);
	close();
}

TEST(shared_mappings_stay_shared)
{
	struct object *o;
	va_t va = VA + 16 * PAGE_SIZE;

	open(8);
	o = object_anonymous(4);
	CHECK_EQ(space_map_object(a, &va, 4 * PAGE_SIZE, RW, RW,
				  MAP_FIXED | MAP_SHARED, o, 0),
		 0);
	object_put(o);
	write(a, 0, 'p');
	write(a, 16, 's');
	clone();
	write(b, 16, 't');
	CHECK_EQ(read(a, 16), 't');
	write(a, 17, 'u');
	CHECK_EQ(read(b, 17), 'u');
	write(a, 0, 'q');
	CHECK_EQ(read(b, 0), 'p');
	close();
}

/* Its leaves go from both, though they are in one table. */
TEST(a_revoked_object_goes_from_tables_in_common)
{
	struct object *o;
	uint64_t fences;
	va_t va = VA + 16 * PAGE_SIZE;

	open(8);
	o = object_anonymous(4);
	CHECK_EQ(space_map_object(a, &va, 4 * PAGE_SIZE, RW, RW,
				  MAP_FIXED | MAP_SHARED, o, 0),
		 0);
	write(a, 0, 'p');
	write(a, 16, 's');
	clone();
	CHECK_EQ(read(a, 16), 's');
	CHECK_EQ(read(b, 16), 's');
	paging_ran_here(a);
	paging_ran_here(b);
	fences = paging_fences();
	object_revoke_all(&o->kobject);
	while (ending_has_work())
		ending_step();
	CHECK(paging_fences() - fences >= 2); /* each has forgotten it */
	CHECK(seen(a, 16) == NULL && seen(b, 16) == NULL);
	CHECK_EQ(read(a, 0), 'p');
	CHECK_EQ(read(b, 0), 'p');
	CHECK_EQ(reach(b, 16, PROT_R), -E_FAULT);
	object_put(o);
	close();
}

/* ---- pagers ---------------------------------------------------------------- */

TEST(a_space_with_a_pagers_window_is_not_cloned)
{
	int err;

	paging_open(4, 4, 0);
	CHECK(space_clone(paging.home, &err) == NULL);
	CHECK_EQ(err, -E_BUSY);
	b = space_clone(paging.client[0], &err);
	CHECK(b != NULL);
	space_put(b);
	b = NULL;
	paging_close();
}

/* The window comes to lie in a span that a clone has, too. */
TEST(a_pager_can_begin_where_a_clone_was_made)
{
	struct pager_config c = {.slots = 4};
	struct pager *p;
	va_t va = 0;

	open(1);
	CHECK_EQ(space_map(a, &va, PAGE_SIZE, RW, 0, NULL, 0), 0);
	CHECK_EQ(fault_resolve(a, va, PROT_W), 0);
	clone();
	kobject_get(&a->object);
	c.space = a;
	p = pager_create(&c);
	CHECK(p != NULL);
	CHECK(p->window_va >> 21 == va >> 21);
	quiet_check();
	pager_unmap(p);
	kobject_put(&p->kobject);
	close();
}

/* ---- memory failing at every n -------------------------------------------- */

/* Clones, and changes both sides, until the first error. */
static int life(void)
{
	int err;

	b = space_clone(a, &err);
	if (!b)
		return err;
	err = reach(b, 0, PROT_W);
	if (!err)
		err = reach(a, 1, PROT_W);
	if (!err)
		err = space_protect(b, VA + SPAN, PAGE_SIZE, PROT_R);
	if (!err)
		err = space_unmap(a, VA + SPAN + 8 * PAGE_SIZE, PAGE_SIZE);
	return err;
}

TEST(memory_failing_at_every_frame_of_a_clone_loses_nothing)
{
	int err = -E_NOMEM;
	long n = 0;

	for (; err; n++) {
		open(1024);
		write(a, 0, 'a');
		write(a, 1, 'b');
		write(a, 521, 'c');
		frame_fail_after(n);
		err = life();
		frame_fail_after(-1);
		CHECK(err == 0 || err == -E_NOMEM);
		CHECK_EQ(read(a, 0), 'a');
		CHECK_EQ(read(a, 521), 'c');
		if (b)
			CHECK_EQ(read(b, 1), 'b');
		close();
		CHECK(n < 32);
	}
	CHECK(n > 5);
}

TEST(memory_failing_at_every_structure_of_a_clone_loses_nothing)
{
	int err = -E_NOMEM;
	uint64_t n = 0;

	for (; err; n++) {
		open(1024);
		write(a, 0, 'a');
		slab_fail_after(n);
		err = life();
		slab_fail_after(SLAB_NEVER);
		CHECK(err == 0 || err == -E_NOMEM);
		CHECK_EQ(read(a, 0), 'a');
		close();
		CHECK(n < 32);
	}
	CHECK(n > 1);
}
