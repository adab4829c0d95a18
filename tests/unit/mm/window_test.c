/* SPDX-License-Identifier: BSD-2-Clause */
/* window_test.c - what a pager sees of its requests, and for how long. */
#include "mm/frame_boot.h"
#include "mm/window.h"
#include "tests/unit/mm/paging.h"
#include "tests/unit/quiet.h"

static int sync_all(void)
{
	uint64_t at = 0;

	return paging_sync(paging.object->pages, &at);
}

TEST(the_window_shows_the_frame_for_the_life_of_the_request)
{
	struct pager_request q;
	uint64_t before;

	paging_open(4, 4, 0);
	paging_ran_here(paging.home);
	before = paging_fences();
	CHECK_EQ(touch(0, 0, PROT_R), -E_WAIT);
	CHECK_EQ(paging_fences(), before);
	q = paging_next();
	CHECK_EQ(q.address, paging.pager->window_va + q.slot * PAGE_SIZE);
	CHECK_EQ(paging_prot(paging.home, q.address), RW);
	for (unsigned i = 0; i < PAGE_SIZE; i++)
		CHECK_EQ(paging_bytes(paging.home, q.address)[i], 0);
	quiet_check();
	CHECK_EQ(paging_supply(&q, RW), 0);
	CHECK_EQ(paging_fences(), before + 1);
	CHECK_EQ(paging_leaf(paging.home, q.address), 0);
	CHECK_EQ(fault_resolve(paging.home, q.address, PROT_R), -E_FAULT);
	CHECK_EQ(paging.home->counts.faults, 1); /* it never had to */
	paging_close();
}

TEST(where_the_pagers_space_was_busy_it_faults_its_window_in)
{
	struct pager_request q;

	paging_open(4, 4, 0);
	paging.home->lock.held = 1; /* by another hart */
	CHECK_EQ(touch(0, 0, PROT_R), -E_WAIT);
	paging.home->lock.held = 0;
	q = paging_next();
	CHECK_EQ(paging_leaf(paging.home, q.address), 0);
	CHECK_EQ(fault_resolve(paging.home, q.address, PROT_W), 0);
	CHECK_EQ(paging_prot(paging.home, q.address), RW);
	quiet_check();
	paging_bytes(paging.home, q.address)[0] = 'p';
	CHECK_EQ(paging_supply(&q, RW), 0);
	CHECK_EQ(paging_leaf(paging.home, q.address), 0);
	CHECK_EQ(touch(0, 0, PROT_R), 0);
	CHECK_EQ(paging_bytes(paging.client[0], page_va(0))[0], 'p');
	paging_close();
}

/* Of all of the window; the next request is shown with no more. */
static void check_window_with(unsigned prot)
{
	struct pager_request q;

	paging_open(4, 4, 0);
	CHECK_EQ(touch(0, 0, PROT_R), -E_WAIT);
	q = paging_next();
	CHECK_EQ(space_protect(paging.home, paging.pager->window_va,
			       4 * PAGE_SIZE, prot),
		 0);
	CHECK(paging_entry(paging.home, q.address) != 0);
	CHECK_EQ(paging_supply(&q, RW), 0);
	CHECK_EQ(paging_entry(paging.home, q.address), 0);
	CHECK_EQ(touch(0, 1, PROT_R), -E_WAIT);
	q = paging_next();
	CHECK_EQ(paging_prot(paging.home, q.address), prot);
	CHECK_EQ(paging_entry(paging.home, q.address) != 0, prot != 0);
	quiet_check();
	CHECK_EQ(paging_supply(&q, RW), 0);
	paging_close();
}

TEST(what_the_pager_did_to_its_window_is_undone_too)
{
	check_window_with(PROT_R);
	check_window_with(PROT_NONE);
}

/* The pager's space has found another leaf table last, or none. */
static void find_elsewhere(va_t va, bool none)
{
	struct mmu *m = &paging.home->mmu;

	CHECK(mmu_leaf_slot(m, va) != NULL);
	if (none) {
		m->last_span = MMU_NO_SPAN;
		m->last_leaves = NULL;
	}
	CHECK(!mmu_leaf_is_near(m, paging.pager->window_va));
}

TEST(a_window_far_from_what_its_space_found_last_is_shown_and_hidden)
{
	struct pager_request q;
	va_t va = GiB;

	paging_open(4, 4, 0);
	CHECK_EQ(space_map(paging.home, &va, PAGE_SIZE, RW, MAP_FIXED, NULL, 0),
		 0);
	CHECK_EQ(fault_resolve(paging.home, va, PROT_R), 0);
	for (unsigned i = 0; i < 4; i++) {
		find_elsewhere(va, i & 1);
		CHECK_EQ(touch(0, i, PROT_R), -E_WAIT);
		q = paging_next();
		CHECK_EQ(paging_prot(paging.home, q.address), RW);
		CHECK(mmu_leaf_is_near(&paging.home->mmu, q.address));
		find_elsewhere(va, i & 2);
		CHECK_EQ(paging_supply(&q, RW), 0);
		CHECK_EQ(paging_entry(paging.home, q.address), 0);
	}
	paging_close();
}

TEST(the_window_of_a_writeback_cannot_be_written)
{
	struct pager_request q;

	paging_open(4, 4, 0);
	paging_bring(0, 'p');
	CHECK_EQ(touch(0, 0, PROT_W), 0);
	CHECK_EQ(sync_all(), -E_WAIT);
	q = paging_next();
	CHECK_EQ(paging_prot(paging.home, q.address), PROT_R);
	CHECK_EQ(fault_resolve(paging.home, q.address, PROT_W), -E_ACCES);
	CHECK_EQ(fault_resolve(paging.home, q.address, PROT_X), -E_ACCES);
	CHECK_EQ(space_protect(paging.home, paging.pager->window_va, PAGE_SIZE,
			       PROT_R | PROT_X),
		 -E_ACCES);
	paging_close();
}

/* It has thrown its window away: it cannot fill pages, and that is all. */
TEST(a_pager_without_its_window_harms_nobody)
{
	struct pager_request q;
	va_t va;

	paging_open(4, 4, 0);
	va = paging.pager->window_va;
	CHECK_EQ(touch(0, 0, PROT_R), -E_WAIT);
	q = paging_next();
	CHECK_EQ(space_unmap(paging.home, va + PAGE_SIZE, PAGE_SIZE), 0);
	CHECK_EQ(touch(0, 1, PROT_R), -E_WAIT);
	CHECK_EQ(space_unmap(paging.home, va, 4 * PAGE_SIZE), 0);
	CHECK_EQ(touch(0, 2, PROT_R), -E_WAIT);
	/* Its own memory lies there now, and is its own still after that. */
	CHECK_EQ(space_map(paging.home, &va, 4 * PAGE_SIZE, RW, MAP_FIXED, NULL,
			   0),
		 0);
	CHECK_EQ(fault_resolve(paging.home, va, PROT_W), 0);
	quiet_check();
	CHECK_EQ(paging_supply(&q, RW), 0);
	CHECK_EQ(paging_prot(paging.home, va), RW);
	q = paging_next();
	CHECK_EQ(paging_supply(&q, RW), 0);
	CHECK_EQ(touch(0, 1, PROT_R), 0);
	CHECK_EQ(paging_bytes(paging.client[0], page_va(1))[9], 0);
	paging_close();
}

/* A frame that was in the window, and went, is its own memory there now. */
TEST(what_lies_where_a_window_was_is_the_pagers_own)
{
	struct pager_request q;
	va_t va;
	pte_t leaf;

	frame_pool_limit(0);
	paging_open(4, 1, 0);
	va = paging.pager->window_va;
	paging_bring(0, 'p');
	leaf = paging_leaf(paging.client[0], page_va(0));
	CHECK_EQ(space_unmap(paging.home, va, PAGE_SIZE), 0);
	CHECK_EQ(space_map(paging.home, &va, PAGE_SIZE, RW, MAP_FIXED, NULL, 0),
		 0);
	CHECK_EQ(paging_revoke(0, 1, PROT_NONE), 0);
	CHECK_EQ(fault_resolve(paging.home, va, PROT_W), 0);
	CHECK_EQ(pte_pa(paging_leaf(paging.home, va)), pte_pa(leaf));
	CHECK_EQ(touch(0, 0, PROT_R), -E_WAIT);
	q = paging_next();
	CHECK_EQ(q.address, va);
	CHECK_EQ(paging_supply(&q, RW), 0);
	CHECK_EQ(paging_prot(paging.home, va), RW);
	paging_close();
}

TEST(a_trusted_pager_gets_physical_addresses_and_no_window)
{
	struct pager_request q;

	paging_open(4, 4, PAGING_PHYSICAL);
	CHECK_EQ(paging.pager->window_va, 0);
	CHECK_EQ(touch(0, 0, PROT_R), -E_WAIT);
	q = paging_next();
	memset(pa_to_va(q.address), 'd', PAGE_SIZE);
	CHECK_EQ(paging_supply(&q, RW), 0);
	CHECK_EQ(touch(0, 0, PROT_W), 0);
	CHECK_EQ(pte_pa(paging_leaf(paging.client[0], page_va(0))), q.address);
	CHECK_EQ(paging_bytes(paging.client[0], page_va(0))[4095], 'd');
	paging_close();
}
