/* SPDX-License-Identifier: BSD-2-Clause */
/* revoke.c - memory, and other objects, that end for everybody. */
#include "paging.h"
#include "remote.h"
#include <abi/machine.h>

#define PAGES 700ul /* more than one leaf table, and several batches */

static void unmap(volatile char *at, uint64_t bytes)
{
	CHECK_EQ(space_unmap(SELF, (const void *)at, bytes), 0);
}

/* A touch of it is what nothing permits, in a program and in a call. */
static void check_gone(volatile char *at)
{
	begin_read(at);
	CHECK_EQ(wait_for(FAULT), E_FAULT);
	CHECK_EQ(memory_info((struct memory_info *)(uintptr_t)at), -E_FAULT);
}

static void check_stale(uint64_t object)
{
	CHECK_EQ(handle_info(object), -E_STALE);
	CHECK(handle_revoke(object) < 0);
	CHECK_EQ(space_map_object(SELF, NULL, PAGE, PROT_R, object, 0),
		 -E_STALE);
	CHECK(object_sync(object, 0, PAGE) < 0);
}

/* ---- memory of its own ------------------------------------------------------ */

static void pages_are_taken_from_every_mapping(void)
{
	uint64_t o = (uint64_t)object_create(SELF, PAGES * PAGE, 0), free;
	volatile char *p = map_pages(o, PAGES, RW | MAP_SHARED);
	volatile char *q = map_pages(o, PAGES, PROT_R | MAP_SHARED);
	volatile char *mine = map_pages(o, PAGES, RW);
	long weak = handle_duplicate(SELF, o, RIGHT_READ, 0);

	for (uint64_t i = 0; i < PAGES; i++) {
		p[i * PAGE] = 'p';
		CHECK_EQ(q[i * PAGE], 'p');
	}
	mine[PAGE] = 'm';
	CHECK_EQ(mine[2 * PAGE], 'p');
	CHECK_EQ(space_protect(SELF, (const void *)(q + 3 * PAGE), PAGE,
			       PROT_NONE),
		 0);
	free = counts().free;
	CHECK_EQ(handle_revoke((uint64_t)weak), -E_PERM);
	CHECK_EQ(handle_revoke(o), 0);
	CHECK(counts().free >= free + PAGES); /* the mappings are there still */
	begin_write(p, 'x');
	CHECK_EQ(wait_for(FAULT), E_FAULT);
	check_gone(p);
	check_gone(p + (PAGES - 1) * PAGE);
	check_gone(q + 300 * PAGE);
	check_gone(mine + 2 * PAGE);
	CHECK_EQ(mine[PAGE], 'm'); /* a copy is its owner's */
	mine[PAGE] = 'n';
	CHECK_EQ(
		space_protect(SELF, (const void *)(q + 3 * PAGE), PAGE, PROT_R),
		0);
	check_gone(q + 3 * PAGE);
	check_stale(o);
	CHECK_EQ(handle_revoke(o), -E_STALE);
	CHECK_EQ(object_sync(o, 0, PAGE), -E_STALE);
	check_stale((uint64_t)weak);
	unmap(p, PAGES * PAGE);
	unmap(q, PAGES * PAGE);
	unmap(mine, PAGES * PAGE);
	CHECK_EQ(handle_close(o) | handle_close((uint64_t)weak), 0);
}

/* Far apart, in both the object and the space, and little of it touched. */
static void wide_objects_with_holes(void)
{
	const uint64_t far = 1ul << 36, big = 1ul << 35;
	uint64_t o = (uint64_t)object_create(SELF, 2 * far, 0);
	long a = space_map_object(SELF, NULL, big, RW | MAP_SHARED, o, 0);
	long b = space_map_object(SELF, NULL, big, RW | MAP_SHARED, o, far);
	volatile char *at[4] = {(char *)a + 5 * PAGE, (char *)a + big - PAGE,
				(char *)b, (char *)b + big / 2};

	CHECK((long)o > 0 && a > 0 && b > 0);
	for (unsigned i = 0; i < 4; i++)
		*at[i] = 'w';
	CHECK_EQ(handle_revoke(o), 0);
	for (unsigned i = 0; i < 4; i++)
		check_gone(at[i]);
	CHECK_EQ(handle_close(o), 0); /* the regions hold it */
	unmap((char *)a, big);
	unmap((char *)b, big);
}

static volatile char *registers;
static bool sifive;

/* One that is harmless to read: LSR, or txctrl, which wants to be read whole. */
static long read_register(void)
{
	return sifive ? (long)*(volatile uint32_t *)(registers + 8)
		      : registers[5];
}

static void memory_and_registers_of_devices(void)
{
	static struct machine_info info;
	uint64_t dma =
		(uint64_t)object_create(HANDLE_MACHINE, 16 * PAGE, OBJECT_DMA);
	volatile char *p = map_pages(dma, 16, RW | MAP_SHARED);
	volatile char *q = map_pages(dma, 16, RW), *r;
	uint64_t free, uart;

	p[15 * PAGE] = 'd';
	CHECK_EQ(q[15 * PAGE], 'd');
	free = counts().free;
	CHECK_EQ(handle_revoke(dma), 0);
	CHECK(counts().free >= free + 16);
	check_gone(p + 15 * PAGE);
	check_gone(q + 15 * PAGE);
	CHECK_EQ(object_address(dma, 0), -E_STALE);
	check_stale(dma);
	unmap(p, 16 * PAGE);
	unmap(q, 16 * PAGE);
	CHECK_EQ(machine_info(HANDLE_MACHINE, &info), 0);
	uart = (uint64_t)object_create(HANDLE_MACHINE, PAGE, info.uart.base);
	CHECK((long)uart > 0);
	r = map_pages(uart, 1, PROT_R | MAP_SHARED);
	registers = r;
	sifive = info.uart_kind == 2;
	begin_call(read_register);
	wait_for(DONE);
	CHECK_EQ(handle_revoke(uart), 0);
	check_gone(r + 5);
	check_stale(uart);
	unmap(r, PAGE);
	CHECK_EQ(handle_close(dma) | handle_close(uart), 0);
	CHECK_EQ(handle_revoke(HANDLE_ARCHIVE), -E_PERM);
}

/* A task without a handler that touches it ends by that. */
static void other_tasks_lose_it_too(void)
{
	static struct remote_task t;
	uint64_t o = (uint64_t)object_create(SELF, 4 * PAGE, 0);
	uint64_t over = (uint64_t)notification_create(), bits;
	struct task_info info;

	CHECK_EQ(remote_open(&t, o, 4 * PAGE, bits_of_all, DONE), 0);
	CHECK_EQ(handle_watch(t.task, over, 1), 0);
	CHECK_EQ(handle_revoke(o), 0);
	CHECK_EQ(remote_start(&t, 4, true), 0);
	CHECK_EQ(notification_wait(over, 1, NEVER, &bits), 0);
	CHECK_EQ(task_info(t.task, &info), 0);
	CHECK_EQ(info.fault, 15);
	remote_close(&t);
	CHECK_EQ(handle_close(o) | handle_close(over), 0);
}

/* ---- pages of a pager -------------------------------------------------------- */

static uint64_t object;
static volatile char *file;

/* Page 0 is dirty. */
static void open_file(unsigned slots)
{
	struct pager_request q;

	open_all(slots, 0, 0);
	object = (uint64_t)object_create(pager.handle, 8 * PAGE, KEY);
	file = map_pages(object, 8, RW | MAP_SHARED);
	begin_write(file, 'd');
	q = next_request();
	CHECK_EQ(supply(&q, RW), 0);
	wait_for(DONE);
}

static void close_file(void)
{
	unmap(file, 8 * PAGE);
	close_pager(object);
}

static long sync_all(void)
{
	return object_sync(object, 0, 8 * PAGE);
}

static void who_waits_for_a_page_goes_on(void)
{
	struct pager_request q;

	open_file(2);
	begin_read(file + PAGE);
	q = next_request();
	while (client_activity() != THREAD_WAITS_PAGE)
		thread_yield();
	CHECK_EQ(handle_revoke(object), 0);
	CHECK_EQ(wait_for(FAULT), E_FAULT);
	CHECK_EQ(supply(&q, RW), 0); /* too late, and no harm */
	check_gone(file);
	check_gone(file + PAGE);
	check_stale(object);
	q = next_request();
	CHECK_EQ(q.kind, PAGER_WRITEBACK);
	CHECK_EQ(done(&q), 0);
	close_file();
}

static void dirty_pages_go_when_they_are_written(void)
{
	struct pager_request q, second;
	uint64_t free;

	for (unsigned fails = 0; fails < 2; fails++) {
		open_file(1);
		begin_write(file + PAGE, 'e');
		q = next_request();
		CHECK_EQ(supply(&q, RW), 0);
		wait_for(DONE);
		CHECK_EQ(handle_revoke(object), 0);
		q = next_request();
		CHECK_EQ(q.kind, PAGER_WRITEBACK);
		CHECK_EQ(*(volatile char *)q.address, 'd');
		free = counts().free;
		CHECK_EQ(fails ? fail(&q, E_IO) : done(&q), 0);
		second = next_request(); /* it had to wait for the slot */
		CHECK_EQ(second.kind, PAGER_WRITEBACK);
		CHECK_EQ(*(volatile char *)second.address, 'e');
		CHECK_EQ(fails ? fail(&second, E_IO) : done(&second), 0);
		CHECK(counts().free >= free + 2); /* others may end, too */
		CHECK(!pager_next(&pager, &q));
		close_file();
	}
}

static void a_sync_is_told(void)
{
	struct pager_request q;

	open_file(2);
	begin_call(sync_all);
	q = next_request();
	while (client_activity() != THREAD_WAITS_PAGE)
		thread_yield();
	CHECK_EQ(handle_revoke(object), 0);
	wait_for(DONE);
	CHECK_EQ(job.result, -E_STALE);
	CHECK_EQ(done(&q), 0);
	close_file();
}

static void without_its_pager_what_is_dirty_is_lost(void)
{
	uint64_t free;

	open_file(2);
	CHECK_EQ(handle_revoke(pager.handle), 0);
	CHECK_EQ(*file, 'd');
	free = counts().free;
	CHECK_EQ(handle_revoke(object), 0);
	CHECK(counts().free >= free + 1);
	check_gone(file);
	close_file();
	open_file(2); /* and the other way round */
	CHECK_EQ(handle_revoke(object), 0);
	free = counts().free;
	CHECK_EQ(handle_revoke(pager.handle), 0);
	CHECK(counts().free >= free + 1);
	close_file();
}

/* ---- other kinds -------------------------------------------------------------- */

static void an_interrupt_is_free_for_another(void)
{
	long line = interrupt_create(HANDLE_MACHINE, 1, bits_of_all, 1), next;
	uint64_t second;

	CHECK(line > 0);
	second =
		(uint64_t)handle_duplicate(SELF, (uint64_t)line, RIGHTS_ALL, 0);
	CHECK_EQ(handle_revoke(second), 0);
	CHECK_EQ(interrupt_done((uint64_t)line), -E_STALE);
	next = interrupt_create(HANDLE_MACHINE, 1, bits_of_all, 1);
	CHECK(next > 0);
	CHECK_EQ(handle_close((uint64_t)line) | handle_close(second), 0);
	CHECK_EQ(interrupt_create(HANDLE_MACHINE, 1, bits_of_all, 1), -E_BUSY);
	CHECK_EQ(handle_close((uint64_t)next), 0);
}

static uint64_t ear;

static long ask(void)
{
	struct message m = {.word = {0}};

	return ipc_call(ear, &m);
}

static void a_kept_caller_is_told(void)
{
	struct message m = {.word = {0}};
	long kept;

	ear = (uint64_t)endpoint_create();
	begin_call(ask);
	CHECK_EQ(ipc_receive(ear, &m), 0);
	kept = reply_keep();
	CHECK(kept > 0);
	CHECK_EQ(handle_revoke((uint64_t)kept), 0);
	wait_for(DONE);
	CHECK_EQ(job.result, -E_PEER);
	CHECK_EQ(ipc_reply((uint64_t)kept, &m), -E_STALE);
	CHECK_EQ(handle_close((uint64_t)kept) | handle_close(ear), 0);
}

static void what_cannot_be_revoked(void)
{
	uint64_t s = (uint64_t)space_create();
	uint64_t t = (uint64_t)task_create(s, "t", 1);
	long thread = thread_create(t, NULL, NULL, 0);

	CHECK_EQ(handle_revoke(s), -E_INVAL);
	CHECK_EQ(handle_revoke(t), -E_PERM); /* nobody has that right */
	CHECK_EQ(handle_revoke((uint64_t)thread), -E_PERM);
	CHECK_EQ(handle_close(s) | handle_close(t) |
			 handle_close((uint64_t)thread),
		 0);
}

/* The last test: with this the program has no machine any more. */
static void the_machine(void)
{
	static struct machine_info info;

	CHECK_EQ(handle_revoke(HANDLE_MACHINE), 0);
	CHECK_EQ(machine_info(HANDLE_MACHINE, &info), -E_STALE);
	CHECK_EQ(object_create(HANDLE_MACHINE, PAGE, OBJECT_DMA), -E_STALE);
	CHECK_EQ(interrupt_create(HANDLE_MACHINE, 1, bits_of_all, 1), -E_STALE);
	CHECK_EQ(machine_stop(HANDLE_MACHINE, 1), -E_STALE);
}

int main(void)
{
	open_file(1); /* makes client and handler, which stay */
	close_file();
	pages_are_taken_from_every_mapping();
	wide_objects_with_holes();
	memory_and_registers_of_devices();
	other_tasks_lose_it_too();
	who_waits_for_a_page_goes_on();
	dirty_pages_go_when_they_are_written();
	a_sync_is_told();
	without_its_pager_what_is_dirty_is_lost();
	an_interrupt_is_free_for_another();
	a_kept_caller_is_told();
	what_cannot_be_revoked();
	the_machine();
	return 0;
}
