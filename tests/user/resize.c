/* SPDX-License-Identifier: BSD-2-Clause */
/* resize.c - objects of another size, and copies of objects: the calls. */
#include "paging.h"
#include "remote.h"

#define PAGES 700ul

static void unmap(volatile char *at, uint64_t pages)
{
	CHECK_EQ(space_unmap(SELF, (const void *)at, pages * PAGE), 0);
}

static void check_beyond(volatile char *at)
{
	begin_read(at);
	CHECK_EQ(wait_for(FAULT), E_FAULT);
	CHECK_EQ(memory_info((struct memory_info *)(uintptr_t)at), -E_FAULT);
}

static uint64_t weaker(uint64_t o, unsigned rights)
{
	return (uint64_t)handle_duplicate(SELF, o, rights, 0);
}

static void arguments_and_rights(void)
{
	uint64_t o = (uint64_t)object_create(SELF, PAGE, 0);
	uint64_t read = weaker(o, RIGHT_READ);
	uint64_t manage = weaker(o, RIGHT_MANAGE);
	uint64_t dma =
		(uint64_t)object_create(HANDLE_MACHINE, PAGE, OBJECT_DMA);

	CHECK_EQ(object_resize(read, PAGE), -E_PERM);
	CHECK_EQ(object_clone(manage), -E_PERM);
	CHECK_EQ(object_resize(bits_of_all, PAGE), -E_TYPE);
	CHECK_EQ(object_clone(bits_of_all), -E_TYPE);
	CHECK_EQ(object_resize(0x7777, PAGE), -E_BADF);
	CHECK_EQ(object_clone(0x7777), -E_BADF);
	CHECK_EQ(object_resize(o, ~0ul), -E_INVAL);
	CHECK_EQ(object_resize(dma, 2 * PAGE), -E_INVAL);
	CHECK_EQ(object_resize(HANDLE_ARCHIVE, PAGE), -E_PERM);
	CHECK_EQ(object_resize(manage, 3 * PAGE - 1), 0);
	CHECK_EQ(object_sync(o, 0, 3 * PAGE), 0);
	CHECK_EQ(object_sync(o, 0, 4 * PAGE), -E_INVAL);
	CHECK_EQ(object_resize(manage, 0), 0);
	CHECK_EQ(object_sync(o, 0, 1), -E_INVAL);
	CHECK_EQ(handle_revoke(o), 0);
	CHECK_EQ(object_resize(manage, PAGE), -E_STALE);
	CHECK_EQ(object_clone(read), -E_STALE);
	CHECK_EQ(handle_close(o) | handle_close(read) | handle_close(manage) |
			 handle_close(dma),
		 0);
}

static void smaller_and_larger(void)
{
	uint64_t o = (uint64_t)object_create(SELF, PAGES * PAGE, 0), free;
	volatile char *p = map_pages(o, PAGES, RW | MAP_SHARED);
	volatile char *mine = map_pages(o, PAGES, RW);

	for (uint64_t i = 0; i < PAGES; i++)
		p[i * PAGE] = 'p';
	CHECK_EQ(mine[2 * PAGE], 'p');
	mine[3 * PAGE] = 'm';
	free = counts().free;
	CHECK_EQ(object_resize(o, 2 * PAGE), 0);
	CHECK(counts().free + 8 >= free + PAGES - 2); /* others take some */
	CHECK_EQ(p[PAGE], 'p');
	check_beyond(p + 2 * PAGE);
	check_beyond(mine + 2 * PAGE);
	check_beyond(p + (PAGES - 1) * PAGE);
	CHECK_EQ(mine[3 * PAGE], 'm'); /* a copy is its owner's */
	CHECK_EQ(object_resize(o, PAGES * PAGE), 0);
	for (uint64_t i = 2; i < PAGES; i++)
		CHECK_EQ(p[i * PAGE], 0);
	CHECK_EQ(mine[2 * PAGE], 0);
	unmap(p, PAGES);
	unmap(mine, PAGES);
	CHECK_EQ(handle_close(o), 0);
}

static void who_waits_beyond_goes_on(void)
{
	struct pager_request q;
	uint64_t o;
	volatile char *file;

	open_all(2, 0, 0);
	o = (uint64_t)object_create(pager.handle, 8 * PAGE, KEY);
	file = map_pages(o, 8, RW | MAP_SHARED);
	begin_write(file + 5 * PAGE, 'x');
	q = next_request();
	while (client_activity() != THREAD_WAITS_PAGE)
		thread_yield();
	CHECK_EQ(object_resize(o, 5 * PAGE), 0);
	CHECK_EQ(wait_for(FAULT), E_FAULT);
	CHECK_EQ(supply(&q, RW), 0);
	check_beyond(file + 5 * PAGE);
	CHECK_EQ(object_resize(o, 8 * PAGE), 0);
	begin_read(file + 5 * PAGE);
	q = next_request();
	*(volatile char *)q.address = 'n';
	CHECK_EQ(supply(&q, RW), 0);
	wait_for(DONE);
	CHECK_EQ(job.value, 'n');
	wait_for_last();
	unmap(file, 8);
	close_pager(o);
}

/* ---- others at the same time --------------------------------------------------- */

static volatile char *raced;
static volatile int over;

/* A call writes there, or says that nothing is there. */
static long touch_all_the_time(void)
{
	for (uint64_t i = 0; !over; i = (i + 37) % 64) {
		long err = memory_info(
			(struct memory_info *)(uintptr_t)(raced + i * PAGE));

		if (err && err != -E_FAULT)
			return err;
	}
	return 0;
}

static void others_touch_it_meanwhile(void)
{
	uint64_t o = (uint64_t)object_create(SELF, 64 * PAGE, 0), free;

	raced = map_pages(o, 64, RW | MAP_SHARED);
	begin_call(touch_all_the_time);
	for (uint64_t i = 0; i < 300; i++) {
		CHECK_EQ(object_resize(o, i * 23 % 65 * PAGE), 0);
		if (counts().harts == 1)
			thread_yield();
	}
	over = true;
	wait_for(DONE);
	CHECK_EQ(job.result, 0);
	CHECK_EQ(object_resize(o, 0), 0);
	CHECK_EQ(object_resize(o, 64 * PAGE), 0);
	free = counts().free;
	for (uint64_t i = 0; i < 64; i++)
		CHECK_EQ(raced[i * PAGE], 0);
	CHECK(counts().free <= free - 64);
	unmap(raced, 64);
	CHECK_EQ(handle_close(o), 0);
}

/* ---- copies ---------------------------------------------------------------------- */

static void a_copy_is_its_own(void)
{
	uint64_t o = (uint64_t)object_create(SELF, PAGES * PAGE, 0);
	volatile char *p = map_pages(o, PAGES, RW | MAP_SHARED), *q;
	uint64_t read = weaker(o, RIGHT_READ);
	long c;

	for (uint64_t i = 0; i < PAGES; i += 10)
		p[i * PAGE] = (char)(i / 10 + 1);
	c = object_clone(read);
	CHECK(c > 0);
	q = map_pages((uint64_t)c, PAGES, RW | MAP_SHARED);
	for (uint64_t i = 0; i < PAGES; i++)
		CHECK_EQ(q[i * PAGE], i % 10 ? 0 : i / 10 + 1);
	p[0] = 'p';
	q[10 * PAGE] = 'q';
	CHECK_EQ(q[0], 1);
	CHECK_EQ(p[10 * PAGE], 2);
	CHECK_EQ(object_resize((uint64_t)c, PAGE), 0); /* MANAGE, too */
	unmap(p, PAGES);
	unmap(q, PAGES);
	CHECK_EQ(handle_close(o) | handle_close(read) |
			 handle_close((uint64_t)c),
		 0);
	c = object_clone(HANDLE_ARCHIVE);
	CHECK(c > 0);
	p = map_pages(HANDLE_ARCHIVE, 4, PROT_R);
	q = map_pages((uint64_t)c, 4, PROT_R);
	CHECK_EQ(memcmp((const void *)p, (const void *)q, 4 * PAGE), 0);
	unmap(p, 4);
	unmap(q, 4);
	CHECK_EQ(handle_close((uint64_t)c), 0);
}

static uint64_t of_a_pager;

static long clone_it(void)
{
	return object_clone(of_a_pager);
}

/* Its pages come first; if one does not, there is no copy. */
static void a_copy_of_a_pagers_object(void)
{
	struct pager_request q;
	uint64_t got;

	open_all(2, 0, 0);
	of_a_pager = (uint64_t)object_create(pager.handle, 3 * PAGE, KEY);
	for (int fails = 1; fails >= 0; fails--) {
		begin_call(clone_it);
		for (got = 0; !(got & DONE); got = submit(REQUEST | DONE))
			while (pager_next(&pager, &q)) {
				*(volatile char *)q.address = 'a';
				CHECK_EQ(fails && q.index == 2 ? fail(&q, E_IO)
							       : supply(&q, RW),
					 0);
			}
		CHECK(fails ? job.result == -E_IO : job.result > 0);
	}
	wait_for_last();
	raced = map_pages((uint64_t)job.result, 3, PROT_R);
	CHECK_EQ(raced[2 * PAGE], 'a');
	unmap(raced, 3);
	CHECK_EQ(handle_close((uint64_t)job.result), 0);
	close_pager(of_a_pager);
}

int main(void)
{
	uint64_t o;

	open_all(1, 0, 0); /* makes client and handler, which stay */
	o = (uint64_t)object_create(pager.handle, PAGE, KEY);
	close_pager(o);
	arguments_and_rights();
	smaller_and_larger();
	who_waits_beyond_goes_on();
	others_touch_it_meanwhile();
	a_copy_is_its_own();
	a_copy_of_a_pagers_object();
	return 0;
}
