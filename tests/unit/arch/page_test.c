/* SPDX-License-Identifier: BSD-2-Clause */
/* page_test.c - zeroing and copying whole pages, and what must stay around. */
#include "arch/page.h"
#include "arch/trial.h"
#include "mm/frame.h"
#include "tests/test.h"

extern uint32_t page_cbo_block;

static void check_zero(unsigned char *middle)
{
	memset(middle - PAGE_SIZE, 0x77, 3 * PAGE_SIZE);
	page_zero(middle);
	for (uint64_t i = 0; i < PAGE_SIZE; i++)
		CHECK_EQ(middle[i], 0);
	CHECK_EQ(middle[-1], 0x77);
	CHECK_EQ(middle[PAGE_SIZE], 0x77);
}

TEST(a_page_is_zeroed_and_its_neighbours_are_not)
{
	struct frame *f = frame_alloc(2, FRAME_SLAB, 0);
	uint32_t block = page_cbo_block;

	CHECK(f != NULL);
	page_use_cbo(0);
	check_zero((unsigned char *)frame_va(f) + PAGE_SIZE);
	page_use_cbo(block);
	check_zero((unsigned char *)frame_va(f) + PAGE_SIZE);
	frame_put(f);
}

TEST(a_page_is_copied_byte_for_byte)
{
	struct frame *f = frame_alloc(2, FRAME_SLAB, 0);
	unsigned char *p = frame_va(f);

	for (uint64_t i = 0; i < PAGE_SIZE; i++)
		p[i] = (unsigned char)(i * 7 + (i >> 8));
	memset(p + PAGE_SIZE, 0, 3 * PAGE_SIZE);
	page_copy(p + 2 * PAGE_SIZE, p);
	CHECK(memcmp(p, p + 2 * PAGE_SIZE, PAGE_SIZE) == 0);
	CHECK_EQ(p[2 * PAGE_SIZE - 1], 0);
	CHECK_EQ(p[3 * PAGE_SIZE], 0);
	frame_put(f);
}

/* Where the instruction is not there, the trial says so instead of dying. */
TEST(the_trial_of_cbo_zero_comes_back)
{
	struct frame *f = frame_alloc(0, FRAME_SLAB, 0);
	uint64_t *p = frame_va(f);
	bool works;

	p[0] = 5;
	works = trial_cbo(p);
	CHECK_EQ(p[0], works ? 0 : 5);
	CHECK(works || page_cbo_block == 0);
	frame_put(f);
}

TEST(the_trial_of_a_load_comes_back)
{
	struct frame *f = frame_alloc(0, FRAME_SLAB, 0);

	CHECK(trial_load(frame_va(f)));
	CHECK(!trial_load(NULL));			/* not mapped */
	CHECK(!trial_load((void *)0xffffffbffffff000)); /* not canonical */
	frame_put(f);
}
