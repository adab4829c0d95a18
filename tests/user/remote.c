/* SPDX-License-Identifier: BSD-2-Clause */
/* remote.c - a pager and its client in two spaces, and two tasks. */
#include "remote.h"
#include "paging.h"

#define PAGES 32u

static uint64_t object;
static struct remote_task there;

static void open_two(unsigned slots)
{
	open_all(slots, 0, 0);
	object = (uint64_t)object_create(pager.handle, PAGES * PAGE, KEY);
	CHECK((long)object > 0);
	CHECK_EQ(remote_open(&there, object, PAGES * PAGE, bits_of_all, DONE),
		 0);
}

/* A task that has ended starts no more. */
static void open_another(void)
{
	remote_close(&there);
	CHECK_EQ(remote_open(&there, object, PAGES * PAGE, bits_of_all, DONE),
		 0);
}

static void close_two(void)
{
	remote_close(&there);
	close_pager(object);
}

/* What the one thread of a task is doing; 0: it has none any more. */
static unsigned activity_in(uint64_t task)
{
	struct thread_info list[2];

	return thread_list(task, 0, list, 2) == 1 ? list[0].activity : 0;
}

/* Fills each page with its index until the client is done. */
static void serve(void)
{
	struct pager_request q;
	uint64_t got = 0;

	while (!(got & DONE)) {
		while (pager_next(&pager, &q)) {
			*(volatile uint64_t *)q.address = 1000 + q.index;
			pager_supply(&pager, q.slot, RW);
		}
		got = submit(REQUEST | DONE);
	}
}

static void a_client_in_another_space_gets_its_pages(void)
{
	volatile char *file;
	uint64_t before;

	open_two(4);
	CHECK_EQ(remote_start(&there, PAGES, 0), 0);
	before = faults();
	serve();
	CHECK_EQ(there.data->sum, 1000 * PAGES + PAGES * (PAGES - 1) / 2);
	if (counts().harts == 1) /* else its space may be busy now and then */
		CHECK(faults() - before < PAGES / 4); /* none for the window */
	open_another();
	CHECK_EQ(remote_start(&there, PAGES, 1), 0);
	serve();
	file = map_pages(object, PAGES, PROT_R | MAP_SHARED);
	CHECK_EQ(*(volatile uint64_t *)(file + 9 * PAGE), 9);
	CHECK_EQ(space_unmap(SELF, (const void *)file, PAGES * PAGE), 0);
	close_two();
}

/* It ends while it waits; the page comes, and nobody wants it. */
static void a_client_that_ends_while_it_waits_is_not_missed(void)
{
	struct pager_request q;

	open_two(4);
	CHECK_EQ(remote_start(&there, PAGES, 0), 0);
	q = next_request();
	open_another();
	CHECK_EQ(supply(&q, RW), 0);
	CHECK_EQ(remote_start(&there, 1, 0), 0);
	serve();
	close_two();
}

/* ---- what may change while a page is on its way --------------------------- */

static void two_spaces_that_wait_for_one_page_both_get_it(void)
{
	struct remote_task other;
	struct pager_request q;
	uint64_t got = 0;

	open_two(4);
	CHECK_EQ(remote_open(&other, object, PAGES * PAGE, bits_of_all, FAULT),
		 0);
	CHECK_EQ(remote_start(&there, 1, 0), 0);
	q = next_request();
	CHECK_EQ(remote_start(&other, 1, 0), 0);
	while (activity_in(other.task) != THREAD_WAITS_PAGE)
		thread_yield();
	*(volatile uint64_t *)q.address = 77;
	CHECK_EQ(supply(&q, RW), 0);
	while (got != (DONE | FAULT))
		got |= submit(DONE | FAULT);
	CHECK(!pager_next(&pager, &q));
	CHECK_EQ(there.data->sum, 77);
	CHECK_EQ(other.data->sum, 77);
	remote_close(&other);
	close_two();
}

/* Another object is where it was touched: the page that came is not shown. */
static void a_region_replaced_meanwhile_shows_what_it_is_of(void)
{
	uint64_t file = (uint64_t)object_create(SELF, PAGES * PAGE, 0);
	volatile char *mine = map_pages(file, PAGES, RW | MAP_SHARED);
	struct pager_request q;

	*(volatile uint64_t *)mine = 5;
	open_two(4);
	CHECK_EQ(remote_start(&there, 1, 0), 0);
	q = next_request();
	*(volatile uint64_t *)q.address = 77;
	CHECK_EQ(space_unmap(there.space, (const void *)REMOTE_FILE,
			     PAGES * PAGE),
		 0);
	CHECK(remote_map(there.space, REMOTE_FILE, file, PAGES * PAGE, RW) > 0);
	CHECK_EQ(supply(&q, RW), 0);
	wait_for(DONE);
	CHECK_EQ(there.data->sum, 5);
	CHECK_EQ(space_unmap(SELF, (const void *)mine, PAGES * PAGE), 0);
	CHECK_EQ(handle_close(file), 0);
	close_two();
}

/* It may not write any more, nor does it: the page stays clean. */
static void a_region_protected_meanwhile_is_not_written(void)
{
	struct pager_request q;

	open_two(4);
	CHECK_EQ(remote_start(&there, 1, 1), 0);
	q = next_request();
	CHECK_EQ(q.access, PROT_W);
	*(volatile uint64_t *)q.address = 77;
	CHECK_EQ(space_protect(there.space, (const void *)REMOTE_FILE,
			       PAGES * PAGE, PROT_R),
		 0);
	CHECK_EQ(supply(&q, RW), 0);
	while (activity_in(there.task)) /* nothing permits it: it ends */
		thread_yield();
	CHECK_EQ(object_sync(object, 0, PAGES * PAGE), 0);
	CHECK(!pager_next(&pager, &q));
	close_two();
}

int main(void)
{
	a_client_in_another_space_gets_its_pages();
	a_client_that_ends_while_it_waits_is_not_missed();
	two_spaces_that_wait_for_one_page_both_get_it();
	a_region_replaced_meanwhile_shows_what_it_is_of();
	a_region_protected_meanwhile_is_not_written();
	return 0;
}
