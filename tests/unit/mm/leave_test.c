/* SPDX-License-Identifier: BSD-2-Clause */
/* leave_test.c - dirty pages that nobody maps any more go back to their pager. */
#include "mm/paged.h"
#include "tests/unit/mm/paging.h"
#include "tests/unit/quiet.h"

static void open_dirty(void)
{
	paging_open(100, 8, 0);
	for (uint64_t i = 1; i < 100; i += 96) { /* 1, 97 */
		paging_bring(i, (char)i);
		CHECK_EQ(touch(0, i, PROT_W), 0);
	}
}

static void unmap(unsigned client)
{
	CHECK_EQ(space_unmap(paging.client[client], VA, 100 * PAGE_SIZE), 0);
	quiet_check();
}

static struct pager_request next_back(uint64_t index)
{
	struct pager_request q = paging_next();

	CHECK_EQ(q.kind, PAGER_WRITEBACK);
	CHECK_EQ(q.index, index);
	CHECK_EQ(*paging_bytes(paging.home, q.address), (char)index);
	return q;
}

TEST(the_last_shared_region_leaves_its_dirty_pages_to_the_pager)
{
	struct pager_request a, b;
	va_t va = page_va(1000);

	open_dirty();
	CHECK_EQ(space_map_object(paging.client[0], &va, 100 * PAGE_SIZE,
				  PROT_R, PROT_ALL, MAP_FIXED, paging.object,
				  0),
		 0);
	unmap(0);
	CHECK(paging_idle()); /* client 1 could write yet */
	unmap(1);
	a = next_back(1); /* a private view does not keep them */
	b = next_back(97);
	CHECK(paging_idle());
	CHECK_EQ(paging.object->dirty, 0);
	CHECK_EQ(paging_done(&a), 0);
	CHECK_EQ(paging_done(&b), 0);
	CHECK_EQ(paging_flags(97), PAGE_HERE);
	paging_close();
}

TEST(an_object_ends_when_its_pages_are_written)
{
	struct pager_request a, b;
	uint64_t free;

	open_dirty();
	object_put(paging.object);
	paging.object = NULL;
	for (unsigned i = 0; i < 2; i++) {
		space_put(paging.client[i]);
		paging.client[i] = NULL;
	}
	quiet_check();
	a = next_back(1);
	b = next_back(97);
	free = frames_free();
	CHECK_EQ(paging_done(&a), 0);
	CHECK_EQ(paging_fail(&b, E_IO), 0); /* lost: nobody could be told */
	quiet_check();
	CHECK(frames_free() >= free + 2);
	paging_close();
}

TEST(what_was_written_meanwhile_comes_again)
{
	struct pager_request a, b;
	uint64_t at = 0;

	open_dirty();
	CHECK_EQ(paging_sync(2, &at), -E_WAIT);
	a = next_back(1);
	CHECK_EQ(touch(0, 1, PROT_W), 0);
	unmap(0);
	unmap(1);
	b = next_back(97);
	CHECK_EQ(paging_done(&a), 0);
	a = next_back(1);
	CHECK_EQ(paging.object->dirty, 0);
	CHECK_EQ(paging_done(&a), 0);
	CHECK_EQ(paging_done(&b), 0);
	CHECK(paging_idle());
	paging_close();
}

TEST(what_could_not_be_written_is_told_once_and_kept)
{
	struct pager_request a, b;
	uint64_t at = 0;

	open_dirty();
	unmap(0);
	unmap(1);
	a = next_back(1);
	b = next_back(97);
	CHECK_EQ(paging_done(&b), 0);
	CHECK_EQ(paging_fail(&a, E_IO), 0);
	CHECK(paging_idle()); /* not for ever */
	CHECK_EQ(paging_flags(1), PAGE_HERE | PAGE_DIRTY | PAGE_FAILED);
	CHECK_EQ(paging_sync(100, &at), -E_IO);
	at = 0;
	CHECK_EQ(paging_sync(100, &at), -E_WAIT);
	a = next_back(1);
	CHECK_EQ(paging_done(&a), 0);
	CHECK_EQ(paging_sync(100, &at), 0);
	paging_close();
}

TEST(without_a_pager_nothing_is_asked)
{
	open_dirty();
	pager_die(paging.pager);
	quiet_check();
	unmap(0);
	unmap(1);
	CHECK(paging_idle());
	CHECK_EQ(paging.object->dirty, 2);
	paging_close();
}
