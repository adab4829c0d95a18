/* SPDX-License-Identifier: BSD-2-Clause */
/* object_test.c - objects of every simple kind, shared and private. */
#include "abi/error.h"
#include "mm/fault.h"
#include "mm/frame_boot.h"
#include "mm/mm.h"
#include "mm/object.h"
#include "mm/private.h"
#include "tests/test.h"
#include "tests/unit/quiet.h"

#define RW (PROT_R | PROT_W)
#define VA GiB

static struct space *a, *b;

static void open_spaces(void)
{
	a = space_create();
	b = space_create();
	CHECK(a && b);
}

static void close_spaces(void)
{
	quiet_check();
	space_put(a);
	space_put(b);
}

static int map(struct space *s, struct object *o, unsigned prot, unsigned max,
	       unsigned flags)
{
	va_t va = VA;

	return space_map_object(s, &va, o->pages * PAGE_SIZE, prot, max,
				MAP_FIXED | flags, o, 0);
}

static pte_t leaf(struct space *s, va_t va)
{
	int level;

	return mmu_query(&s->mmu, va, &level);
}

static unsigned prot_of(struct space *s, va_t va)
{
	return pte_prot(leaf(s, va)) & ~MMU_U;
}

static char *bytes(struct space *s, va_t va)
{
	return pa_to_va(pte_pa(leaf(s, va)));
}

TEST(two_spaces_share_the_pages_of_an_anonymous_object)
{
	struct object *o = object_anonymous(4);

	open_spaces();
	CHECK_EQ(map(a, o, RW, RW, MAP_SHARED), 0);
	CHECK_EQ(map(b, o, RW, RW, MAP_SHARED), 0);
	CHECK_EQ(fault_resolve(a, VA + PAGE_SIZE, PROT_R), 0);
	CHECK_EQ(prot_of(a, VA + PAGE_SIZE), RW); /* at once: no second fault */
	CHECK_EQ(bytes(a, VA + PAGE_SIZE)[9], 0);
	bytes(a, VA + PAGE_SIZE)[9] = 'x';
	CHECK_EQ(fault_resolve(b, VA + PAGE_SIZE, PROT_W), 0);
	CHECK_EQ(bytes(b, VA + PAGE_SIZE)[9], 'x');
	CHECK_EQ(pte_pa(leaf(a, VA + PAGE_SIZE)),
		 pte_pa(leaf(b, VA + PAGE_SIZE)));
	CHECK_EQ(o->resident, 1);
	CHECK_EQ(a->counts.faults + b->counts.faults, 2);
	object_put(o);
	close_spaces();
}

TEST(shared_pages_stay_when_a_mapping_goes_and_go_with_the_object)
{
	struct object *o = object_anonymous(600);
	uint64_t before;

	open_spaces();
	CHECK_EQ(map(a, o, RW, RW, MAP_SHARED), 0);
	CHECK_EQ(map(b, o, PROT_R, RW, MAP_SHARED), 0);
	before = frames_free();
	for (unsigned i = 0; i < 600; i++)
		CHECK_EQ(fault_resolve(a, VA + i * PAGE_SIZE, PROT_W), 0);
	bytes(a, VA + 599 * PAGE_SIZE)[0] = 'k';
	CHECK_EQ(space_unmap(a, VA, 600 * PAGE_SIZE), 0);
	CHECK_EQ(o->resident, 600);
	CHECK_EQ(fault_resolve(b, VA + 599 * PAGE_SIZE, PROT_R), 0);
	CHECK_EQ(bytes(b, VA + 599 * PAGE_SIZE)[0], 'k');
	CHECK(frames_free() + 600 <= before);
	object_put(o); /* b's region has it still */
	quiet_check();
	CHECK_EQ(space_unmap(b, VA, 600 * PAGE_SIZE), 0);
	close_spaces();
}

TEST(a_mapping_never_gets_more_than_its_limit)
{
	struct object *o = object_anonymous(2);

	open_spaces();
	CHECK_EQ(map(a, o, RW, PROT_R, MAP_SHARED), -E_ACCES);
	CHECK_EQ(map(a, o, PROT_R, PROT_R, MAP_SHARED), 0);
	CHECK_EQ(fault_resolve(a, VA, PROT_R), 0);
	CHECK_EQ(prot_of(a, VA), PROT_R);
	CHECK_EQ(fault_resolve(a, VA, PROT_W), -E_ACCES);
	CHECK_EQ(space_protect(a, VA, PAGE_SIZE, RW), -E_ACCES);
	CHECK_EQ(space_protect(a, VA, PAGE_SIZE, PROT_R | PROT_X), -E_ACCES);
	object_put(o);
	close_spaces();
}

TEST(protection_taken_and_given_back_keeps_the_shared_page)
{
	struct object *o = object_anonymous(1);
	pa_t pa;

	open_spaces();
	CHECK_EQ(map(a, o, RW, RW, MAP_SHARED), 0);
	CHECK_EQ(fault_resolve(a, VA, PROT_W), 0);
	pa = pte_pa(leaf(a, VA));
	CHECK_EQ(space_protect(a, VA, PAGE_SIZE, PROT_R), 0);
	CHECK_EQ(fault_resolve(a, VA, PROT_W), -E_ACCES);
	CHECK_EQ(space_protect(a, VA, PAGE_SIZE, RW), 0);
	CHECK_EQ(prot_of(a, VA), PROT_R); /* a write asks the object */
	CHECK_EQ(fault_resolve(a, VA, PROT_W), 0);
	CHECK_EQ(prot_of(a, VA), RW);
	CHECK_EQ(space_protect(a, VA, PAGE_SIZE, PROT_NONE), 0);
	quiet_check();
	CHECK_EQ(space_protect(a, VA, PAGE_SIZE, RW), 0);
	CHECK_EQ(fault_resolve(a, VA, PROT_W), 0);
	CHECK_EQ(pte_pa(leaf(a, VA)), pa);
	CHECK_EQ(prot_of(a, VA), RW);
	object_put(o);
	close_spaces();
}

TEST(a_private_view_of_shared_memory_copies_what_it_writes)
{
	struct object *o = object_anonymous(2);

	open_spaces();
	CHECK_EQ(map(a, o, RW, RW, MAP_SHARED), 0);
	CHECK_EQ(map(b, o, RW, PROT_ALL, 0), 0);
	CHECK_EQ(fault_resolve(a, VA, PROT_W), 0);
	bytes(a, VA)[0] = '1';
	CHECK_EQ(fault_resolve(b, VA, PROT_R), 0);
	CHECK_EQ(prot_of(b, VA), PROT_R);
	bytes(a, VA)[0] = '2';
	CHECK_EQ(bytes(b, VA)[0], '2'); /* not written yet: the object's */
	CHECK_EQ(fault_resolve(b, VA, PROT_W), 0);
	CHECK(private_frame(leaf(b, VA)) != NULL);
	bytes(b, VA)[0] = '3';
	CHECK_EQ(bytes(a, VA)[0], '2');
	CHECK_EQ(fault_resolve(b, VA + PAGE_SIZE, PROT_W), 0); /* at once */
	CHECK_EQ(b->counts.copied, 2);
	CHECK_EQ(b->counts.shown, 1);
	object_put(o);
	close_spaces();
}

TEST(past_the_end_of_a_shared_object_there_is_nothing)
{
	struct object *o = object_anonymous(1);
	va_t va = VA;

	open_spaces();
	CHECK_EQ(space_map_object(a, &va, 4 * PAGE_SIZE, RW, RW,
				  MAP_FIXED | MAP_SHARED, o, 0),
		 0);
	CHECK_EQ(fault_resolve(a, VA, PROT_W), 0);
	CHECK_EQ(fault_resolve(a, VA + PAGE_SIZE, PROT_W), -E_FAULT);
	CHECK_EQ(fault_resolve(a, VA + PAGE_SIZE, PROT_R), -E_FAULT);
	va = 2 * GiB;
	CHECK_EQ(space_map_object(a, &va, PAGE_SIZE, RW, RW,
				  MAP_FIXED | MAP_SHARED, o, 1),
		 -E_INVAL);
	CHECK_EQ(space_map_object(a, &va, PAGE_SIZE, RW, RW,
				  MAP_FIXED | MAP_SHARED | MAP_GROW_DOWN, o, 0),
		 -E_INVAL);
	object_put(o);
	close_spaces();
}

TEST(the_last_page_of_the_largest_object_takes_five_frames)
{
	struct object *o = object_anonymous(OBJECT_PAGES_MAX);
	uint64_t before = frames_free();
	struct object_view v;

	CHECK_EQ(object_show(o, OBJECT_PAGES_MAX - 1, PROT_W, &v), 0);
	CHECK_EQ(frames_free(), before - 5);
	CHECK_EQ(object_show(o, OBJECT_PAGES_MAX, PROT_W, &v), -E_FAULT);
	object_put(o);
	CHECK_EQ(frames_free(), before);
}

/* ---- for devices ------------------------------------------------------- */

TEST(dma_memory_is_zeroed_contiguous_and_stays_where_it_is)
{
	struct object *o = object_dma(5);

	open_spaces();
	CHECK(o != NULL);
	CHECK(is_aligned(o->base, 8 * PAGE_SIZE));
	CHECK_EQ(map(a, o, RW, RW, MAP_SHARED), 0);
	for (unsigned i = 0; i < 5; i++) {
		va_t va = VA + i * PAGE_SIZE;

		CHECK_EQ(fault_resolve(a, va, PROT_R), 0);
		CHECK_EQ(pte_pa(leaf(a, va)), o->base + i * PAGE_SIZE);
		CHECK_EQ(prot_of(a, va), RW);
		for (unsigned k = 0; k < PAGE_SIZE; k++)
			CHECK_EQ(bytes(a, va)[k], 0);
	}
	CHECK_EQ(object_page(o, 5), 0);
	object_put(o);
	close_spaces();
}

TEST(registers_are_shown_shared_and_never_to_execute)
{
	struct object *o;
	int err;

	open_spaces();
	o = object_device(0x10000004, 16, &err); /* part of a page */
	CHECK(o != NULL);
	CHECK_EQ(o->pages, 1);
	CHECK_EQ(o->base, 0x10000000);
	CHECK_EQ(map(a, o, RW, RW, 0), -E_INVAL);
	CHECK_EQ(map(a, o, RW, PROT_ALL, MAP_SHARED), -E_INVAL);
	CHECK_EQ(map(a, o, RW, RW, MAP_SHARED), 0);
	CHECK_EQ(fault_resolve(a, VA, PROT_X), -E_ACCES);
	CHECK_EQ(fault_resolve(a, VA, PROT_W), 0);
	CHECK_EQ(pte_pa(leaf(a, VA)), 0x10000000);
	CHECK_EQ(prot_of(a, VA), RW);
	CHECK_EQ(space_protect(a, VA, PAGE_SIZE, PROT_R | PROT_X), -E_ACCES);
	object_put(o);
	close_spaces();
}

TEST(registers_that_are_ram_or_nowhere_are_refused)
{
	pa_t end = frame_base + (frame_count << PAGE_SHIFT);
	const struct {
		pa_t pa;
		uint64_t bytes;
		int err;
	} rows[] = {
		{frame_base, 1, -E_ACCES},
		{frame_base - 1, 2, -E_ACCES},
		{end - 1, 1, -E_ACCES},
		{end, 0, -E_INVAL},
		{0, 1ul << 56, -E_ACCES},
		{1ul << 56, 1, -E_INVAL},
		{(1ul << 56) - 1, 2, -E_INVAL},
		{PAGE_SIZE, ~0ul, -E_INVAL},
		{~0ul, 2, -E_INVAL},
	};
	int err;

	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		CHECK(object_device(rows[i].pa, rows[i].bytes, &err) == NULL);
		CHECK_EQ(err, rows[i].err);
	}
}

/* ---- memory failing at every n --------------------------------------------- */

/* Makes, maps and touches, as far as memory goes; then undoes it. */
static int life_of_objects(void)
{
	struct object *o = object_anonymous(1000), *d = object_dma(2);
	int err = -E_NOMEM;

	a = space_create();
	if (o && d && a)
		err = map(a, o, RW, RW, MAP_SHARED);
	if (!err)
		err = fault_resolve(a, VA, PROT_W);
	if (!err)
		err = fault_resolve(a, VA + 999 * PAGE_SIZE, PROT_R);
	if (!err)
		err = space_protect(a, VA + PAGE_SIZE, PAGE_SIZE, PROT_R);
	if (!err)
		err = space_unmap(a, VA + 4 * PAGE_SIZE, PAGE_SIZE);
	quiet_check();
	if (a)
		space_put(a);
	if (o)
		object_put(o);
	if (d)
		object_put(d);
	return err;
}

TEST(objects_lose_nothing_when_memory_fails_at_every_frame)
{
	uint64_t before = quiet_frames();
	int err = -E_NOMEM;
	long n = 0;

	for (; err; n++) {
		frame_fail_after(n);
		err = life_of_objects();
		frame_fail_after(-1);
		CHECK_EQ(quiet_frames(), before);
		CHECK(err == 0 || err == -E_NOMEM);
		CHECK(n < 40);
	}
	CHECK(n > 8);
}

TEST(objects_lose_nothing_when_memory_fails_at_every_structure)
{
	uint64_t before = quiet_frames(), n = 0;
	int err = -E_NOMEM;

	for (; err; n++) {
		slab_fail_after(n);
		err = life_of_objects();
		slab_fail_after(SLAB_NEVER);
		CHECK_EQ(quiet_frames(), before);
		CHECK(n < 40);
	}
	CHECK(n > 4);
}
