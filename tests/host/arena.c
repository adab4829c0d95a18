/* SPDX-License-Identifier: BSD-2-Clause */
/* arena.c - pages in a ring: the one freed longest ago is given next. */
#include "tests/host/arena.h"
#include "arch/layout.h"
#include "arch/upcall.h"
#include "lib/assert.h"
#include "lib/bits.h"
#include "tests/host/asan.h"
#include "tests/host/fail.h"
#include <stdlib.h>
#include <string.h>

static uint8_t *arena;
static pa_t ring[ARENA_PAGES];
static unsigned first, used; /* the next to give; how many are out */

void arena_begin(void)
{
	if (arena)
		return;
	arena = aligned_alloc(2 * MiB, ARENA_PAGES * PAGE_SIZE);
	assert(arena);
	host_linear = (uint64_t)arena - ARENA_BASE;
	for (unsigned i = 0; i < ARENA_PAGES; i++)
		ring[i] = ARENA_BASE + i * PAGE_SIZE;
	ASAN_POISON_MEMORY_REGION(arena, ARENA_PAGES * PAGE_SIZE);
}

unsigned arena_used(void)
{
	return used;
}

pa_t upcall_table_alloc(void)
{
	pa_t pa;

	arena_begin();
	if (used == ARENA_PAGES || fail_now())
		return 0;
	pa = ring[first];
	ring[first] = 0;
	first = (first + 1) % ARENA_PAGES;
	used++;
	ASAN_UNPOISON_MEMORY_REGION(pa_to_va(pa), PAGE_SIZE);
	memset(pa_to_va(pa), 0, PAGE_SIZE);
	return pa;
}

void *upcall_table_behind(pa_t pa)
{
	(void)pa;
	return NULL; /* here no table stands behind a leaf */
}

void upcall_table_free(pa_t pa)
{
	assert(used > 0 && is_aligned(pa, PAGE_SIZE) && pa >= ARENA_BASE &&
	       pa < ARENA_BASE + ARENA_PAGES * PAGE_SIZE);
	memset(pa_to_va(pa), 0xa5, PAGE_SIZE);
	ASAN_POISON_MEMORY_REGION(pa_to_va(pa), PAGE_SIZE);
	ring[(first + ARENA_PAGES - used) % ARENA_PAGES] = pa;
	used--;
}
