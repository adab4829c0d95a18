/* SPDX-License-Identifier: BSD-2-Clause */
/* statistics.c - what is counted, for this space, another, and the machine. */
#include "check.h"
#include "forked.h"

#define PAGES 50ul

static volatile char *map(uint64_t space, size_t pages)
{
	long r = space_map(space, NULL, pages * PAGE, RW, 0, NULL);

	CHECK(r > 0);
	return (volatile char *)r;
}

static struct space_info info_of(uint64_t space)
{
	struct space_info info;

	CHECK_EQ(space_info(space, &info), 0);
	return info;
}

/* The caller's in memory_info() are those of its space, and part of the sum. */
static void a_fault_is_counted_here_and_in_the_sum(void)
{
	volatile char *p = map(SELF, PAGES);
	struct memory_info before = counts(), after;

	for (size_t i = 0; i < PAGES; i++)
		p[i * PAGE] = 1;
	after = counts();
	CHECK_EQ(after.zeroed - before.zeroed, PAGES);
	CHECK(after.all.zeroed - before.all.zeroed >= PAGES);
	CHECK(after.all.faults >= after.faults);
	CHECK_EQ(info_of(SELF).counts.zeroed, after.zeroed);
	CHECK_EQ(info_of(SELF).counts.grown, after.grown);
	CHECK(after.tables >= info_of(SELF).tables);
	CHECK_EQ(space_unmap(SELF, (const void *)p, PAGES * PAGE), 0);
}

static volatile char *memory;

int forked_child(uint64_t argument)
{
	for (size_t i = 0; i < argument; i++)
		memory[i * PAGE] = 2;
	return 0;
}

/* What a task did is still known when its space has ended. */
static void sums_do_not_forget_who_has_ended(void)
{
	static struct forked child;
	struct memory_info before;

	memory = map(SELF, PAGES);
	child.over = (uint64_t)notification_create();
	before = counts();
	CHECK_EQ(fork_off(&child, PAGES), 0);
	CHECK_EQ(fork_wait(&child), 0);
	for (unsigned i = 0; i < 100; i++) {
		CHECK(counts().all.zeroed >= before.all.zeroed + PAGES);
		thread_yield();
	}
	CHECK_EQ(space_unmap(SELF, (const void *)memory, PAGES * PAGE), 0);
	CHECK_EQ(handle_close(child.over), 0);
}

static void another_space_is_asked_by_its_handle(void)
{
	uint64_t space = (uint64_t)space_create(), clone;
	uint64_t writer =
		(uint64_t)handle_duplicate(SELF, space, RIGHT_WRITE, 0);
	struct space_info info = info_of(space);
	const void *p;

	CHECK_EQ(info.regions, 0);
	CHECK_EQ(info.tables, 1); /* the root */
	CHECK_EQ(info.counts.faults, 0);
	p = (const void *)map(space, PAGES);
	CHECK_EQ(space_advise(space, p, PAGES * PAGE, ADVISE_PIN), 0);
	clone = (uint64_t)space_clone(space);
	info = info_of(space);
	CHECK_EQ(info.regions, 1);
	CHECK(info.tables >= 3);
	CHECK_EQ(info.counts.zeroed, PAGES);
	CHECK_EQ(info.pinned, PAGES);
	CHECK_EQ(info.in_common, info.tables - 2);
	CHECK_EQ(info_of(clone).counts.faults, 0);
	CHECK_EQ(space_info(writer, &info), -E_PERM);
	CHECK_EQ(space_info(99, &info), -E_BADF);
	CHECK_EQ(space_info(space, NULL), -E_FAULT);
	CHECK_EQ(handle_close(clone), 0);
	CHECK_EQ(handle_close(writer), 0);
	CHECK_EQ(handle_close(space), 0);
	CHECK_EQ(space_info(space, &info), -E_STALE);
}

int main(void)
{
	a_fault_is_counted_here_and_in_the_sum();
	sums_do_not_forget_who_has_ended();
	another_space_is_asked_by_its_handle();
	return 0;
}
