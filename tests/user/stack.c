/* SPDX-License-Identifier: BSD-2-Clause */
/* stack.c - a stack grows page by page, and by leaps within its limit. */
#include "check.h"
#include "regions.h"

/* Each call knows its caller's page, so none can be made into a loop. */
static __attribute__((noinline)) long deep(long n, volatile char *above)
{
	volatile char page[PAGE];

	page[0] = 1;
	above[1] = 1;
	return n > 1 ? deep(n - 1, page) + page[0] : page[0];
}

static uint64_t stack_size(void)
{
	struct regions all = {.space = SELF};
	struct region_info r;

	while (regions_next(&all, &r))
		if (r.flags & MAP_STACK)
			return r.end - r.start;
	return 0;
}

int main(void)
{
	struct memory_info before = counts();
	volatile char *leap, top[2];

	CHECK(stack_size() < 4 * PAGE);
	CHECK_EQ(deep(1000, top), 1000); /* about 4 MiB of the 8 */
	CHECK(counts().grown - before.grown >= 1000);
	CHECK(stack_size() > 1000 * PAGE);
	leap = (volatile char *)__builtin_frame_address(0) - 7 * 1024 * 1024;
	*leap = 7;
	CHECK_EQ(*leap, 7);
	CHECK(stack_size() >= 7 * 1024 * 1024);
	return 0;
}
