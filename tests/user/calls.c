/* SPDX-License-Identifier: BSD-2-Clause */
/* calls.c - the native calls with arguments that make no sense. */
#include "check.h"

static char page[2 * PAGE] __attribute__((aligned(4096)));

#define KERNEL	((void *)0xffffffffffe00000)
#define NOWHERE ((void *)0x3000000000)

static void bad_pointers(void)
{
	struct region_info list[2];
	volatile char *p =
		(volatile char *)space_map(SELF, NULL, 2 * PAGE, RW, 0, NULL);

	CHECK_EQ(log_write(KERNEL, 8), -E_FAULT);
	CHECK_EQ(log_write(NOWHERE, 8), -E_FAULT);
	CHECK_EQ(log_write(NULL, 8), -E_FAULT);
	CHECK_EQ(log_write((void *)~0ul, 8), -E_FAULT);
	CHECK_EQ(log_write(NULL, 0), 0);
	CHECK_EQ(space_regions(SELF, NULL, KERNEL, 1), -E_FAULT);
	CHECK_EQ(space_regions(SELF, NULL, (void *)1, 1), -E_FAULT);
	CHECK_EQ(memory_info(KERNEL), -E_FAULT);
	CHECK_EQ(memory_info((void *)(uintptr_t)bad_pointers), -E_FAULT);
	CHECK_EQ(space_walk(SELF, KERNEL, (struct walk_info *)page), -E_INVAL);
	CHECK_EQ(space_walk(SELF, page, KERNEL), -E_FAULT);

	/* Half a record in a page that is there, half in one that is not. */
	CHECK_EQ(space_unmap(SELF, (const void *)(p + PAGE), PAGE), 0);
	CHECK_EQ(space_regions(SELF, NULL,
			       (struct region_info *)(uintptr_t)(p + PAGE - 32),
			       1),
		 -E_FAULT);
	CHECK_EQ(space_protect(SELF, (const void *)p, PAGE, PROT_R), 0);
	CHECK_EQ(memory_info((struct memory_info *)(uintptr_t)p), -E_FAULT);
	CHECK_EQ(space_unmap(SELF, (const void *)p, PAGE), 0);
	CHECK_EQ(space_regions(SELF, NULL, list, 2), 2);
}

static void pages_that_a_call_brings(void)
{
	struct memory_info *fresh =
		(struct memory_info *)space_map(SELF, NULL, PAGE, RW, 0, NULL);

	CHECK_EQ(memory_info(fresh), 0); /* faulted in by the copy */
	CHECK(fresh->total > 0);
	CHECK_EQ(space_unmap(SELF, fresh, PAGE), 0);
}

static void bad_numbers(void)
{
	CHECK_EQ(space_map(99, NULL, PAGE, RW, 0, NULL), -E_BADF);
	CHECK_EQ(space_map(~0ul, NULL, PAGE, RW, 0, NULL), -E_BADF);
	CHECK_EQ(space_map(SELF, NULL, 0, RW, 0, NULL), -E_INVAL);
	CHECK_EQ(space_map(SELF, NULL, ~0ul, RW, 0, NULL), -E_INVAL);
	CHECK_EQ(space_map(SELF, NULL, PAGE, ~0u, 0, NULL), -E_INVAL);
	CHECK_EQ(space_map(SELF, NULL, PAGE, RW, ~0u, NULL), -E_INVAL);
	CHECK_EQ(space_map(SELF, KERNEL, PAGE, RW, MAP_FIXED, NULL), -E_INVAL);
	CHECK_EQ(space_map(SELF, page, PAGE, RW, MAP_FIXED, NULL), -E_EXIST);
	CHECK_EQ(space_map(SELF, NULL, PAGE, RW, MAP_GROW_DOWN, page + 1),
		 -E_INVAL);
	CHECK_EQ(space_unmap(SELF, page + 1, PAGE), -E_INVAL);
	CHECK_EQ(space_unmap(SELF, KERNEL, PAGE), -E_INVAL);
	CHECK_EQ(space_unmap(7, page, PAGE), -E_BADF);
	CHECK_EQ(space_protect(SELF, NOWHERE, PAGE, PROT_R), -E_NOMEM);
	CHECK_EQ(space_protect(SELF, KERNEL, PAGE, PROT_R), -E_INVAL);
	CHECK_EQ(space_regions(SELF, (void *)~0ul, NULL, 8), 0);
	CHECK_EQ(space_regions(SELF, NULL, NULL, 0), 0);
}

static void registers_are_kept(void)
{
	register uint64_t s2 __asm__("s2") = 0x1234567890abcdef;
	register uint64_t t3 __asm__("t3") = 0xfedcba0987654321;
	register uint64_t a1 __asm__("a1") = 77;
	register uint64_t a0 __asm__("a0") = 0;
	register uint64_t a7 __asm__("a7") = CALL_nothing;

	__asm__ volatile("ecall"
			 : "+r"(a0), "+r"(a1), "+r"(s2), "+r"(t3)
			 : "r"(a7)
			 : "memory");
	CHECK_EQ(a0, ABI_VERSION);
	CHECK_EQ(a1, 77);
	CHECK_EQ(s2, 0x1234567890abcdef);
	CHECK_EQ(t3, (long)0xfedcba0987654321);
}

/* The cheap way, without a call. */
static uint64_t read_time(void)
{
	uint64_t t;

	__asm__ volatile("rdtime %0" : "=r"(t));
	return t;
}

static void time_goes_on(void)
{
	long t = time_now();
	uint64_t before;

	CHECK(t > 0);
	CHECK(time_now() >= t);
	CHECK_EQ(thread_yield(), 0);
	before = read_time();
	CHECK(read_time() >= before);
}

int main(void)
{
	bad_pointers();
	pages_that_a_call_brings();
	bad_numbers();
	registers_are_kept();
	time_goes_on();
	return 0;
}
