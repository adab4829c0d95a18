/* SPDX-License-Identifier: BSD-2-Clause */
/* revoke_test.c - pages taken back from every mapping, and the way there. */
#include "mm/paged.h"
#include "tests/unit/mm/paging.h"
#include "tests/unit/quiet.h"

static int sync(void)
{
	uint64_t at = 0;

	return paging_sync(paging.object->pages, &at);
}

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

/* ---- the reverse map ------------------------------------------------------ */

TEST(a_revoked_page_is_forgotten_by_the_hart_that_used_it)
{
	uint64_t before;

	paging_open(4, 4, 0);
	paging_bring(1, 'p');
	paging_ran_here(paging.client[0]);
	before = paging_fences();
	CHECK_EQ(paging_revoke(1, 1, PROT_NONE), 0);
	CHECK_EQ(paging_fences(), before + 1);
	CHECK_EQ(paging_revoke(1, 1, PROT_NONE), 0);
	CHECK_EQ(paging_fences(), before + 1); /* nothing was there */
	paging_close();
}

/* Pages 3 and 4 of the object, at the start of a region of two. */
TEST(a_mapping_of_a_part_is_found_at_its_place)
{
	struct space *s = space_create();
	va_t va = 2 * GiB;

	paging_open(8, 8, 0);
	for (unsigned i = 0; i < 8; i++)
		paging_bring(i, 'a' + (char)i);
	CHECK_EQ(space_map_object(s, &va, 2 * PAGE_SIZE, RW, RW,
				  MAP_FIXED | MAP_SHARED, paging.object,
				  3 * PAGE_SIZE),
		 0);
	for (unsigned i = 0; i < 2; i++)
		CHECK_EQ(fault_resolve(s, va + i * PAGE_SIZE, PROT_W), 0);
	CHECK_EQ(paging_bytes(s, va)[0], 'd');
	CHECK_EQ(paging_revoke(0, 4, PROT_NONE), 1);
	CHECK_EQ(paging_leaf(s, va), 0);
	CHECK_EQ(paging_prot(s, va + PAGE_SIZE), RW);
	CHECK_EQ(paging_revoke(4, 4, PROT_NONE), 1);
	CHECK_EQ(paging_leaf(s, va + PAGE_SIZE), 0);
	quiet_check();
	space_put(s);
	paging_close();
}

/* Written while it was being written, revoked, wanted, and revoked for good. */
TEST(what_was_written_meanwhile_is_not_lost_to_an_upgrade)
{
	struct pager_request first, upgrade, second;
	uint64_t at = 0;

	paging_open(2, 4, 0);
	paging_bring(1, 'a');
	CHECK_EQ(touch(0, 1, PROT_W), 0);
	CHECK_EQ(paging_sync(2, &at), -E_WAIT);
	first = paging_next();
	CHECK_EQ(touch(0, 1, PROT_W), 0);
	*paging_bytes(paging.client[0], page_va(1)) = 'b';
	CHECK_EQ(paging_revoke(1, 1, PROT_R), 1);
	CHECK_EQ(touch(0, 1, PROT_W), -E_WAIT);
	upgrade = paging_next();
	CHECK_EQ(upgrade.kind, PAGER_PAGEIN);
	CHECK_EQ(paging_revoke(1, 1, PROT_NONE), 1);
	quiet_check();
	CHECK_EQ(paging_done(&first), 0);
	second = paging_next();
	CHECK_EQ(second.kind, PAGER_WRITEBACK);
	CHECK_EQ(*paging_bytes(paging.home, second.address), 'b');
	CHECK_EQ(paging_done(&second), 0);
	CHECK_EQ(paging_supply(&upgrade, RW), 0);
	CHECK_EQ(touch(0, 1, PROT_W), 0);
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
