/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench.c - the operations of virtual memory, each between two markers that the
 * counting plugin sees (tests/bench/plugin). The budgets and the divisors are
 * in budgets.tsv; a marker's number is its row there.
 *
 * Two pages, two kinds of time: here only the number of instructions counts, so
 * nothing is read off a clock.
 */
#include "quire.h"
#include "rows.h"
#include <stdio.h>
#include <stdlib.h>

#define PAGE 4096ul
#define N    1024ul /* pages in the long rows */

static volatile char *anonymous(size_t pages)
{
	long r = space_map(SELF, NULL, pages * PAGE, PROT_R | PROT_W, 0, NULL);

	if (r < 0) {
		printf("bench: space_map: error %ld\n", r);
		thread_exit(1);
	}
	return (volatile char *)r;
}

static void release(volatile char *p, size_t pages)
{
	space_unmap(SELF, (const void *)p, pages * PAGE);
}

static inline __attribute__((always_inline)) void write_each(volatile char *p,
							     size_t pages)
{
	for (size_t i = 0; i < pages; i++, p += PAGE)
		*p = 1;
}

static inline __attribute__((always_inline)) void read_each(volatile char *p,
							    size_t pages)
{
	for (size_t i = 0; i < pages; i++, p += PAGE)
		(void)*p;
}

/* ---- rows -------------------------------------------------------------- */

static void null_call(void)
{
	for (int i = 0; i < 8; i++) {
		BEGIN(1);
		nothing();
		END(1);
	}
}

/* The zeroed pool was filled while the machine was idle, before we started. */
static void first_write_pooled(void)
{
	struct memory_info info;
	volatile char *p = anonymous(N);
	size_t n;

	*p = 1; /* tables */
	memory_info(&info);
	n = info.zeroed_ready < 64 ? info.zeroed_ready : 64;
	if (n < 64)
		printf("bench: only %lu frames in the zeroed pool\n", n);
	BEGIN(3);
	write_each(p + PAGE, 64);
	END(3);
	write_each(p, 256); /* the pool is empty now */
	release(p, N);
}

static void first_write(void)
{
	volatile char *p = anonymous(N);

	BEGIN(2);
	write_each(p, N);
	END(2);
	BEGIN(7);
	release(p, N);
	END(7);
}

static void first_read(void)
{
	volatile char *p = anonymous(N);

	BEGIN(4);
	read_each(p, N);
	END(4);
	BEGIN(5);
	write_each(p, N);
	END(5);
	release(p, N);
}

static __attribute__((noinline)) void grow_stack(unsigned pages)
{
	volatile char page[PAGE];

	page[0] = 1;
	if (pages > 1)
		grow_stack(pages - 1);
	if (page[0] != 1)
		printf("bench: the stack lost a byte\n");
}

static void stack_growth(void)
{
	BEGIN(6);
	grow_stack(256);
	END(6);
}

/* A page with no neighbour: a region of its own, before and after. */
static void protect_alone(void)
{
	void *page = (void *)0x2000000000;

	space_map(SELF, page, PAGE, PROT_R | PROT_W, MAP_FIXED, NULL);
	*(volatile char *)page = 1;
	BEGIN(8);
	space_protect(SELF, page, PAGE, PROT_R);
	END(8);
	space_unmap(SELF, page, PAGE);
}

/* The middle of a region: split, and one again. Then all of it. */
static void protect_inside(void)
{
	volatile char *p = anonymous(N);

	write_each(p, N);
	BEGIN(9);
	space_protect(SELF, (const void *)(p + 8 * PAGE), PAGE, PROT_R);
	END(9);
	space_protect(SELF, (const void *)(p + 8 * PAGE), PAGE,
		      PROT_R | PROT_W);
	BEGIN(10);
	space_protect(SELF, (const void *)p, N * PAGE, PROT_R);
	END(10);
	release(p, N);
}

static void map_unmap(void)
{
	for (int i = 0; i < 8; i++) {
		BEGIN(11);
		release(anonymous(1), 1);
		END(11);
	}
}

/* Constant and initialised data of this very file: pages of the archive. */
#define FILE_PAGES 64
static const char constants[FILE_PAGES * PAGE]
	__attribute__((aligned(4096))) = {1};
static char initialised[FILE_PAGES * PAGE] __attribute__((aligned(4096))) = {1};

#define LONE_PAGES 17

/* Each in a region of its own, so that nothing is around it. */
static void lone_file_pages(void)
{
	char *at = (char *)0x2100000000;

	for (size_t i = 0; i < LONE_PAGES; i++)
		must("a page of the archive",
		     space_map_object(SELF, at + 2 * i * PAGE, PAGE,
				      PROT_R | MAP_FIXED, HANDLE_ARCHIVE,
				      i * PAGE));
	(void)*(volatile char *)at; /* tables */
	BEGIN(12);
	for (size_t i = 1; i < LONE_PAGES; i++)
		(void)*(volatile char *)(at + 2 * i * PAGE);
	END(12);
	space_unmap(SELF, at, 2 * LONE_PAGES * PAGE);
}

static void file_pages(void)
{
	lone_file_pages();
	BEGIN(14);
	read_each((volatile char *)constants, FILE_PAGES);
	END(14);
	BEGIN(13);
	write_each(initialised, FILE_PAGES);
	END(13);
}

static void forget_pages(void)
{
	volatile char *p = anonymous(N);

	write_each(p, N);
	BEGIN(17);
	space_advise(SELF, (const void *)p, N * PAGE, ADVISE_DONT_NEED);
	END(17);
	release(p, N);
}

int main(void)
{
	struct memory_info info;

	thread_schedule(SELF, PRIORITY_DEFAULT, 0xff);
	memory_info(&info);
	printf("memory-taken %lu\n", info.boot_taken);
	null_call();
	first_write_pooled();
	first_write();
	first_read();
	stack_growth();
	protect_alone();
	protect_inside();
	map_unmap();
	file_pages();
	forget_pages();
	clone_rows();
	pager_rows();
	ipc_rows();
	task_rows();
	long_rows();
	return 0;
}
