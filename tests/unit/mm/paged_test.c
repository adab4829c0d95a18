/* SPDX-License-Identifier: BSD-2-Clause */
/* paged_test.c - the states of a page, in the order of the picture in paged.h.
 */
#include "mm/paged.h"
#include "mm/private.h"
#include "mm/rmap.h"
#include "tests/unit/mm/paging.h"
#include "tests/unit/quiet.h"

TEST(a_long_sync_goes_in_steps)
{
	uint64_t at = 0, n = 600, dirty;
	struct pager_request q;
	unsigned steps = 0;
	int err;

	paging_open(n, 64, 0);
	for (uint64_t i = 0; i < n; i++) {
		paging_bring(i, 'p');
		CHECK_EQ(touch(0, i, PROT_W), 0);
	}
	do {
		dirty = paging.object->dirty;
		err = object_sync(paging.object, 0, n, &at);
		CHECK(dirty - paging.object->dirty <= 128);
		steps++;
	} while (err == -E_STEP);
	CHECK_EQ(err, -E_WAIT);
	CHECK(steps >= 4);
	CHECK_EQ(paging.object->dirty, 0);
	for (uint64_t i = 0; i < n; i++) {
		q = paging_next();
		CHECK_EQ(q.kind, PAGER_WRITEBACK);
		CHECK_EQ(paging_done(&q), 0);
	}
	for (steps = 0; (err = object_sync(paging.object, 0, n, &at)); steps++)
		CHECK_EQ(err, -E_STEP);
	CHECK(steps >= 1);
	CHECK(paging_idle());
	paging_close();
}

/* object_sync() of the whole object, from its start. */
static int sync(void)
{
	uint64_t at = 0;

	return paging_sync(paging.object->pages, &at);
}

TEST(a_first_touch_asks_once_and_waits)
{
	struct pager_request q;

	paging_open(4, 8, 0);
	CHECK_EQ(touch(0, 2, PROT_R), -E_WAIT);
	q = paging_next();
	CHECK_EQ(q.kind, PAGER_PAGEIN);
	CHECK_EQ(q.key, KEY);
	CHECK_EQ(q.index, 2);
	CHECK_EQ(q.count, 1);
	CHECK_EQ(q.access, PROT_R);
	CHECK_EQ(touch(0, 2, PROT_W), -E_WAIT);
	CHECK_EQ(touch(1, 2, PROT_R), -E_WAIT);
	CHECK(paging_idle());
	CHECK_EQ(paging_flags(2), PAGE_COMING);
	CHECK_EQ(touch(0, 4, PROT_R), -E_FAULT); /* the region's end */
	paging_close();
}

TEST(a_supplied_page_is_shown_to_all_and_clean)
{
	uint64_t faults;

	paging_open(4, 8, 0);
	paging_bring(1, 'p');
	faults = paging.client[1]->counts.faults;
	CHECK_EQ(touch(1, 1, PROT_R), 0);
	CHECK_EQ(paging.client[1]->counts.faults, faults + 1);
	CHECK_EQ(paging_bytes(paging.client[0], page_va(1))[17], 'p');
	CHECK_EQ(pte_pa(paging_leaf(paging.client[0], page_va(1))),
		 pte_pa(paging_leaf(paging.client[1], page_va(1))));
	CHECK_EQ(paging_prot(paging.client[1], page_va(1)), PROT_R);
	CHECK_EQ(paging_flags(1), PAGE_HERE);
	CHECK(paging_idle());
	paging_close();
}

TEST(the_first_write_makes_a_page_dirty_and_the_second_costs_nothing)
{
	paging_open(4, 8, 0);
	paging_bring(0, 'p');
	CHECK_EQ(touch(0, 0, PROT_W), 0);
	CHECK_EQ(paging_flags(0), PAGE_HERE | PAGE_DIRTY);
	CHECK_EQ(paging_prot(paging.client[0], page_va(0)), RW);
	CHECK_EQ(paging.object->dirty, 1);
	CHECK(paging_idle()); /* it did not ask to be told */
	CHECK_EQ(touch(1, 0, PROT_R), 0);
	CHECK_EQ(paging_prot(paging.client[1], page_va(0)), RW);
	paging_close();
}

TEST(a_write_to_an_absent_page_asks_and_then_dirties_in_one_fault)
{
	struct pager_request q;

	paging_open(1, 1, 0);
	CHECK_EQ(touch(0, 0, PROT_W), -E_WAIT);
	q = paging_next();
	CHECK_EQ(q.access, PROT_W);
	CHECK_EQ(paging_supply(&q, RW), 0);
	CHECK_EQ(touch(0, 0, PROT_W), 0);
	CHECK_EQ(paging_prot(paging.client[0], page_va(0)), RW);
	CHECK_EQ(paging.client[0]->counts.faults, 2);
	paging_close();
}

TEST(sync_cleans_every_mapping_and_shows_the_pager_what_was_written)
{
	struct pager_request q;
	uint64_t at = 0;

	paging_open(4, 8, 0);
	paging_bring(3, 'p');
	CHECK_EQ(sync(), 0); /* nothing is dirty */
	CHECK_EQ(touch(0, 3, PROT_W), 0);
	CHECK_EQ(touch(1, 3, PROT_W), 0);
	paging_bytes(paging.client[1], page_va(3))[5] = 'w';
	CHECK_EQ(object_sync(paging.object, 0, 4, &at), -E_WAIT);
	CHECK_EQ(paging_prot(paging.client[0], page_va(3)), PROT_R);
	CHECK_EQ(paging_prot(paging.client[1], page_va(3)), PROT_R);
	CHECK_EQ(paging_flags(3), PAGE_HERE | PAGE_WRITING);
	q = paging_next();
	CHECK_EQ(q.kind, PAGER_WRITEBACK);
	CHECK_EQ(q.index, 3);
	CHECK_EQ(paging_bytes(paging.home, q.address)[5], 'w');
	CHECK_EQ(paging_prot(paging.home, q.address), PROT_R);
	CHECK_EQ(object_sync(paging.object, 0, 4, &at), -E_WAIT);
	CHECK(paging_idle());
	quiet_check();
	CHECK_EQ(paging_done(&q), 0);
	CHECK_EQ(object_sync(paging.object, 0, 4, &at), 0);
	CHECK_EQ(paging_flags(3), PAGE_HERE);
	CHECK_EQ(paging.object->dirty, 0);
	CHECK_EQ(touch(0, 3, PROT_W), 0); /* dirty again */
	CHECK_EQ(paging.object->dirty, 1);
	paging_close();
}

TEST(sync_takes_one_flush_a_space_for_all_its_pages)
{
	uint64_t before;

	paging_open(32, 32, 0);
	for (unsigned i = 0; i < 32; i++) {
		paging_bring(i, 'p');
		CHECK_EQ(touch(0, i, i == 5 ? PROT_R : PROT_W), 0);
	}
	paging_ran_here(paging.client[0]);
	before = paging_fences();
	CHECK_EQ(sync(), -E_WAIT);
	CHECK_EQ(paging_fences(), before + 1);
	for (unsigned i = 0; i < 32; i++)
		if (i != 5) /* which is clean */
			CHECK_EQ(paging_next().index, i);
	CHECK(paging_idle());
	paging_close();
}

/* Else it would wait for its writer for ever. */
TEST(sync_does_not_write_again_what_is_dirtied_behind_it)
{
	struct pager_request q;
	uint64_t at = 0;

	paging_open(2, 8, 0);
	paging_bring(0, 'p');
	CHECK_EQ(touch(0, 0, PROT_W), 0);
	CHECK_EQ(object_sync(paging.object, 0, 2, &at), -E_WAIT);
	q = paging_next();
	CHECK_EQ(touch(0, 0, PROT_W), 0); /* while it is being written */
	CHECK_EQ(paging_flags(0), PAGE_HERE | PAGE_DIRTY | PAGE_WRITING);
	CHECK_EQ(paging_done(&q), 0);
	CHECK_EQ(object_sync(paging.object, 0, 2, &at), 0);
	CHECK(paging_idle());
	CHECK_EQ(paging_flags(0), PAGE_HERE | PAGE_DIRTY);
	/* A sync that begins later waits for the first, then asks again. */
	CHECK_EQ(sync(), -E_WAIT);
	q = paging_next();
	CHECK_EQ(touch(0, 0, PROT_W), 0);
	at = 0;
	CHECK_EQ(object_sync(paging.object, 0, 2, &at), -E_WAIT);
	CHECK(paging_idle());
	CHECK_EQ(paging_done(&q), 0);
	CHECK_EQ(object_sync(paging.object, 0, 2, &at), -E_WAIT);
	q = paging_next();
	CHECK_EQ(paging_done(&q), 0);
	CHECK_EQ(object_sync(paging.object, 0, 2, &at), 0);
	paging_close();
}

TEST(a_page_that_cannot_be_written_is_told_once_and_stays_dirty)
{
	struct pager_request q;
	uint64_t at = 0;

	paging_open(2, 8, 0);
	paging_bring(0, 'p');
	CHECK_EQ(touch(0, 0, PROT_W), 0);
	CHECK_EQ(object_sync(paging.object, 0, 2, &at), -E_WAIT);
	q = paging_next();
	CHECK_EQ(paging_fail(&q, E_IO), 0);
	CHECK_EQ(object_sync(paging.object, 0, 2, &at), -E_IO);
	CHECK_EQ(paging_flags(0), PAGE_HERE | PAGE_DIRTY);
	CHECK_EQ(paging.object->dirty, 1);
	CHECK_EQ(touch(0, 0, PROT_W), 0);
	CHECK_EQ(sync(), -E_WAIT);
	q = paging_next();
	CHECK_EQ(paging_done(&q), 0);
	CHECK_EQ(sync(), 0);
	paging_close();
}

TEST(a_page_dirtied_while_its_writing_fails_is_counted_once)
{
	struct pager_request q;

	paging_open(2, 8, 0);
	paging_bring(0, 'p');
	CHECK_EQ(touch(0, 0, PROT_W), 0);
	CHECK_EQ(sync(), -E_WAIT);
	q = paging_next();
	CHECK_EQ(touch(0, 0, PROT_W), 0);
	CHECK_EQ(paging_fail(&q, E_IO), 0);
	CHECK_EQ(paging.object->dirty, 1);
	quiet_check();
	/* What comes back by a revoke has been written, after all. */
	CHECK_EQ(paging_revoke(0, 1, PROT_R), 1);
	q = paging_next();
	CHECK_EQ(paging_done(&q), 0);
	CHECK_EQ(sync(), 0);
	CHECK_EQ(paging_flags(0), PAGE_HERE | PAGE_READ_ONLY);
	paging_close();
}

TEST(a_page_that_does_not_come_is_asked_for_anew)
{
	struct pager_request q;

	paging_open(2, 8, 0);
	CHECK_EQ(touch(0, 0, PROT_R), -E_WAIT);
	q = paging_next();
	CHECK_EQ(paging_fail(&q, E_NOMEM), 0);
	CHECK_EQ(paging.object->resident, 0);
	CHECK_EQ(paging_flags(0), 0);
	paging_bring(0, 'p');
	paging_close();
}

TEST(a_range_beyond_the_object_cannot_be_synced)
{
	uint64_t at = 0;

	paging_open(4, 8, 0);
	CHECK_EQ(object_sync(paging.object, 0, 5, &at), -E_INVAL);
	CHECK_EQ(object_sync(paging.object, 5, 0, &at), -E_INVAL);
	CHECK_EQ(object_sync(paging.object, ~0ul, 2, &at), -E_INVAL);
	CHECK_EQ(object_sync(paging.object, 4, 0, &at), 0);
	paging_close();
}

/* ---- asked before a write ----------------------------------------------- */

TEST(a_page_supplied_to_read_asks_before_it_is_written)
{
	struct pager_request q;

	paging_open(2, 8, 0);
	CHECK_EQ(touch(0, 0, PROT_R), -E_WAIT);
	q = paging_next();
	CHECK_EQ(paging_supply(&q, PROT_R), 0);
	CHECK_EQ(touch(0, 0, PROT_R), 0);
	CHECK_EQ(touch(0, 0, PROT_W), -E_WAIT);
	q = paging_next();
	CHECK_EQ(q.kind, PAGER_PAGEIN);
	CHECK_EQ(q.access, PROT_W);
	CHECK_EQ(touch(1, 0, PROT_R), 0); /* to read it is there */
	CHECK_EQ(touch(1, 0, PROT_W), -E_WAIT);
	CHECK(paging_idle());
	CHECK_EQ(paging_fail(&q, E_ACCES), 0);
	CHECK_EQ(touch(0, 0, PROT_R), 0); /* it stays */
	CHECK_EQ(touch(0, 0, PROT_W), -E_WAIT);
	q = paging_next();
	CHECK_EQ(paging_supply(&q, RW), 0);
	CHECK_EQ(touch(0, 0, PROT_W), 0);
	CHECK_EQ(paging_prot(paging.client[0], page_va(0)), RW);
	paging_close();
}

/* ---- private views ----------------------------------------------------- */

TEST(a_page_that_may_not_be_written_can_be_read_still)
{
	struct pager_request q;

	paging_open(4, 4, 0);
	paging_bring(0, 'p');
	CHECK_EQ(paging_revoke(0, 1, PROT_R), 0);
	CHECK_EQ(touch(0, 0, PROT_W), -E_WAIT);
	q = paging_next();
	CHECK_EQ(q.access, PROT_W);
	CHECK_EQ(paging_fail(&q, E_ACCES), 0);
	CHECK_EQ(paging_flags(0), PAGE_HERE | PAGE_READ_ONLY);
	CHECK_EQ(paging_prot(paging.client[0], page_va(0)), PROT_R);
	CHECK_EQ(touch(1, 0, PROT_R), 0);
	CHECK_EQ(paging_bytes(paging.client[1], page_va(0))[9], 'p');
	paging_close();
}

TEST(a_private_view_of_paged_memory_keeps_its_copies)
{
	struct space *s = space_create();
	struct pager_request q;
	va_t va = VA;

	paging_open(4, 8, 0);
	CHECK_EQ(space_map_object(s, &va, 4 * PAGE_SIZE, RW, PROT_ALL,
				  MAP_FIXED, paging.object, 0),
		 0);
	CHECK_EQ(fault_resolve(s, va, PROT_W), -E_WAIT);
	q = paging_next();
	CHECK_EQ(q.access, PROT_R); /* the object is not written */
	memset(paging_bytes(paging.home, q.address), 'p', PAGE_SIZE);
	CHECK_EQ(paging_supply(&q, PROT_R), 0);
	CHECK_EQ(fault_resolve(s, va, PROT_W), 0);
	CHECK(private_frame(paging_leaf(s, va)) != NULL);
	paging_bring(1, 'q');
	CHECK_EQ(fault_resolve(s, va + PAGE_SIZE, PROT_R), 0);
	CHECK_EQ(paging_revoke(0, 4, PROT_NONE), 0);
	CHECK_EQ(paging_bytes(s, va)[0], 'p');
	CHECK_EQ(paging_leaf(s, va + PAGE_SIZE), 0); /* was the object's */
	CHECK_EQ(paging.object->dirty, 0);
	quiet_check();
	space_put(s);
	paging_close();
}
