/* SPDX-License-Identifier: BSD-2-Clause */
/* frame_test.c - the buddy allocator, its caches, and the zeroed pool. */
#include "arch/layout.h"
#include "lib/bits.h"
#include "mm/frame.h"
#include "mm/frame_boot.h"
#include "task/sched.h"
#include "tests/test.h"

static bool all_bytes(const struct frame *f, uint8_t value)
{
	const uint8_t *p = frame_va(f);

	for (uint64_t i = 0; i < PAGE_SIZE << f->order; i++)
		if (p[i] != value)
			return false;
	return true;
}

TEST(a_frame_is_counted_from_alloc_to_put)
{
	uint64_t before = frames_free();
	struct frame *f = frame_alloc(0, FRAME_USED, 0);

	CHECK(f != NULL);
	CHECK_EQ(frames_free(), before - 1);
	CHECK_EQ(f->refs, 1);
	CHECK_EQ(f->state, FRAME_USED);
	frame_put(f);
	CHECK_EQ(frames_free(), before);
}

TEST(record_number_and_address_are_arithmetic)
{
	struct frame *f = frame_alloc(0, FRAME_USED, 0);

	CHECK(frame_of(frame_pa(f)) == f);
	CHECK(frame_of(frame_pa(f) + PAGE_SIZE - 1) == f);
	CHECK(frame_va(f) == pa_to_va(frame_pa(f)));
	CHECK(frame_of(0) == NULL);
	CHECK(frame_of(~0ul) == NULL);
	frame_put(f);
}

TEST(a_folio_is_aligned_to_its_size_and_its_tails_name_it)
{
	for (unsigned order = 0; order <= 9; order++) {
		uint64_t before = frames_free();
		struct frame *f = frame_alloc(order, FRAME_USED, 0);

		CHECK(f != NULL);
		CHECK(is_aligned(frame_pa(f), PAGE_SIZE << order));
		CHECK_EQ(frames_free(), before - BIT(order));
		for (uint64_t i = 1; i < BIT(order); i++)
			CHECK_EQ(f[i].state, FRAME_TAIL);
		frame_put(f);
		CHECK_EQ(frames_free(), before);
	}
}

TEST(zeroed_memory_is_zero_though_it_was_used)
{
	for (unsigned order = 0; order <= 3; order++) {
		struct frame *f = frame_alloc(order, FRAME_USED, 0);

		memset(frame_va(f), 0x5a, PAGE_SIZE << order);
		frame_put(f);
		f = frame_alloc(order, FRAME_USED, FRAME_ZERO);
		CHECK(all_bytes(f, 0));
		frame_put(f);
	}
}

TEST(a_freed_frame_is_poisoned)
{
	struct frame *f = frame_alloc(0, FRAME_USED, FRAME_ZERO);

	frame_put(f);
	CHECK_EQ(*(uint8_t *)frame_va(f), 0xa5);
	CHECK_EQ(((uint8_t *)frame_va(f))[PAGE_SIZE - 1], 0xa5);
}

TEST(only_the_last_reference_frees)
{
	uint64_t before = frames_free();
	struct frame *f = frame_alloc(0, FRAME_USED, 0);

	frame_get(f);
	frame_get(f);
	CHECK_EQ(f->refs, 3);
	frame_put(f);
	frame_put(f);
	CHECK_EQ(frames_free(), before - 1);
	frame_put(f);
	CHECK_EQ(frames_free(), before);
}

/* Every frame there is, in a chain through their own memory. */
static struct frame *take_all(uint64_t *n)
{
	struct frame *f, *chain = NULL;

	for (*n = 0; (f = frame_alloc(0, FRAME_USED, 0)) != NULL; ++*n) {
		*(struct frame **)frame_va(f) = chain;
		chain = f;
	}
	return chain;
}

static void give_all(struct frame *chain)
{
	while (chain) {
		struct frame *next = *(struct frame **)frame_va(chain);

		frame_put(chain);
		chain = next;
	}
}

TEST(exhaustion_is_an_ordinary_error_and_gives_all_frames)
{
	uint64_t before = frames_free(), n;
	struct frame *all = take_all(&n);

	CHECK_EQ(n, before);
	CHECK_EQ(frames_free(), 0);
	CHECK(frame_alloc(0, FRAME_USED, FRAME_ZERO) == NULL);
	CHECK(frame_alloc(1, FRAME_USED, 0) == NULL);
	give_all(all);
	CHECK_EQ(frames_free(), before);
	frame_check();
}

TEST(after_exhaustion_buddies_are_whole_again)
{
	uint64_t n;
	struct frame *f = frame_alloc(9, FRAME_USED, 0);

	CHECK(f != NULL);
	frame_put(f);
	give_all(take_all(&n));
	f = frame_alloc(9, FRAME_USED, 0);
	CHECK(f != NULL);
	frame_put(f);
}

TEST(the_nth_allocation_fails_when_told)
{
	struct frame *f;

	frame_fail_after(1);
	f = frame_alloc(0, FRAME_USED, 0);
	CHECK(f != NULL);
	CHECK(frame_alloc(0, FRAME_USED, 0) == NULL);
	frame_put(f);
	f = frame_alloc(0, FRAME_USED, 0);
	CHECK(f != NULL);
	frame_put(f);
}

TEST(the_pool_holds_zeroed_frames_that_count_as_free)
{
	uint64_t before = frames_free(), used;
	unsigned n = 0;
	struct frame *f;

	frame_pool_limit(8);
	while (frame_pool_fill())
		n++;
	CHECK(n <= 8); /* idle harts help */
	CHECK_EQ(frame_pool_level(), 8);
	CHECK_EQ(frames_free(), before);
	used = frame_pool_used();
	f = frame_alloc(0, FRAME_USED, FRAME_ZERO);
	CHECK(all_bytes(f, 0));
	CHECK(frame_pool_used() > used);
	frame_put(f);
	frame_pool_limit(0);
	CHECK_EQ(frame_pool_level(), 0);
	CHECK_EQ(frames_free(), before);
}

TEST(the_pools_are_the_last_frames_that_there_are)
{
	uint64_t before = frames_free(), n;
	struct frame *all;

	frame_pool_limit(8);
	frame_pool_refill();
	all = take_all(&n);
	CHECK_EQ(n, before);
	give_all(all);
	frame_pool_limit(0);
	CHECK_EQ(frames_free(), before);
}

static unsigned times_low;

static void count_low(void)
{
	times_low++;
}

TEST(who_finds_the_pool_half_empty_says_so)
{
	void (*hook)(void) = frame_pool_low;
	struct frame *f, *chain = NULL;

	frame_pool_low = count_low;
	times_low = 0;
	frame_pool_limit(FRAME_POOL_MAX);
	frame_pool_refill();
	sched_hold_frames(true); /* idle harts would fill it */
	for (unsigned i = 0; i < FRAME_POOL_MAX && !times_low; i++) {
		f = frame_alloc(0, FRAME_USED, FRAME_ZERO);
		*(struct frame **)frame_va(f) = chain;
		chain = f;
	}
	CHECK_EQ(times_low, 1);
	sched_hold_frames(false);
	give_all(chain);
	frame_pool_limit(0);
	frame_pool_low = hook;
}

TEST(random_folios_come_and_go_and_the_lists_stay_sound)
{
	enum { SLOTS = 64 };
	static struct frame *held[SLOTS];
	uint64_t before = frames_free(), seed = 88172645463325252ul;

	for (unsigned i = 0; i < 4000; i++) {
		struct frame **slot;

		seed ^= seed << 13;
		seed ^= seed >> 7;
		seed ^= seed << 17;
		slot = &held[seed % SLOTS];
		if (*slot) {
			frame_put(*slot);
			*slot = NULL;
		} else {
			*slot = frame_alloc(seed >> 40 & 3, FRAME_SLAB, 0);
		}
		if (i % 512 == 0)
			frame_check();
	}
	for (unsigned i = 0; i < SLOTS; i++)
		if (held[i]) {
			frame_put(held[i]);
			held[i] = NULL;
		}
	CHECK_EQ(frames_free(), before);
}
