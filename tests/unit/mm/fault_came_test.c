/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fault_came_test.c - a page that a pager has brought, shown to who waits for it
 * by who answers: fault_page_came_locked() of mm/fault.h.
 */
#include "mm/span.h"
#include "tests/unit/mm/paging.h"
#include "tests/unit/quiet.h"

/* Which of the two the client's space has found last: a region, a leaf table. */
static bool is_near_region, is_near_table;

/* Near is also who has the region above at hand, and no other. */
static void find_first(struct space *s, va_t va)
{
	s->regions.last = NULL;
	s->mmu.last_span = MMU_NO_SPAN;
	s->mmu.last_leaves = NULL;
	if (is_near_region && !region_find(&s->regions, va))
		region_find(&s->regions, va + PAGE_SIZE);
	if (is_near_table)
		CHECK(mmu_leaf_slot(&s->mmu, va) != NULL);
}

static void all_ways(void (*test)(void))
{
	for (unsigned i = 0; i < 4; i++) {
		is_near_region = i & 1;
		is_near_table = i & 2;
		test();
	}
}

/* As if a thread of the client had waited for page `index` of the object. */
static bool came(unsigned client, va_t va, uint64_t index, unsigned access)
{
	struct space *s = paging.client[client];
	bool busy = s->lock.held;
	pte_t *slot;

	s->lock.held = 0;
	lock_take(&s->lock); /* its fault has made the tables */
	CHECK_EQ(span_slot_locked(s, va, &slot), 0);
	find_first(s, va);
	lock_drop(&s->lock);
	s->lock.held = busy;
	lock_take(&paging.object->lock);
	fault_page_came_locked(s, va | access, paging.object,
			       object_frame_locked(paging.object, index));
	lock_drop(&paging.object->lock);
	quiet_check();
	return paging_leaf(s, va) != 0;
}

static void shown_where_touched(void)
{
	uint64_t faults;

	paging_open(4, 4, 0);
	paging_bring(0, 'p');
	faults = paging.client[1]->counts.faults;
	CHECK(came(1, page_va(0), 0, PROT_R));
	CHECK_EQ(paging_prot(paging.client[1], page_va(0)), PROT_R);
	CHECK_EQ(paging_bytes(paging.client[1], page_va(0))[9], 'p');
	CHECK_EQ(paging_flags(0), PAGE_HERE);
	CHECK_EQ(paging.client[1]->counts.faults, faults);
	paging_bring(1, 'q');
	CHECK(came(1, page_va(1), 1, PROT_W));
	CHECK_EQ(paging_prot(paging.client[1], page_va(1)), RW);
	CHECK_EQ(paging_flags(1), PAGE_HERE | PAGE_DIRTY);
	paging_close();
}

TEST(a_page_that_came_is_shown_where_it_was_touched)
{
	all_ways(shown_where_touched);
}

static void not_shown_unpermitted(void)
{
	struct space *s;
	va_t va = page_va(8);
	struct object *o = object_anonymous(4);

	paging_open(8, 4, 0);
	s = paging.client[1];
	for (unsigned i = 0; i < 6; i++)
		paging_bring(i, 'p');
	CHECK_EQ(space_unmap(s, page_va(0), PAGE_SIZE), 0);
	CHECK(!came(1, page_va(0), 0, PROT_R));
	CHECK(!came(1, page_va(2), 1, PROT_R)); /* another page's place */
	CHECK_EQ(space_protect(s, page_va(1), PAGE_SIZE, PROT_R), 0);
	CHECK(!came(1, page_va(1), 1, PROT_W));
	CHECK_EQ(paging_flags(1), PAGE_HERE);
	CHECK_EQ(space_protect(s, page_va(2), PAGE_SIZE, PROT_NONE), 0);
	CHECK(!came(1, page_va(2), 2, PROT_R));
	CHECK_EQ(space_map_object(s, &va, 4 * PAGE_SIZE, RW, RW,
				  MAP_FIXED | MAP_SHARED, o, 0),
		 0);
	CHECK(!came(1, va, 0, PROT_R)); /* another object's */
	s->lock.held = 1;		/* by another hart */
	CHECK(!came(1, page_va(3), 3, PROT_R));
	s->lock.held = 0;
	object_put(o);
	paging_close();
}

TEST(a_page_that_came_is_not_shown_where_nothing_permits_it)
{
	all_ways(not_shown_unpermitted);
}

static void left_to_the_fault(void)
{
	struct space *s;
	va_t va = page_va(8);
	pte_t leaf;

	paging_open(4, 4, 0);
	s = paging.client[1];
	paging_bring(0, 'p');
	paging_bring(1, 'q');
	CHECK_EQ(paging_revoke(1, 1, PROT_R), 0);
	CHECK(!came(1, page_va(1), 1, PROT_W)); /* the pager is to be asked */
	CHECK_EQ(space_map_object(s, &va, 2 * PAGE_SIZE, RW, RW, MAP_FIXED,
				  paging.object, 0),
		 0);
	CHECK(!came(1, va, 0, PROT_W)); /* a copy takes a frame */
	CHECK(came(1, va, 0, PROT_R));
	CHECK_EQ(paging_prot(s, va), PROT_R);
	CHECK_EQ(fault_resolve(s, va + PAGE_SIZE, PROT_W), 0);
	leaf = paging_leaf(s, va + PAGE_SIZE);
	CHECK(came(1, va + PAGE_SIZE, 1, PROT_R)); /* the copy stays */
	CHECK_EQ(paging_leaf(s, va + PAGE_SIZE), leaf);
	CHECK_EQ(space_protect(s, page_va(0), PAGE_SIZE, PROT_R | PROT_X), 0);
	CHECK(!came(1, page_va(0), 0, PROT_R)); /* code is made visible */
	paging_close();
}

/* The place was unmapped meanwhile, and mapped again. */
TEST(a_page_that_came_is_left_to_the_fault_where_there_is_no_table)
{
	struct space *s;

	paging_open(4, 4, 0);
	s = paging.client[1];
	paging_bring(0, 'p');
	lock_take(&paging.object->lock);
	fault_page_came_locked(s, page_va(0) | PROT_R, paging.object,
			       object_frame_locked(paging.object, 0));
	lock_drop(&paging.object->lock);
	CHECK_EQ(s->lock.held, 0);
	CHECK_EQ(paging_entry(s, page_va(0)), 0);
	CHECK_EQ(touch(1, 0, PROT_R), 0);
	paging_close();
}

TEST(a_page_that_came_is_left_to_the_fault_where_more_is_to_be_done)
{
	all_ways(left_to_the_fault);
}

static void told_as_dirty(void)
{
	struct pager_request q;

	paging_open(4, 1, PAGER_TELL_DIRTY);
	paging_bring(0, 'p');
	CHECK(came(1, page_va(0), 0, PROT_R));
	CHECK(paging_idle());
	paging_bring(1, 'q');
	CHECK(came(1, page_va(1), 1, PROT_W));
	q = paging_next();
	CHECK_EQ(q.kind, PAGER_DIRTY);
	CHECK_EQ(q.index, 1);
	CHECK_EQ(paging_flags(1), PAGE_HERE | PAGE_DIRTY | PAGE_TELLING);
	CHECK_EQ(paging_done(&q), 0);
	paging_close();
}

TEST(a_page_that_came_to_be_written_is_told_as_dirty)
{
	all_ways(told_as_dirty);
}
