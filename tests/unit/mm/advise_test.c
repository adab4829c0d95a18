/* SPDX-License-Identifier: BSD-2-Clause */
/* advise_test.c - what of advice a program does not see. */
#include "abi/error.h"
#include "mm/advise.h"
#include "mm/ending.h"
#include "mm/fault.h"
#include "mm/frame_boot.h"
#include "mm/private.h"
#include "tests/test.h"
#include "tests/unit/quiet.h"

#define RW (PROT_R | PROT_W)

static struct space *s;
static va_t va;

static void open_space(uint64_t pages)
{
	s = space_create();
	va = 0;
	CHECK(s != NULL);
	CHECK_EQ(space_map(s, &va, pages * PAGE_SIZE, RW, 0, NULL, 0), 0);
	for (uint64_t i = 0; i < pages; i++)
		CHECK_EQ(fault_resolve(s, va + i * PAGE_SIZE, PROT_W), 0);
}

static void close_space(void)
{
	quiet_check();
	space_put(s);
}

static int advise(uint64_t first, uint64_t n, unsigned advice)
{
	va_t at = va + first * PAGE_SIZE;
	uint64_t len = n * PAGE_SIZE;
	int err = 0;

	while (len && !err)
		err = space_advise_step(s, &at, &len, advice);
	return err;
}

static pte_t entry(struct space *in, uint64_t i)
{
	return pte_load(mmu_leaf_slot_any(&in->mmu, va + i * PAGE_SIZE));
}

TEST(advice_for_many_regions_takes_a_step_for_each_32)
{
	uint64_t pages = 2 * ENDING_SMALL, len = pages * PAGE_SIZE;
	va_t at;

	open_space(pages);
	for (uint64_t i = 0; i < pages; i += 2)
		CHECK_EQ(
			space_protect(s, va + i * PAGE_SIZE, PAGE_SIZE, PROT_R),
			0);
	at = va;
	CHECK_EQ(space_advise_step(s, &at, &len, ADVISE_RANDOM), 0);
	CHECK_EQ(at, va + ENDING_SMALL * PAGE_SIZE);
	CHECK_EQ(len, ENDING_SMALL * PAGE_SIZE);
	CHECK_EQ(space_advise_step(s, &at, &len, ADVISE_RANDOM), 0);
	CHECK_EQ(len, 0);
	close_space();
}

TEST(a_page_is_lazy_until_it_is_written_or_asked_for)
{
	pte_t *slot;

	open_space(3);
	CHECK(!entry_is_lazy(entry(s, 0)));
	CHECK_EQ(advise(0, 3, ADVISE_FREE), 0);
	CHECK(entry_is_lazy(entry(s, 0)));
	slot = mmu_leaf_slot(&s->mmu, va);
	pte_store(slot, pte_touch(pte_load(slot), true));
	CHECK(!entry_is_lazy(entry(s, 0)));
	frame_modified(private_frame(entry(s, 0)));
	CHECK(pte_dirty(pte_clean(slot)));
	CHECK(!entry_is_lazy(entry(s, 0)));
	CHECK(entry_is_lazy(entry(s, 1)));
	close_space();
}

/* What is of no use here a clone may still want. */
TEST(a_clone_s_pages_do_not_get_lazy)
{
	struct space *clone;
	int err;

	open_space(3);
	CHECK(pte_dirty(pte_clean(mmu_leaf_slot(&s->mmu, va + PAGE_SIZE))));
	clone = space_clone(s, &err);
	CHECK_EQ(advise(0, 3, ADVISE_FREE), 0);
	CHECK(pte_dirty(entry(clone, 0)));
	CHECK(!pte_dirty(entry(s, 0)));
	CHECK(!entry_is_lazy(entry(s, 0))); /* two have it */
	space_put(s);
	s = clone;
	CHECK(!pte_dirty(entry(s, 1)));
	CHECK(!entry_is_lazy(entry(s, 1)));
	close_space();
}

TEST(a_clone_of_a_clone_is_parted_as_the_first)
{
	struct space *clone;
	int err;

	open_space(600);
	CHECK_EQ(advise(100, 100, ADVISE_WIPE_ON_FORK), 0);
	CHECK_EQ(advise(200, 100, ADVISE_PIN), 0);
	CHECK_EQ(advise(250, 10, ADVISE_NO_FORK), 0);
	for (int i = 0; i < 3; i++) {
		clone = space_clone(s, &err);
		CHECK(clone != NULL);
		space_put(s);
		s = clone;
		CHECK_EQ(s->regions.pinned, 90);
		CHECK_EQ(entry(s, 150), 0);
		CHECK(entry(s, 50) && entry(s, 220));
		CHECK_EQ(fault_resolve(s, va + 150 * PAGE_SIZE, PROT_W), 0);
		CHECK_EQ(fault_resolve(s, va + 255 * PAGE_SIZE, PROT_W),
			 -E_FAULT);
		quiet_check();
	}
	close_space();
}

TEST(a_parted_clone_without_memory_leaves_nothing)
{
	struct space *clone = NULL;
	uint64_t before;
	int err;

	open_space(600);
	CHECK_EQ(advise(100, 100, ADVISE_WIPE_ON_FORK), 0);
	CHECK_EQ(advise(250, 10, ADVISE_NO_FORK), 0);
	for (long n = 0; !clone; n++) {
		before = frames_free();
		frame_fail_after(n);
		clone = space_clone(s, &err);
		frame_fail_after(-1);
		CHECK(clone || err == -E_NOMEM);
		quiet_check();
		CHECK(clone || frames_free() + 4 >= before); /* slabs */
	}
	space_put(clone);
	close_space();
}
