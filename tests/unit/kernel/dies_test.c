/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dies_test.c - the kernel's own faults. Each ends the machine and runs only
 * when it is named; tests/boot/cases.py knows what must be on the console.
 */
#include "lib/assert.h"
#include "lib/log.h"
#include "tests/test.h"

static volatile uint64_t depth;

/* Not a tail call: each level needs its frame. */
static __attribute__((noinline)) uint64_t recurse(uint64_t n)
{
	volatile char frame[256];

	frame[n % sizeof(frame)] = (char)n;
	if (depth == ~0ul) /* never; but the compiler does not know */
		return 0;
	depth = n;
	return recurse(n + 1) + (uint64_t)frame[0];
}

TEST(dies_by_stack_overflow)
{
	recurse(0);
}

TEST(dies_by_a_null_pointer)
{
	volatile uint64_t *p = NULL;

	__asm__("" : "+r"(p)); /* hides the constant from the compiler */
	p[1] = 1;
}

TEST(dies_by_writing_to_text)
{
	*(volatile uint32_t *)(uintptr_t)test_fail = 0;
}

TEST(dies_by_an_illegal_instruction)
{
	__asm__ volatile(".word 0");
}

TEST(dies_by_a_failed_assert)
{
	assert(depth == 12345);
}

/* As asserts are outside of debug builds. */
TEST(dies_by_a_short_assert)
{
	if (depth != 12345)
		ASSERT_STOP();
}
