/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_argument.c - arguments that are wild or nearly right. */
#include "fuzz_argument.h"
#include "fuzz.h"
#include "ipc.h"
#include <stdbool.h>

#define PAGE 4096ul

uint64_t fuzz_pool[FUZZ_POOL];
uint8_t fuzz_kind[FUZZ_POOL];
char fuzz_stacks[8][8192] __attribute__((aligned(4096)));

void fuzz_take(unsigned place, uint64_t handle)
{
	long info = handle_info(handle);

	fuzz_pool[place] = handle;
	fuzz_kind[place] = info < 0 ? KIND_NONE : (uint8_t)HANDLE_KIND(info);
}

/* Who has one of the kind in hand takes it mostly; KIND_NONE: any. */
static uint64_t in_hand(struct random *r, unsigned kind)
{
	unsigned i = 0;

	for (unsigned n = 0; n < 12; n++) {
		i = (unsigned)random_below(r, FUZZ_POOL);
		if (kind == KIND_NONE || fuzz_kind[i] == kind)
			break;
	}
	return fuzz_pool[i];
}

/* A good one mostly; SELF; stale; of another task; nonsense. */
uint64_t handle_of(struct random *r, unsigned kind)
{
	uint64_t h = in_hand(r, random_once_in(r, 12) ? KIND_NONE : kind);
	bool has_self = kind == KIND_SPACE || kind == KIND_TASK ||
			kind == KIND_THREAD || kind == KIND_NONE;

	if (has_self && random_once_in(r, 3))
		return SELF;
	switch (random_below(r, 40)) {
	case 0:
		return SELF;
	case 1:
		return random_below(r, 40);
	case 2:
		return h + 0x10000;
	case 3:
		return h ^ 1ul << random_below(r, 64);
	case 4:
		return random_word(r);
	}
	return h;
}

uint64_t any_handle(struct random *r)
{
	return handle_of(r, KIND_NONE);
}

/* In the arena, at its edges, in text or stack, in the kernel, anywhere. */
uint64_t any_address(struct random *r)
{
	uint64_t page = FUZZ_ARENA + random_below(r, FUZZ_PAGES) * PAGE;
	static const uint64_t wild[] = {
		0,
		1,
		PAGE,
		0x10000,
		0x3fffffe000,
		0x3ffffff000,
		0x4000000000,
		0x8000000000000000,
		0xffffffc000000000,
		0xffffffd000000000,
		0xffffffffffe00000,
		~0ul,
		~7ul,
		~4095ul,
	};

	switch (random_below(r, 16)) {
	case 0:
		return wild[random_below(r, sizeof(wild) / sizeof(wild[0]))];
	case 1:
		return random_word(r) >> random_below(r, 64);
	case 2:
	case 3:
		return page + random_below(r, PAGE);
	case 4:
	case 5:
		return page + PAGE - 8 * random_below(r, 40);
	case 6:
		return (uint64_t)fuzz_pool;
	case 7:
		return 0;
	}
	return page;
}

uint64_t any_length(struct random *r)
{
	switch (random_below(r, 12)) {
	case 0:
		return 0;
	case 1:
		return random_word(r) >> random_below(r, 64);
	case 2:
		return ~0ul - random_below(r, 2 * PAGE);
	case 3:
		return random_below(r, 16 * PAGE);
	case 4:
		return 1ul << random_below(r, 40);
	}
	return (1 + random_below(r, 8)) * PAGE;
}

uint64_t any_word(struct random *r)
{
	return random_word(r) >> random_below(r, 64);
}

/* Mostly soon: who waits is to come back. */
uint64_t any_deadline(struct random *r)
{
	switch (random_below(r, 16)) {
	case 0:
		return NEVER;
	case 1:
		return random_word(r);
	case 2:
	case 3:
	case 4:
		return NOW;
	}
	return (uint64_t)time_now() + random_below(r, 300000);
}

uint64_t any_prot(struct random *r)
{
	if (random_once_in(r, 16))
		return random_word(r);
	return random_below(r, 8);
}

uint64_t any_flags(struct random *r)
{
	if (random_once_in(r, 16))
		return random_word(r);
	return random_once_in(r, 2) ? 0 : random_below(r, 64) << 4;
}

uint64_t any_code(struct random *r)
{
	if (random_once_in(r, 4))
		return any_address(r);
	return (uint64_t)(uintptr_t)fuzz_thread_entry;
}

uint64_t any_stack(struct random *r)
{
	if (random_once_in(r, 8))
		return any_address(r);
	return (uint64_t)fuzz_stacks[random_below(r, 8)] +
	       sizeof(fuzz_stacks[0]);
}

uint64_t any_offset(struct random *r)
{
	if (random_once_in(r, 8))
		return any_word(r);
	return random_below(r, 5) * PAGE;
}
