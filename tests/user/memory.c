/* SPDX-License-Identifier: BSD-2-Clause */
/* memory.c - mapping, touching, protecting; faults are counted. */
#include "check.h"

static volatile char *map(size_t pages)
{
	long r = space_map(SELF, NULL, pages * PAGE, RW, 0, NULL);

	CHECK(r > 0);
	return (volatile char *)r;
}

static void each_page_faults_once(void)
{
	volatile char *p = map(100);
	struct memory_info before = counts(), after;

	for (size_t i = 0; i < 100; i++)
		CHECK_EQ(p[i * PAGE], 0);
	after = counts();
	CHECK_EQ(after.zero - before.zero, 100);
	for (size_t i = 0; i < 100; i++)
		p[i * PAGE] = (char)i;
	for (size_t i = 0; i < 100; i++)
		CHECK_EQ(p[i * PAGE], (char)i);
	before = counts();
	CHECK_EQ(before.zeroed - after.zeroed, 100);
	CHECK_EQ(before.faults - after.faults, 100);
	for (size_t i = 0; i < 100; i++)
		p[i * PAGE + 1] = 1;
	CHECK_EQ(counts().faults, before.faults); /* all there */
	CHECK_EQ(space_unmap(SELF, (const void *)p, 100 * PAGE), 0);
}

static void new_memory_is_always_zero(void)
{
	for (int round = 0; round < 4; round++) {
		volatile uint64_t *p = (volatile uint64_t *)map(16);

		for (size_t i = 0; i < 16 * PAGE / 8; i++) {
			CHECK_EQ(p[i], 0);
			p[i] = ~i;
		}
		CHECK_EQ(space_unmap(SELF, (const void *)p, 16 * PAGE), 0);
	}
}

static void overcommit(void)
{
	size_t pages = 64ul << 18; /* 64 GiB */
	volatile char *p = map(pages);

	p[0] = 1;
	p[(pages / 2) * PAGE] = 2;
	p[pages * PAGE - 1] = 3;
	CHECK_EQ(p[0] + p[(pages / 2) * PAGE] + p[pages * PAGE - 1], 6);
	CHECK_EQ(space_unmap(SELF, (const void *)p, pages * PAGE), 0);
}

static void contents_survive_protection(void)
{
	volatile char *p = map(3);

	memset((void *)p, 'x', 3 * PAGE);
	CHECK_EQ(space_protect(SELF, (const void *)(p + PAGE), PAGE, PROT_NONE),
		 0);
	CHECK_EQ(p[0], 'x');
	CHECK_EQ(p[2 * PAGE], 'x');
	CHECK_EQ(space_protect(SELF, (const void *)(p + PAGE), PAGE, RW), 0);
	CHECK_EQ(p[PAGE], 'x');
	p[PAGE] = 'y';
	CHECK_EQ(p[PAGE], 'y');
	CHECK_EQ(space_unmap(SELF, (const void *)p, 3 * PAGE), 0);
}

static void code_made_by_hand_runs(void)
{
	volatile uint32_t *p = (volatile uint32_t *)map(1);
	int (*f)(void) = (int (*)(void))(uintptr_t)p;

	p[0] = 0x02a00513; /* li a0, 42 */
	p[1] = 0x00008067; /* ret */
	CHECK_EQ(space_protect(SELF, (const void *)p, PAGE, PROT_R | PROT_X),
		 0);
	__asm__ volatile("fence.i" : : : "memory");
	CHECK_EQ(f(), 42);
	CHECK_EQ(space_unmap(SELF, (const void *)p, PAGE), 0);
}

static void malloc_and_free(void)
{
	char *blocks[50];

	for (int i = 0; i < 50; i++) {
		blocks[i] = malloc(1000 + 137 * (size_t)i);
		CHECK(blocks[i] != NULL);
		memset(blocks[i], i, 1000);
	}
	for (int i = 0; i < 50; i++) {
		CHECK_EQ(blocks[i][999], i);
		free(blocks[i]);
	}
	CHECK(malloc(1ul << 40) == NULL);
}

int main(void)
{
	each_page_faults_once();
	new_memory_is_always_zero();
	overcommit();
	contents_survive_protection();
	code_made_by_hand_runs();
	malloc_and_free();
	return 0;
}
