/* SPDX-License-Identifier: BSD-2-Clause */
/* fault_test.c - the case table at the head of mm/fault.c, row by row. */
#include "abi/error.h"
#include "arch/cpu.h"
#include "arch/layout.h"
#include "mm/fault.h"
#include "mm/frame.h"
#include "mm/mm.h"
#include "mm/object.h"
#include "mm/private.h"
#include "tests/test.h"
#include "tests/unit/quiet.h"

#define RW (PROT_R | PROT_W)
#define VA GiB

static struct space *s;
static struct object *object;
static struct frame *file; /* two pages that the object shows */

static void open_anonymous(unsigned prot)
{
	va_t va = VA;

	s = space_create();
	CHECK_EQ(space_map(s, &va, 4 * PAGE_SIZE, prot, MAP_FIXED, NULL, 0), 0);
}

static void open_object(unsigned prot)
{
	va_t va = VA;

	s = space_create();
	file = frame_alloc(1, FRAME_SLAB, FRAME_ZERO);
	memset(frame_va(file), 'a', PAGE_SIZE);
	memset((char *)frame_va(file) + PAGE_SIZE, 'b', PAGE_SIZE);
	object = object_physical("file", frame_pa(file), 2 * PAGE_SIZE);
	CHECK_EQ(space_map(s, &va, 4 * PAGE_SIZE, prot, MAP_FIXED, object, 0),
		 0);
}

static void close_all(void)
{
	quiet_check();
	space_put(s);
	if (object) {
		object_put(object);
		frame_put(file);
	}
	object = NULL;
}

static pte_t leaf(va_t va)
{
	int level;

	return mmu_query(&s->mmu, va, &level);
}

static char *memory(va_t va)
{
	return pa_to_va(pte_pa(leaf(va)));
}

TEST(no_region_is_a_fault_and_no_right_another)
{
	open_anonymous(PROT_R);
	CHECK_EQ(fault_resolve(s, VA - 1, PROT_R), -E_FAULT);
	CHECK_EQ(fault_resolve(s, VA + 4 * PAGE_SIZE, PROT_R), -E_FAULT);
	CHECK_EQ(fault_resolve(s, VA, PROT_W), -E_ACCES);
	CHECK_EQ(fault_resolve(s, VA, PROT_X), -E_ACCES);
	CHECK_EQ(fault_resolve(s, MMU_USER_END, PROT_R), -E_FAULT);
	CHECK_EQ(fault_resolve(s, KERNEL_HALF, PROT_R), -E_FAULT);
	CHECK_EQ(fault_resolve(s, ~0ul, PROT_X), -E_FAULT);
	CHECK_EQ(s->counts.zero, 0);
	close_all();
}

TEST(a_first_read_shows_the_zero_page)
{
	open_anonymous(RW);
	CHECK_EQ(fault_resolve(s, VA + 5, PROT_R), 0);
	CHECK_EQ(pte_pa(leaf(VA)), zero_page);
	CHECK_EQ(pte_prot(leaf(VA)), MMU_R | MMU_U);
	CHECK(pte_accessed(leaf(VA)) && !pte_dirty(leaf(VA)));
	CHECK_EQ(s->counts.zero, 1);
	close_all();
}

TEST(a_first_write_brings_a_zeroed_frame)
{
	open_anonymous(RW);
	CHECK_EQ(fault_resolve(s, VA, PROT_W), 0);
	CHECK(private_frame(leaf(VA)) != NULL);
	CHECK_EQ(pte_prot(leaf(VA)), MMU_RW | MMU_U);
	CHECK(pte_accessed(leaf(VA)) && pte_dirty(leaf(VA)));
	for (unsigned i = 0; i < PAGE_SIZE; i++)
		CHECK_EQ(memory(VA)[i], 0);
	CHECK_EQ(s->counts.zeroed, 1);
	close_all();
}

TEST(a_write_after_the_read_replaces_the_zero_page_with_one_fence)
{
	struct mmu_counts before, after;

	open_anonymous(RW);
	s->mmu.harts = BIT(this_cpu()->index); /* as if it ran here */
	CHECK_EQ(fault_resolve(s, VA, PROT_R), 0);
	before = mmu_counts_read();
	CHECK_EQ(fault_resolve(s, VA, PROT_W), 0);
	after = mmu_counts_read();
	CHECK(pte_pa(leaf(VA)) != zero_page);
	CHECK_EQ(pte_prot(leaf(VA)), MMU_RW | MMU_U);
	CHECK_EQ(after.fence_page + after.fence_all - before.fence_page -
			 before.fence_all,
		 1);
	CHECK_EQ(s->counts.zeroed, 1);
	close_all();
}

TEST(an_objects_page_is_shown_as_it_lies)
{
	open_object(PROT_R | PROT_X);
	CHECK_EQ(fault_resolve(s, VA + PAGE_SIZE, PROT_X), 0);
	CHECK_EQ(pte_pa(leaf(VA + PAGE_SIZE)), frame_pa(file) + PAGE_SIZE);
	CHECK_EQ(pte_prot(leaf(VA + PAGE_SIZE)), MMU_R | MMU_X | MMU_U);
	CHECK_EQ(s->counts.shown, 1);
	close_all();
}

TEST(a_write_copies_an_objects_page_and_leaves_it_alone)
{
	open_object(RW);
	CHECK_EQ(fault_resolve(s, VA, PROT_W), 0);
	CHECK(private_frame(leaf(VA)) != NULL);
	CHECK_EQ(memory(VA)[0], 'a');
	CHECK_EQ(memory(VA)[PAGE_SIZE - 1], 'a');
	memory(VA)[0] = 'x';
	CHECK_EQ(*(char *)frame_va(file), 'a');
	CHECK_EQ(s->counts.copied, 1);
	close_all();
}

TEST(a_write_after_a_read_copies_too)
{
	open_object(RW);
	CHECK_EQ(fault_resolve(s, VA, PROT_R), 0);
	CHECK_EQ(pte_prot(leaf(VA)), MMU_R | MMU_U);
	CHECK_EQ(fault_resolve(s, VA, PROT_W), 0);
	CHECK(pte_pa(leaf(VA)) != frame_pa(file));
	CHECK_EQ(memory(VA)[7], 'a');
	CHECK_EQ(s->counts.copied, 1);
	close_all();
}

TEST(past_the_objects_end_there_is_nothing)
{
	open_object(RW);
	CHECK_EQ(fault_resolve(s, VA + 2 * PAGE_SIZE, PROT_R), -E_FAULT);
	CHECK_EQ(fault_resolve(s, VA + 2 * PAGE_SIZE, PROT_W), -E_FAULT);
	close_all();
}

TEST(an_object_that_starts_inside_a_page_is_copied_first)
{
	static char text[PAGE_SIZE + 64] __attribute__((aligned(64)));
	uint64_t before = quiet_frames();
	struct frame *f = frame_alloc(1, FRAME_SLAB, 0);
	struct object *o;

	(void)text;
	memset(frame_va(f), 'q', 2 * PAGE_SIZE);
	o = object_physical("odd", frame_pa(f) + 4, PAGE_SIZE + 3);
	CHECK(o != NULL);
	CHECK_EQ(o->pages, 2);
	CHECK(object_page(o, 0) != frame_pa(f));
	CHECK_EQ(*(char *)pa_to_va(object_page(o, 0)), 'q');
	CHECK_EQ(((char *)pa_to_va(object_page(o, 1)))[2], 'q');
	CHECK_EQ(((char *)pa_to_va(object_page(o, 1)))[3], 0);
	CHECK_EQ(object_page(o, 2), 0);
	object_put(o);
	frame_put(f);
	CHECK_EQ(quiet_frames(), before);
}

TEST(a_sole_owner_gets_its_right_back_without_a_copy)
{
	pa_t pa;

	open_anonymous(RW);
	CHECK_EQ(fault_resolve(s, VA, PROT_W), 0);
	pa = pte_pa(leaf(VA));
	CHECK_EQ(space_protect(s, VA, PAGE_SIZE, PROT_R), 0);
	pte_store(mmu_slot(&s->mmu, VA, 0),
		  pte_with_prot(leaf(VA), MMU_R | MMU_U));
	CHECK_EQ(space_protect(s, VA, PAGE_SIZE, RW), 0);
	pte_store(mmu_slot(&s->mmu, VA, 0),
		  pte_with_prot(leaf(VA), MMU_R | MMU_U));
	CHECK_EQ(fault_resolve(s, VA, PROT_W), 0);
	CHECK_EQ(pte_pa(leaf(VA)), pa);
	CHECK(pte_prot(leaf(VA)) & MMU_W);
	close_all();
}

TEST(accessed_and_dirty_are_set_by_hand_where_they_are_clear)
{
	pte_t *slot;

	open_anonymous(RW);
	CHECK_EQ(fault_resolve(s, VA, PROT_W), 0);
	slot = mmu_slot(&s->mmu, VA, 0);
	pte_store(slot, pte_without_ad(pte_load(slot)));
	CHECK_EQ(fault_resolve(s, VA, PROT_R), 0);
	CHECK(pte_accessed(leaf(VA)) && !pte_dirty(leaf(VA)));
	CHECK_EQ(fault_resolve(s, VA, PROT_W), 0);
	CHECK(pte_dirty(leaf(VA)));
	CHECK_EQ(s->counts.touched, 2);
	CHECK_EQ(s->counts.stale, 0);
	close_all();
}

TEST(a_good_entry_means_the_tlb_was_stale)
{
	open_anonymous(RW);
	CHECK_EQ(fault_resolve(s, VA, PROT_W), 0);
	CHECK_EQ(fault_resolve(s, VA, PROT_W), 0);
	CHECK_EQ(s->counts.stale, 1);
	CHECK_EQ(s->counts.zeroed, 1);
	close_all();
}

TEST(a_stack_grows_to_its_limit_and_no_further)
{
	va_t va = VA;

	s = space_create();
	CHECK_EQ(space_map(s, &va, PAGE_SIZE, RW,
			   MAP_FIXED | MAP_GROW_DOWN | MAP_STACK, NULL,
			   VA - 3 * PAGE_SIZE),
		 0);
	CHECK_EQ(fault_resolve(s, VA - 1, PROT_W), 0);
	CHECK_EQ(fault_resolve(s, VA - 3 * PAGE_SIZE, PROT_W), 0);
	CHECK_EQ(fault_resolve(s, VA - 3 * PAGE_SIZE - 1, PROT_W), -E_FAULT);
	CHECK_EQ(s->counts.grown, 2);
	CHECK_EQ(s->counts.zeroed, 2);
	close_all();
}

TEST(fault_own_fills_a_page_that_its_region_does_not_let_write)
{
	void *page;

	open_object(PROT_R);
	CHECK_EQ(fault_own(s, VA, &page), 0);
	CHECK_EQ(*(char *)page, 'a');
	*(char *)page = 'z';
	CHECK_EQ(*(char *)frame_va(file), 'a');
	CHECK_EQ(pte_prot(leaf(VA)), MMU_R | MMU_U);
	CHECK_EQ(s->counts.faults, 0);
	CHECK_EQ(s->counts.copied, 0);
	close_all();
}
