/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ramdisk.c - a pager that keeps its pages in memory of its own, and clients of
 * it: what they read is on the disk, what they write gets there.
 */
#include "paging.h"

#define PAGES PAGER_REVOKE_MAX /* all of it is revoked by one answer */

static char disk[PAGES][PAGE] __attribute__((aligned(4096)));
static uint64_t object;
static volatile char
	*file; /* the object, shared, in the client's (our) space */
static uint32_t brought, written, told;

static void fill_disk(void)
{
	for (unsigned i = 0; i < PAGES; i++)
		memset(disk[i], 'A' + (int)(i % 26), PAGE);
}

/* Serves one request. */
static struct pager_answer serve(const struct pager_request *q)
{
	struct pager_answer a = {.slot = q->slot, .kind = PAGER_DONE};

	CHECK_EQ(q->key, KEY);
	CHECK_EQ(q->count, 1);
	CHECK(q->index < PAGES);
	switch (q->kind) {
	case PAGER_PAGEIN:
		memcpy((void *)q->address, disk[q->index], PAGE);
		a.kind = PAGER_SUPPLY;
		a.prot = RW;
		brought++;
		break;
	case PAGER_WRITEBACK:
		memcpy(disk[q->index], (const void *)q->address, PAGE);
		written++;
		break;
	default:
		CHECK_EQ(q->kind, PAGER_DIRTY);
		told++;
	}
	return a;
}

/* All requests that there are; the answers are yet to be submitted. */
static void serve_each(void)
{
	struct pager_request q;

	while (pager_next(&pager, &q)) {
		struct pager_answer a = serve(&q);

		CHECK_EQ(pager_put(&pager, &a)->kind, a.kind);
	}
}

/* Until one of `bits` comes. */
static uint64_t serve_until(uint64_t bits)
{
	uint64_t got = 0;

	while (!(got & bits)) {
		serve_each();
		got = submit(ANY);
	}
	return got & bits;
}

/* Until so many are counted, for which nobody waits. */
static void serve_to(const uint32_t *count, uint32_t n)
{
	while (*count < n) {
		serve_each();
		submit(0);
	}
}

static void open_disk(unsigned slots, unsigned flags)
{
	fill_disk();
	brought = written = told = 0;
	open_all(slots, 10 * SECOND, flags);
	object = (uint64_t)object_create(pager.handle, PAGES * PAGE, KEY);
	CHECK((long)object > 0);
	file = map_pages(object, PAGES, RW | MAP_SHARED);
}

static void close_disk(void)
{
	CHECK_EQ(space_unmap(SELF, (const void *)file, PAGES * PAGE), 0);
	close_pager(object);
}

/* ---- */

static long read_all(void)
{
	long sum = 0;

	for (unsigned i = 0; i < PAGES; i++)
		sum += file[i * PAGE + i];
	return sum;
}

static long write_all(void)
{
	for (unsigned i = 0; i < PAGES; i++)
		file[i * PAGE + 5] = (char)i;
	return 0;
}

static long sync_all(void)
{
	return object_sync(object, 0, PAGES * PAGE);
}

static void what_is_read_is_on_the_disk(void)
{
	uint64_t before;
	long sum = 0;

	open_disk(8, 0);
	before = faults();
	begin_call(read_all);
	CHECK_EQ(serve_until(DONE | FAULT), DONE);
	for (unsigned i = 0; i < PAGES; i++)
		sum += 'A' + i % 26;
	CHECK_EQ(job.result, sum);
	CHECK_EQ(brought, PAGES);
	/* Twice for a page; its window, in the same space, and the stacks. */
	CHECK(faults() - before >= 2 * PAGES);
	CHECK(faults() - before <= 3 * PAGES + 8);
	begin_call(read_all);
	CHECK_EQ(serve_until(DONE | FAULT), DONE);
	CHECK_EQ(brought, PAGES);
	close_disk();
}

static void what_is_written_gets_to_the_disk(void)
{
	open_disk(4, 0);
	begin_call(write_all);
	CHECK_EQ(serve_until(DONE | FAULT), DONE);
	CHECK_EQ(written, 0);
	CHECK_EQ(disk[7][5], 'A' + 7);
	begin_call(sync_all);
	CHECK_EQ(serve_until(DONE | FAULT), DONE);
	CHECK_EQ(job.result, 0);
	CHECK_EQ(written, PAGES);
	for (unsigned i = 0; i < PAGES; i++) {
		CHECK_EQ(disk[i][5], (char)i);
		CHECK_EQ(disk[i][6], 'A' + i % 26);
	}
	CHECK_EQ(object_sync(object, 0, PAGES * PAGE), 0); /* nothing to do */
	begin_write(file + 9 * PAGE, 'z');
	CHECK_EQ(serve_until(DONE | FAULT), DONE);
	begin_call(sync_all);
	CHECK_EQ(serve_until(DONE | FAULT), DONE);
	CHECK_EQ(written, PAGES + 1);
	CHECK_EQ(disk[9][0], 'z');
	close_disk();
}

static void the_first_write_to_each_page_is_told(void)
{
	open_disk(2, PAGER_TELL_DIRTY);
	begin_call(write_all);
	CHECK_EQ(serve_until(DONE | FAULT), DONE);
	begin_call(write_all);
	CHECK_EQ(serve_until(DONE | FAULT), DONE);
	serve_to(&told, PAGES);
	CHECK_EQ(told, PAGES);
	close_disk();
}

static void pages_come_back_when_they_are_revoked(void)
{
	struct pager_answer revoke = {.kind = PAGER_REVOKE,
				      .object = object,
				      .count = PAGES / 2,
				      .prot = PROT_NONE};
	const struct pager_answer *at;

	open_disk(8, 0);
	revoke.object = object;
	begin_call(write_all);
	CHECK_EQ(serve_until(DONE | FAULT), DONE);
	for (; revoke.index < PAGES; revoke.index += PAGES / 2) {
		at = pager_put(&pager, &revoke);
		submit(0);
		CHECK_EQ(at->result, PAGES / 2);
	}
	brought = 0;
	begin_read(file + 5 * PAGE + 5); /* which is on its way */
	while (client_activity() != THREAD_WAITS_PAGE)
		thread_yield();
	CHECK_EQ(serve_until(DONE | FAULT), DONE);
	CHECK_EQ(job.value, 5);
	serve_to(&written, PAGES);
	CHECK_EQ(brought, 1);
	brought = 0;
	memset(disk[3], '3', PAGE); /* by another node, say */
	begin_read(file + 3 * PAGE);
	CHECK_EQ(serve_until(DONE | FAULT), DONE);
	CHECK_EQ(job.value, '3');
	CHECK_EQ(brought, 1);
	close_disk();
}

/* ---- a writer that never stops ---------------------------------------------- */

static char stack_of_hammer[4096] __attribute__((aligned(16)));
static volatile bool stop;

static __attribute__((noinline)) void hammer(uint64_t arg)
{
	while (!stop)
		file[arg]++;
}
THREAD(hammer_entry, hammer)

static void a_sync_ends_whatever_is_written_meanwhile(void)
{
	uint64_t thread;

	open_disk(4, 0);
	stop = false;
	thread = (uint64_t)run(hammer_entry,
			       stack_of_hammer + sizeof(stack_of_hammer), 7);
	while (disk[0][7] == 'A') { /* the first that gets there */
		begin_call(sync_all);
		CHECK_EQ(serve_until(DONE | FAULT), DONE);
		CHECK_EQ(job.result, 0);
	}
	CHECK(written <= 64); /* and not for ever */
	stop = true;
	while (handle_info(thread) != -E_STALE)
		thread_yield();
	CHECK_EQ(handle_close(thread), 0);
	close_disk();
}

/* ---- calls that meet pages which are not there --------------------------- */

static long info_into_file(void)
{
	return memory_info((struct memory_info *)(uintptr_t)(file + PAGE - 8));
}

static long regions_into_file(void)
{
	return space_regions(
		SELF, NULL, (struct region_info *)(uintptr_t)(file + 20 * PAGE),
		2);
}

static void a_call_waits_for_pages_and_starts_again(void)
{
	uint64_t before = counts().mm.pages_out;

	open_disk(8, 0);
	begin_call(info_into_file); /* across two pages */
	CHECK_EQ(serve_until(DONE | FAULT), DONE);
	CHECK_EQ(job.result, 0);
	CHECK_EQ(brought, 2);
	CHECK(*(volatile uint64_t *)(file + PAGE - 8) > 1000); /* .total */
	begin_call(regions_into_file);
	CHECK_EQ(serve_until(DONE | FAULT), DONE);
	CHECK_EQ(job.result, 2);
	begin_call(sync_all);
	CHECK_EQ(serve_until(DONE | FAULT), DONE);
	CHECK_EQ(written, 3);
	CHECK_EQ(counts().mm.pages_out - before, 3);
	close_disk();
}

/* Brought one after another, and nobody has touched them. */
static long advise_file(void)
{
	return space_advise(SELF, (const void *)file, PAGES * PAGE,
			    ADVISE_WILL_NEED);
}

static void advice_brings_what_a_pager_has(void)
{
	uint64_t before = counts().mm.pages_in;

	open_disk(8, 0);
	begin_call(advise_file);
	CHECK_EQ(serve_until(DONE | FAULT), DONE);
	CHECK_EQ(job.result, 0);
	CHECK_EQ(brought, PAGES);
	begin_call(advise_file);
	CHECK_EQ(serve_until(DONE | FAULT), DONE);
	CHECK_EQ(job.result, 0);
	CHECK_EQ(brought, PAGES);
	CHECK_EQ(counts().mm.pages_in - before, PAGES);
	CHECK_EQ(file[PAGE], 'A' + 1);
	close_disk();
}

/* ---- another way to look at it ------------------------------------------- */

static volatile char *view; /* private */

static long write_view(void)
{
	view[2 * PAGE] = 'p';
	return file[2 * PAGE];
}

static void a_private_view_keeps_its_writes_to_itself(void)
{
	open_disk(8, 0);
	view = map_pages(object, PAGES, RW);
	begin_call(write_view);
	CHECK_EQ(serve_until(DONE | FAULT), DONE);
	CHECK_EQ(job.result, 'A' + 2);
	CHECK_EQ(view[2 * PAGE], 'p');
	begin_call(sync_all);
	CHECK_EQ(serve_until(DONE | FAULT), DONE);
	CHECK_EQ(written, 0);
	CHECK_EQ(space_unmap(SELF, (const void *)view, PAGES * PAGE), 0);
	close_disk();
}

/* Code that a pager brings. */
static long call_file(void)
{
	long (*f)(void) = (long (*)(void))(uintptr_t)file;

	return f();
}

static void a_program_can_run_from_a_pager(void)
{
	static const uint32_t code[] = {0x02a00513, 0x00008067}; /* 42; ret */

	open_disk(8, 0);
	CHECK_EQ(space_unmap(SELF, (const void *)file, PAGES * PAGE), 0);
	file = map_pages(object, PAGES, PROT_R | PROT_X | MAP_SHARED);
	memcpy(disk[0], code, sizeof(code));
	begin_call(call_file);
	CHECK_EQ(serve_until(DONE | FAULT), DONE);
	CHECK_EQ(job.result, 42);
	close_disk();
}

int main(void)
{
	what_is_read_is_on_the_disk();
	what_is_written_gets_to_the_disk();
	the_first_write_to_each_page_is_told();
	pages_come_back_when_they_are_revoked();
	a_sync_ends_whatever_is_written_meanwhile();
	a_call_waits_for_pages_and_starts_again();
	advice_brings_what_a_pager_has();
	a_private_view_keeps_its_writes_to_itself();
	a_program_can_run_from_a_pager();
	return 0;
}
