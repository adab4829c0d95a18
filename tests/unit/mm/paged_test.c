/* SPDX-License-Identifier: BSD-2-Clause */
/* paged_test.c - the states of a page, in the order of the picture in paged.h.
 */
#include "mm/paged.h"
#include "mm/private.h"
#include "mm/rmap.h"
#include "tests/unit/mm/paging.h"
#include "tests/unit/quiet.h"

/* object_sync() of the whole object, from its start. */
static int sync(void)
{
	uint64_t at = 0;

	return object_sync(paging.object, 0, paging.object->pages, &at);
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

TEST(sync_takes_one_fence_a_space_for_all_its_pages)
{
	struct mmu_counts before, after;

	paging_open(8, 8, 0);
	for (unsigned i = 0; i < 8; i++) {
		paging_bring(i, 'p');
		CHECK_EQ(touch(0, i, PROT_W), 0);
	}
	paging.client[0]->mmu.harts = 1; /* as if it had run here */
	before = mmu_counts_read();
	CHECK_EQ(sync(), -E_WAIT);
	after = mmu_counts_read();
	CHECK(after.fence_space + after.fence_page + after.fence_all -
		      before.fence_space - before.fence_page -
		      before.fence_all <=
	      8); /* addressed, or one */
	CHECK_EQ(after.remote, before.remote);
	for (unsigned i = 0; i < 8; i++)
		CHECK_EQ(paging_next().index, i);
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
	CHECK_EQ(sync(), -E_WAIT);
	CHECK(paging_idle());
	CHECK_EQ(paging_done(&q), 0);
	CHECK_EQ(sync(), -E_WAIT);
	q = paging_next();
	CHECK_EQ(paging_done(&q), 0);
	CHECK_EQ(sync(), 0);
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

/* ---- revoking -------------------------------------------------------------- */

TEST(revoked_clean_pages_go_at_once_from_every_mapping)
{
	paging_open(4, 8, 0);
	paging_bring(1, 'p');
	paging_bring(2, 'q');
	CHECK_EQ(touch(1, 1, PROT_R), 0);
	CHECK_EQ(paging_revoke(0, 2, PROT_NONE), 0);
	CHECK_EQ(paging_leaf(paging.client[0], page_va(1)), 0);
	CHECK_EQ(paging_leaf(paging.client[1], page_va(1)), 0);
	CHECK_EQ(paging.object->resident, 1);
	CHECK_EQ(paging_bytes(paging.client[0], page_va(2))[0], 'q');
	paging_bring(1, 'r');
	paging_close();
}

TEST(revoked_dirty_pages_come_back_before_they_go)
{
	struct pager_request q;

	paging_open(4, 8, 0);
	paging_bring(1, 'p');
	paging_bring(2, 'p');
	CHECK_EQ(touch(0, 1, PROT_W), 0);
	paging_bytes(paging.client[0], page_va(1))[0] = 'w';
	CHECK_EQ(paging_revoke(0, 4, PROT_NONE), 1);
	CHECK_EQ(paging.object->resident, 1);
	CHECK_EQ(paging_flags(1), PAGE_HERE | PAGE_WRITING | PAGE_GOING);
	CHECK_EQ(touch(1, 1, PROT_R), -E_WAIT);
	q = paging_next();
	CHECK_EQ(q.kind, PAGER_WRITEBACK);
	CHECK_EQ(paging_bytes(paging.home, q.address)[0], 'w');
	CHECK(paging_idle());
	quiet_check();
	CHECK_EQ(paging_done(&q), 0);
	CHECK_EQ(paging.object->resident, 0);
	CHECK_EQ(touch(1, 1, PROT_R), -E_WAIT);
	CHECK_EQ(paging_next().kind, PAGER_PAGEIN);
	paging_close();
}

TEST(a_revoked_page_that_cannot_be_written_stays)
{
	struct pager_request q;

	paging_open(4, 8, 0);
	paging_bring(1, 'p');
	CHECK_EQ(touch(0, 1, PROT_W), 0);
	CHECK_EQ(paging_revoke(1, 1, PROT_NONE), 1);
	q = paging_next();
	CHECK_EQ(paging_fail(&q, E_IO), 0);
	CHECK_EQ(touch(0, 1, PROT_R), 0);
	CHECK_EQ(paging_flags(1), PAGE_HERE | PAGE_DIRTY | PAGE_FAILED);
	CHECK_EQ(sync(), -E_IO);
	paging_close();
}

TEST(pages_revoked_to_be_read_stay_and_ask_before_a_write)
{
	struct pager_request q;

	paging_open(4, 8, 0);
	paging_bring(1, 'p');
	CHECK_EQ(touch(0, 1, PROT_W), 0);
	CHECK_EQ(touch(1, 1, PROT_W), 0);
	CHECK_EQ(paging_revoke(0, 4, PROT_R), 1);
	CHECK_EQ(paging_prot(paging.client[0], page_va(1)), PROT_R);
	CHECK_EQ(paging_prot(paging.client[1], page_va(1)), PROT_R);
	q = paging_next();
	CHECK_EQ(q.kind, PAGER_WRITEBACK);
	CHECK_EQ(paging_done(&q), 0);
	CHECK_EQ(touch(1, 1, PROT_R), 0);
	CHECK_EQ(touch(1, 1, PROT_W), -E_WAIT);
	q = paging_next();
	CHECK_EQ(q.access, PROT_W);
	CHECK_EQ(paging_supply(&q, RW), 0);
	CHECK_EQ(touch(1, 1, PROT_W), 0);
	paging_close();
}

/* One WRITEBACK is out, the page is dirty again, and then it is revoked. */
TEST(what_is_written_again_before_it_is_revoked_comes_back_twice)
{
	static const unsigned prots[] = {PROT_NONE, PROT_R};

	for (unsigned i = 0; i < 2; i++) {
		struct pager_request q, again;

		paging_open(4, 8, 0);
		paging_bring(1, 'p');
		CHECK_EQ(touch(0, 1, PROT_W), 0);
		CHECK_EQ(sync(), -E_WAIT);
		q = paging_next();
		CHECK_EQ(touch(0, 1, PROT_W), 0);
		CHECK_EQ(paging_revoke(1, 1, prots[i]), 1);
		CHECK_EQ(touch(0, 1, PROT_W), -E_WAIT);
		quiet_check();
		CHECK_EQ(paging_done(&q), 0);
		again = paging_next();
		while (again.kind == PAGER_PAGEIN)
			again = paging_next(); /* of the write above */
		CHECK_EQ(again.kind, PAGER_WRITEBACK);
		CHECK_EQ(paging_done(&again), 0);
		CHECK_EQ(paging.object->dirty, 0);
		CHECK_EQ(paging.object->resident, i);
		paging_close();
	}
}

/* The page is here to be read, a write was asked for, and it is taken away. */
TEST(a_revoked_page_that_is_asked_for_waits_for_the_answer)
{
	struct pager_request q;

	paging_open(4, 8, 0);
	CHECK_EQ(touch(0, 1, PROT_R), -E_WAIT);
	q = paging_next();
	CHECK_EQ(paging_supply(&q, PROT_R), 0);
	CHECK_EQ(touch(0, 1, PROT_W), -E_WAIT);
	q = paging_next();
	CHECK_EQ(paging_revoke(1, 1, PROT_NONE), 0);
	CHECK_EQ(touch(1, 1, PROT_R), -E_WAIT);
	CHECK(paging_idle());
	memset(paging_bytes(paging.home, q.address), 'n', PAGE_SIZE);
	CHECK_EQ(paging_supply(&q, RW), 0);
	CHECK_EQ(touch(1, 1, PROT_R), 0);
	CHECK_EQ(paging_bytes(paging.client[1], page_va(1))[0], 'n');
	paging_close();
}

TEST(a_revoke_that_makes_no_sense_changes_nothing)
{
	static const struct {
		uint64_t index;
		unsigned count, prot;
	} rows[] = {{0, 0, PROT_NONE}, {0, 101, PROT_NONE},
		    {99, 2, PROT_R},   {100, 1, PROT_R},
		    {~0ul, 2, PROT_R}, {0, PAGER_REVOKE_MAX + 1, PROT_R},
		    {0, 1, PROT_W},    {0, 1, RW},
		    {0, 1, PROT_X},    {0, 1, 8}};

	paging_open(100, 8, 0);
	paging_bring(0, 'p');
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++)
		CHECK_EQ(paging_revoke(rows[i].index, rows[i].count,
				       rows[i].prot),
			 -E_INVAL);
	CHECK_EQ(paging_prot(paging.client[0], page_va(0)), PROT_R);
	paging_close();
}

/* ---- private views ----------------------------------------------------- */

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

/* ---- the other end of the lock order ------------------------------------- */

TEST(a_space_that_stays_busy_is_told_and_nothing_is_lost)
{
	paging_open(4, 8, 0);
	paging_bring(1, 'p');
	CHECK_EQ(touch(0, 1, PROT_W), 0);
	paging.client[0]->lock.held = 1; /* by another hart */
	CHECK_EQ(paging_revoke(1, 1, PROT_NONE), -E_AGAIN);
	CHECK_EQ(sync(), -E_AGAIN);
	paging.client[0]->lock.held = 0;
	CHECK_EQ(paging_prot(paging.client[0], page_va(1)), RW);
	quiet_check();
	CHECK_EQ(paging_revoke(1, 1, PROT_NONE), 1);
	paging_close();
}

/* Regions that split and join keep to the object's list: mm_check() looks. */
TEST(every_piece_of_a_mapping_is_found_from_the_object)
{
	struct space *s;
	va_t middle = page_va(3);

	paging_open(8, 8, 0);
	s = paging.client[0];
	for (unsigned i = 0; i < 8; i++) {
		paging_bring(i, 'p');
		CHECK_EQ(touch(0, i, PROT_W), 0);
	}
	CHECK_EQ(space_protect(s, middle, 2 * PAGE_SIZE, PROT_R), 0);
	quiet_check();
	CHECK_EQ(space_unmap(s, page_va(6), PAGE_SIZE), 0);
	quiet_check();
	CHECK_EQ(space_protect(s, middle, 2 * PAGE_SIZE, RW), 0);
	quiet_check();
	CHECK_EQ(paging_revoke(0, 8, PROT_NONE), 8);
	for (unsigned i = 0; i < 8; i++)
		CHECK_EQ(paging_leaf(s, page_va(i)), 0);
	paging_close();
}
