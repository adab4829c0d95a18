/* SPDX-License-Identifier: BSD-2-Clause */
#include "touch.h"
#include "regions.h"
#include <stdint.h>

#define PAGE 4096ul

/* Reads it, or writes what is there, in one step. */
static void touch(uint64_t page, unsigned prot)
{
	// NOLINTNEXTLINE(performance-no-int-to-ptr)
	uint32_t *word = (uint32_t *)page;

	if (prot & PROT_W)
		__atomic_fetch_or(word, 0, __ATOMIC_RELAXED);
	else if (prot & PROT_R)
		(void)*(volatile uint32_t *)word;
}

__attribute__((noinline)) void touch_stack(unsigned bytes)
{
	char room[PAGE];

	__asm__ volatile("sb zero, (%0)" : : "r"(room) : "memory");
	if (bytes > PAGE)
		touch_stack(bytes - (unsigned)PAGE);
	__asm__ volatile(""
			 :
			 : "r"(room)
			 : "memory"); /* so that it is no loop */
}

void touch_all(void)
{
	struct regions all = {.space = SELF};
	struct region_info r;

	while (regions_next(&all, &r)) {
		for (uint64_t at = r.start; at < r.end; at += PAGE)
			touch(at, r.prot);
	}
}
