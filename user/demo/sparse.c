/* SPDX-License-Identifier: BSD-2-Clause */
/* sparse.c - addresses cost nothing: much more than there is, and gaps. */
#include "demo/show.h"
#include "demo/steps.h"
#include "quire.h"
#include "regions.h"
#include <stdio.h>

#define PAGE 4096ul
#define GIB  (1ul << 30)

static uint64_t tables(void)
{
	struct space_info i = {0};

	space_info(SELF, &i);
	return i.tables;
}

void step_overcommit(void)
{
	uint64_t before = tables();
	long at = space_map(SELF, NULL, 64 * GIB, PROT_R | PROT_W, 0, NULL);
	volatile char *middle = (volatile char *)at + 32 * GIB; // NOLINT

	show_step("64 GiB mapped, one page touched");
	if (at < 0) {
		printf("  space_map: error %ld\n", -at);
		return;
	}
	show("in the middle", (const void *)middle);
	*middle = 1;
	show("written", (const void *)middle);
	show_region_at((const void *)middle);
	printf("  tables for it: %lu pages\n",
	       (unsigned long)(tables() - before));
	space_unmap(SELF, (const void *)at, 64 * GIB); // NOLINT
}

/* ---- the guard below what the stack may come to need ---------------------- */

#define STACK_MAX (8ul * 1024 * 1024)

static uint64_t stack_limit(void)
{
	struct regions all = {.space = SELF};
	struct region_info r;

	while (regions_next(&all, &r))
		if (r.flags & MAP_STACK)
			return r.end - STACK_MAX;
	return 0;
}

/* What is mapped where the kernel likes lies as high as there is room. */
void step_gap(void)
{
	uint64_t limit = stack_limit();
	long at = space_map(SELF, NULL, PAGE, PROT_R | PROT_W, 0, NULL);

	show_step("how near to the stack another page may come");
	if (at < 0)
		return;
	printf("  0x%010lx  a page mapped where there is room\n"
	       "  0x%010lx  %lu page(s) that nobody is given: the guard\n"
	       "  0x%010lx  so far the stack may grow down\n"
	       "  0x%010lx  it begins\n",
	       (unsigned long)at, (unsigned long)at + PAGE,
	       (unsigned long)((limit - (uint64_t)at) / PAGE - 1),
	       (unsigned long)limit, (unsigned long)(limit + STACK_MAX));
	space_unmap(SELF, (const void *)at, PAGE); // NOLINT
}
