/* SPDX-License-Identifier: BSD-2-Clause */
/* frames.c - the frame allocator of host tests: a stack of free numbers. */
#include "tests/host/frames.h"
#include "arch/layout.h"
#include "lib/assert.h"
#include "tests/host/asan.h"
#include "tests/host/fail.h"
#include <stdlib.h>
#include <string.h>

static uint8_t *arena;
static struct frame records[HOST_FRAMES];
static uint32_t free_stack[HOST_FRAMES];
static uint32_t free_count;

/* What mm/frame.h computes with. */
struct frame *frame_records = records;
pa_t frame_base = HOST_RAM_BASE;
uint64_t frame_count = HOST_FRAMES;
uint64_t frame_bias;

static void frames_begin(void)
{
	if (arena != NULL)
		return;
	frame_bias = (uint64_t)records -
		     (HOST_RAM_BASE >> PAGE_SHIFT << FRAME_SHIFT);
	arena = aligned_alloc(PAGE_SIZE, HOST_FRAMES * PAGE_SIZE);
	assert(arena != NULL);
	ASAN_POISON_MEMORY_REGION(arena, HOST_FRAMES * PAGE_SIZE);
	host_linear = (uint64_t)arena - HOST_RAM_BASE;
	while (free_count < HOST_FRAMES) {
		free_stack[free_count] = HOST_FRAMES - 1 - free_count;
		records[free_count++].state = FRAME_FREE;
	}
}

struct frame *frame_alloc(unsigned order, enum frame_state state,
			  unsigned flags)
{
	struct frame *f;

	assert(order == 0);
	frames_begin();
	if (free_count == 0 || fail_now())
		return NULL;
	f = &records[free_stack[--free_count]];
	assert(f->state == FRAME_FREE && f->refs == 0);
	*f = (struct frame){.state = (uint8_t)state, .refs = 1};
	ASAN_UNPOISON_MEMORY_REGION(frame_va(f), PAGE_SIZE);
	memset(frame_va(f), flags & FRAME_ZERO ? 0 : 0x5a, PAGE_SIZE);
	return f;
}

void frame_get(struct frame *f)
{
	assert(f->refs > 0);
	f->refs++;
}

void frame_put(struct frame *f)
{
	assert(f->refs > 0);
	if (--f->refs > 0)
		return;
	f->state = FRAME_FREE;
	ASAN_POISON_MEMORY_REGION(frame_va(f), PAGE_SIZE);
	free_stack[free_count++] = (uint32_t)(f - records);
}

uint64_t frames_total(void)
{
	return HOST_FRAMES;
}

uint64_t frames_free(void)
{
	frames_begin();
	return free_count;
}
