/* SPDX-License-Identifier: BSD-2-Clause */
/* files.c - mappings of what a pager keeps: what is shown, seen, written back. */
#include "paging.h"
#include "remote.h"

#define PAGES 40ul
#define AT    ((char *)0x2200000000) /* on the border of a window */

static uint64_t object;
static volatile char *file; /* shared */

static long read_all(void)
{
	long sum = 0;

	for (uint64_t i = 0; i < PAGES; i++)
		sum += file[i * PAGE];
	return sum;
}

/* Answers each request until the client is done: page i holds the byte i. */
static unsigned serve(void)
{
	struct pager_request q;
	unsigned asked = 0;
	uint64_t got = 0;

	while (!(got & DONE)) {
		while (pager_next(&pager, &q)) {
			CHECK_EQ(q.kind, PAGER_PAGEIN);
			*(volatile char *)q.address = (char)q.index;
			pager_supply(&pager, q.slot, RW);
			asked++;
		}
		got = submit(REQUEST | DONE);
	}
	return asked;
}

/* All pages are there. */
static void open_file(void)
{
	open_all(8, 0, 0);
	object = (uint64_t)object_create(pager.handle, PAGES * PAGE, KEY);
	CHECK((long)object > 0);
	file = map_pages(object, PAGES, RW | MAP_SHARED);
	begin_call(read_all);
	CHECK_EQ(serve(), PAGES);
	CHECK_EQ(job.result, PAGES * (PAGES - 1) / 2);
}

static void close_file(void)
{
	wait_for_last();
	CHECK_EQ(space_unmap(SELF, (const void *)file, PAGES * PAGE), 0);
	close_pager(object);
}

static volatile char *map_at(uint64_t of, unsigned how)
{
	CHECK_EQ(space_map_object(SELF, AT, PAGES * PAGE, how | MAP_FIXED, of,
				  0),
		 (long)AT);
	return AT;
}

static void unmap(volatile char *at, uint64_t pages)
{
	CHECK_EQ(space_unmap(SELF, (const void *)at, pages * PAGE), 0);
}

/* ---- what is there is shown together ----------------------------------------- */

/* Faults that brought a page, not those that set A by hand. */
static uint64_t showing(void)
{
	struct memory_info m = counts();

	return m.faults - m.touched;
}

static void check_shown(volatile char *at, uint64_t faulting)
{
	uint64_t before = showing();

	for (uint64_t i = 0; i < PAGES; i++)
		(void)at[i * PAGE];
	CHECK_EQ(showing() - before, faulting);
}

static void one_fault_shows_a_window(void)
{
	struct pager_request q;
	volatile char *mine;

	open_file();
	mine = map_at(object, PROT_R);
	check_shown(mine, 3); /* 16, 16, 8 */
	for (uint64_t i = 0; i < PAGES; i++)
		CHECK_EQ(mine[i * PAGE], i);
	unmap(mine, PAGES);
	mine = map_at(object, RW | MAP_SHARED);
	check_shown(mine, 3);
	unmap(mine, PAGES);
	CHECK(!pager_next(&pager, &q));
	mine = map_at(HANDLE_ARCHIVE, PROT_R);
	check_shown(mine, 3);
	unmap(mine, PAGES);
	close_file();
}

/* Each page of the window is what it would have been by a fault of its own. */
static void what_was_shown_together_is_each_its_own(void)
{
	volatile char *mine, *all;
	uint64_t before;

	open_file();
	mine = map_at(object, RW);
	CHECK_EQ(mine[3 * PAGE], 3);
	file[4 * PAGE] = 'f'; /* a view until it is written */
	CHECK_EQ(mine[4 * PAGE], 'f');
	mine[4 * PAGE] = 'm';
	CHECK_EQ(file[4 * PAGE], 'f');
	unmap(mine, PAGES);
	all = map_at(object, RW | MAP_SHARED);
	CHECK_EQ(all[3 * PAGE], 3);
	before = showing();
	all[4 * PAGE] = 'a'; /* dirty: W at once */
	CHECK_EQ(showing() - before, 0);
	all[5 * PAGE] = 'b'; /* clean: its first write is seen */
	CHECK_EQ(showing() - before, 1);
	CHECK_EQ(file[5 * PAGE], 'b');
	unmap(all, PAGES);
	close_file();
}

/* ---- reading ahead --------------------------------------------------------- */

/* How often a client elsewhere had the pager wait for its requests. */
static unsigned read_new_file(uint64_t step, unsigned flags)
{
	struct remote_task client;
	struct pager_request q;
	unsigned asked = 0, waits = 0;
	uint64_t got = 0;

	open_all(32, 0, flags);
	object = (uint64_t)object_create(pager.handle, PAGES * PAGE, KEY);
	CHECK_EQ(remote_open(&client, object, PAGES * PAGE, bits_of_all, DONE),
		 0);
	client.data->step = step;
	CHECK_EQ(remote_start(&client, PAGES, 0), 0);
	for (; !(got & DONE); waits++) {
		while (pager_next(&pager, &q)) {
			*(volatile uint64_t *)q.address = q.index;
			pager_supply(&pager, q.slot, RW);
			asked++;
		}
		got = submit(REQUEST | DONE);
	}
	CHECK_EQ(client.data->sum, PAGES * (PAGES - 1) / 2);
	CHECK_EQ(asked, PAGES);
	remote_close(&client);
	close_pager(object);
	return waits;
}

/* With several harts reader and pager are not in step. */
static void reading_in_order_waits_seldom(void)
{
	if (counts().harts == 1) {
		CHECK(read_new_file(1, PAGER_NO_AHEAD) < PAGES / 3);
		CHECK(read_new_file(7, PAGER_NO_AHEAD) >= PAGES);
		CHECK(read_new_file(1, 0) >= PAGES);
	} else {
		read_new_file(1, PAGER_NO_AHEAD);
	}
}

static long read_three(void)
{
	return file[0] + file[PAGE] + file[2 * PAGE];
}

/* Two misses in order are for more pages than have been touched. */
static void pages_ahead_are_asked_for_and_may_fail(void)
{
	struct pager_request q;
	uint64_t got = 0, ahead = 0;

	open_all(16, 0, PAGER_NO_AHEAD);
	object = (uint64_t)object_create(pager.handle, PAGES * PAGE, KEY);
	file = map_pages(object, PAGES, PROT_R | MAP_SHARED);
	begin_call(read_three);
	while (!(got & DONE)) {
		while (pager_next(&pager, &q)) {
			CHECK_EQ(q.access, PROT_R);
			ahead |= q.index > 2 ? 1ul << q.index : 0;
			CHECK_EQ(q.index > 2 ? fail(&q, E_IO) : supply(&q, RW),
				 0);
		}
		got = submit(REQUEST | DONE);
	}
	CHECK_EQ(job.result, 0);
	CHECK_EQ(ahead, 0x38);	     /* 3, 4, 5 */
	begin_read(file + 4 * PAGE); /* absent again, and not failed */
	q = next_request();
	CHECK_EQ(q.index, 4);
	*(volatile char *)q.address = 'g';
	CHECK_EQ(supply(&q, RW), 0);
	wait_for(DONE);
	CHECK_EQ(job.value, 'g');
	close_file();
}

/* ---- several tasks ------------------------------------------------------------- */

/* One writes, another reads; when both have gone the pager has what was written. */
static void tasks_see_what_others_write(void)
{
	struct remote_task writer, reader;
	struct pager_request q;
	uint64_t back = 0;

	open_all(8, 0, 0);
	object = (uint64_t)object_create(pager.handle, 8 * PAGE, KEY);
	CHECK_EQ(remote_open(&writer, object, 8 * PAGE, bits_of_all, DONE), 0);
	CHECK_EQ(remote_open(&reader, object, 8 * PAGE, bits_of_all, DONE), 0);
	CHECK_EQ(remote_start(&writer, 8, 1), 0);
	serve();
	CHECK_EQ(remote_start(&reader, 8, 0), 0);
	CHECK_EQ(serve(), 0); /* all of it is there */
	CHECK_EQ(reader.data->sum, 28);
	remote_close(&writer);
	remote_close(&reader);
	CHECK_EQ(handle_close(object), 0);
	while (back != 0xff) {
		q = next_request();
		CHECK_EQ(q.kind, PAGER_WRITEBACK);
		CHECK_EQ(*(volatile uint64_t *)q.address, q.index);
		back |= 1ul << q.index;
		CHECK_EQ(done(&q), 0);
	}
	CHECK_EQ(space_unmap(SELF, (const void *)setup.ring,
			     sizeof(struct pager_ring)),
		 0);
	unmap((volatile char *)setup.window, setup.slots);
	CHECK_EQ(handle_close(pager.handle), 0);
}

int main(void)
{
	tasks_see_what_others_write();
	reading_in_order_waits_seldom();
	pages_ahead_are_asked_for_and_may_fail();
	one_fault_shows_a_window();
	what_was_shown_together_is_each_its_own();
	return 0;
}
