/* SPDX-License-Identifier: BSD-2-Clause */
/* ending_test.c - what nobody holds any more ends in steps. */
#include "abi/error.h"
#include "mm/ending.h"
#include "mm/fault.h"
#include "mm/frame_boot.h"
#include "mm/grace.h"
#include "mm/object.h"
#include "mm/slab.h"
#include "mm/space.h"
#include "task/task.h"
#include "tests/test.h"
#include "tests/unit/mm/paging.h"
#include "tests/unit/quiet.h"

#define PAGES 1000ul

static struct space *touched(struct object *o, va_t *at)
{
	struct space *s = space_create();
	va_t va = 0;

	CHECK(s != NULL);
	CHECK_EQ(space_map_object(s, &va, PAGES * PAGE_SIZE, RW, RW, MAP_SHARED,
				  o, 0),
		 0);
	for (uint64_t i = 0; i < PAGES; i++)
		CHECK_EQ(fault_resolve(s, va + i * PAGE_SIZE, PROT_W), 0);
	*at = va;
	return s;
}

/* Steps until nothing is left; none gives back more than it should. */
static unsigned steps_to_the_end(void)
{
	uint64_t before = frames_free();
	unsigned n = 0;

	for (; ending_has_work(); n++) {
		ending_step();
		CHECK(frames_free() - before <= ENDING_PAGES + ENDING_SMALL);
		before = frames_free();
	}
	return n;
}

TEST(an_object_gives_its_frames_back_in_steps)
{
	uint64_t all = quiet_frames(), before;
	struct object *o = object_anonymous(PAGES);
	struct space *s;
	va_t va;

	s = touched(o, &va);
	CHECK_EQ(space_unmap(s, va, PAGES * PAGE_SIZE), 0);
	before = frames_free();
	object_put(o);
	CHECK(frames_free() - before <= ENDING_PAGES);
	CHECK(ending_has_work() && ending_anywhere());
	CHECK(steps_to_the_end() >= PAGES / ENDING_PAGES);
	CHECK(!ending_anywhere());
	CHECK(frames_free() - before >= PAGES);
	space_put(s);
	CHECK_EQ(quiet_frames(), all);
}

TEST(a_space_gives_pages_regions_and_tables_back_in_steps)
{
	uint64_t all = quiet_frames();
	struct space *s = space_create();
	va_t va = 0;

	CHECK_EQ(space_map(s, &va, PAGES * PAGE_SIZE, RW, 0, NULL, 0), 0);
	for (uint64_t i = 0; i < PAGES; i++)
		CHECK_EQ(fault_resolve(s, va + i * PAGE_SIZE, PROT_W), 0);
	for (uint64_t i = 1; i <= 50; i++) { /* two tables each */
		va = i * GiB;
		CHECK_EQ(space_map(s, &va, PAGE_SIZE, RW, MAP_FIXED, NULL, 0),
			 0);
		CHECK_EQ(fault_resolve(s, va, PROT_W), 0);
	}
	space_put(s);
	CHECK(steps_to_the_end() > PAGES / ENDING_PAGES);
	CHECK_EQ(quiet_frames(), all);
}

TEST(what_is_put_while_others_wait_for_their_next_step_ends_later)
{
	uint64_t all = quiet_frames();
	struct object *o = object_anonymous(PAGES), *small;
	struct space *s;
	va_t va;

	s = touched(o, &va);
	CHECK_EQ(space_unmap(s, va, PAGES * PAGE_SIZE), 0);
	small = object_anonymous(1);
	object_put(o);
	CHECK(ending_has_work());
	object_put(small);
	CHECK_EQ(small->kobject.dead, 0); /* locks may be held: not now */
	steps_to_the_end();
	CHECK_EQ(small->kobject.dead, 1);
	space_put(s);
	CHECK_EQ(quiet_frames(), all);
}

TEST(a_pager_leaves_an_object_that_has_begun_to_end)
{
	struct object *o;

	paging_open(2 * ENDING_PAGES, 4, 0);
	o = paging.object;
	for (uint64_t i = 0; i < o->pages; i++)
		paging_bring(i, 'x');
	for (unsigned i = 0; i < 2; i++)
		space_put(paging.client[i]);
	while (ending_has_work())
		ending_step();
	paging.client[0] = paging.client[1] = NULL;
	paging.object = NULL;
	object_put(o);
	CHECK(ending_has_work());
	CHECK(o->pager == NULL); /* before the pager can go */
	pager_die(paging.pager);
	paging_close();
}

TEST(a_more_urgent_thread_is_not_made_to_do_the_work)
{
	struct object *o = object_anonymous(PAGES);
	struct space *s;
	va_t va;

	s = touched(o, &va);
	CHECK_EQ(space_unmap(s, va, PAGES * PAGE_SIZE), 0);
	object_put(o); /* by nobody: as urgent as a thread is by default */
	CHECK(ending_has_work());
	for (int i = 0; i < 100; i++)
		ending_interrupt(PRIORITY_DEFAULT + 1);
	CHECK(ending_has_work());
	for (int i = 0; i < 100; i++)
		ending_interrupt(PRIORITY_DEFAULT);
	CHECK(!ending_has_work());
	space_put(s);
	grace_flush();
}

/* ---- ranges ---------------------------------------------------------------- */

static va_t mapped(struct space *s, uint64_t pages)
{
	va_t va = 0;

	CHECK_EQ(space_map(s, &va, pages * PAGE_SIZE, RW, 0, NULL, 0), 0);
	for (uint64_t i = 0; i < pages; i++)
		CHECK_EQ(fault_resolve(s, va + i * PAGE_SIZE, PROT_W), 0);
	return va;
}

static unsigned regions(struct space *s, struct region_info *list)
{
	return (unsigned)space_list(s, 0, list, 4);
}

TEST(what_is_mapped_behind_an_unmap_in_progress_stays)
{
	struct space *s = space_create();
	uint64_t len = PAGES * PAGE_SIZE;
	va_t start = mapped(s, PAGES), va = start, new = start;
	struct region_info list[4];

	CHECK_EQ(space_unmap_step(s, &va, &len, 0), 0);
	CHECK(len > 0 && va > start && va + len == start + PAGES * PAGE_SIZE);
	CHECK_EQ(fault_resolve(s, start, PROT_R), -E_FAULT);
	CHECK_EQ(fault_resolve(s, va, PROT_R), 0);
	CHECK_EQ(space_map(s, &new, PAGE_SIZE, RW, MAP_FIXED, NULL, 0), 0);
	while (len)
		CHECK_EQ(space_unmap_step(s, &va, &len, 0), 0);
	CHECK_EQ(regions(s, list), 1);
	CHECK_EQ(list[0].start, start);
	quiet_check();
	space_put(s);
}

TEST(a_long_protect_takes_steps_and_leaves_one_region)
{
	struct space *s = space_create();
	uint64_t len = 3 * PAGES * PAGE_SIZE;
	va_t start = mapped(s, 3 * PAGES), va = start;
	struct region_info list[4];
	unsigned n = 0;

	for (; len; n++) {
		CHECK_EQ(space_protect_step(s, &va, &len, PROT_R), 0);
		quiet_check();
	}
	CHECK(n > 1);
	for (va = start; va < start + 3 * PAGES * PAGE_SIZE; va += PAGE_SIZE)
		CHECK_EQ(fault_resolve(s, va, PROT_W), -E_ACCES);
	CHECK_EQ(space_list(s, start, list, 1), 1);
	CHECK_EQ(list[0].prot, PROT_R);
	CHECK(region_next(&s->regions, 0)->end ==
	      start + 3 * PAGES * PAGE_SIZE);
	CHECK_EQ(s->regions.count, 1);
	space_put(s);
}

/* A hole behind the first step: what lies before it is done. */
TEST(an_error_leaves_what_is_left_to_do)
{
	struct space *s = space_create();
	uint64_t len = 3 * PAGES * PAGE_SIZE;
	va_t start = mapped(s, 3 * PAGES), va = start;
	int err;

	CHECK_EQ(space_unmap(s, start + 2 * PAGES * PAGE_SIZE, PAGE_SIZE), 0);
	do
		err = space_protect_step(s, &va, &len, PROT_R);
	while (!err && len);
	CHECK_EQ(err, -E_NOMEM);
	CHECK(va > start && va + len == start + 3 * PAGES * PAGE_SIZE);
	CHECK_EQ(fault_resolve(s, va - PAGE_SIZE, PROT_W), -E_ACCES);
	CHECK_EQ(fault_resolve(s, va + PAGE_SIZE, PROT_W), 0);
	quiet_check();
	space_put(s);
}

TEST(a_region_with_very_many_pages_is_listed_in_parts)
{
	struct space *s = space_create();
	va_t start = mapped(s, 3 * PAGES), from = start;
	struct region_info part;
	uint64_t resident = 0;
	unsigned n = 0;

	for (; space_list(s, from, &part, 1) == 1; n++) {
		CHECK_EQ(part.start, from);
		resident += part.resident;
		from = part.end;
		CHECK_EQ(!(part.flags & MAP_PART),
			 from == start + 3 * PAGES * PAGE_SIZE);
	}
	CHECK(n > 1);
	CHECK_EQ(resident, 3 * PAGES);
	CHECK_EQ(from, start + 3 * PAGES * PAGE_SIZE);
	space_put(s);
}

/* Very many regions, with hardly a page: the region is what costs. */
TEST(many_small_regions_are_unmapped_in_steps)
{
	struct space *s = space_create();
	uint64_t len = 400 * PAGE_SIZE;
	va_t va;
	unsigned n = 0;

	for (uint64_t i = 0; i < 200; i++) {
		va = GiB + 2 * i * PAGE_SIZE;
		CHECK_EQ(space_map(s, &va, PAGE_SIZE, RW, MAP_FIXED, NULL, 0),
			 0);
	}
	for (va = GiB; len; n++) {
		uint64_t before = s->regions.count;

		CHECK_EQ(space_unmap_step(s, &va, &len, 0), 0);
		CHECK(before - s->regions.count <= ENDING_SMALL);
	}
	CHECK(n >= 200 / ENDING_SMALL);
	CHECK_EQ(s->regions.count, 0);
	space_put(s);
}

/* No memory for the part that would stay: then as a whole, which needs none. */
TEST(an_unmap_needs_no_memory_for_its_steps)
{
	struct space *s = space_create();
	va_t start = mapped(s, PAGES), va = start + PAGE_SIZE;
	uint64_t len = (PAGES - 1) * PAGE_SIZE;

	slab_fail_after(0);
	CHECK_EQ(space_unmap_step(s, &va, &len, 0), 0);
	slab_fail_after(SLAB_NEVER);
	CHECK_EQ(len, 0);
	CHECK_EQ(s->regions.count, 1);
	quiet_check();
	space_put(s);
}
