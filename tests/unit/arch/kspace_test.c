/* SPDX-License-Identifier: BSD-2-Clause */
/* kspace_test.c - the kernel half as it stands: who may do what, where. */
#include "arch/cpu.h"
#include "arch/kspace.h"
#include "arch/layout.h"
#include "arch/mmu.h"
#include "arch/riscv/csr.h"
#include "arch/riscv/early.h"
#include "mm/frame.h"
#include "tests/test.h"
#include "tests/unit/probe.h"

static const uint64_t constant = 1;
static uint64_t variable, variables[100];
NEAR static uint64_t near[2];

static unsigned prot_of(const void *p)
{
	int level;

	return pte_prot(mmu_query(&kernel_mmu, (va_t)p, &level));
}

static uint64_t cause_of(enum probe_op op, const void *p)
{
	struct probe_result r;

	probe(op, (va_t)p, 0, &r);
	if (r.cause != PROBE_DONE)
		CHECK_EQ(r.stval, (va_t)p);
	return r.cause;
}

/* The same byte by way of the linear map. */
static void *alias(const void *p)
{
	va_t va = (va_t)p;
	int level;
	pte_t leaf = mmu_query(&kernel_mmu, va, &level);

	return pa_to_va(pte_pa(leaf) + va % MMU_LEVEL_SIZE(level));
}

/* Each leaf of the kernel half; the argument is what to do with it. */
static void each_leaf(void (*check)(va_t va, pte_t p, int level))
{
	va_t va = KERNEL_HALF;

	do {
		int level;
		pte_t p = mmu_query(&kernel_mmu, va, &level);

		if (p)
			check(va, p, level);
		va = round_down(va, MMU_LEVEL_SIZE(level)) +
		     MMU_LEVEL_SIZE(level);
	} while (va != 0);
}

static void check_not_wx(va_t va, pte_t p, int level)
{
	(void)va;
	(void)level;
	CHECK((pte_prot(p) & (MMU_W | MMU_X)) != (MMU_W | MMU_X));
	CHECK(!(pte_prot(p) & MMU_U));
	CHECK(pte_prot(p) & MMU_G);
}

TEST(nothing_is_writable_and_executable_and_all_is_global)
{
	each_leaf(check_not_wx);
}

static bool executable_seen(pa_t pa)
{
	return pa >= kspace_image_pa &&
	       pa < kspace_image_pa + (pa_t)(__init_end - __image_start);
}

static void check_aliases(va_t va, pte_t p, int level)
{
	/* What is executable at all is nowhere writable. */
	for (uint64_t i = 0; i < MMU_LEVEL_SIZE(level) && i < 4 * MiB;
	     i += PAGE_SIZE)
		if (executable_seen(pte_pa(p) + i))
			CHECK(!(pte_prot(p) & MMU_W));
	if (pte_prot(p) & MMU_X)
		CHECK(va >= IMAGE_BASE && va < (va_t)__init_end);
}

TEST(text_is_nowhere_writable_and_only_text_executable)
{
	each_leaf(check_aliases);
}

TEST(the_image_is_mapped_by_section)
{
	CHECK_EQ(prot_of(__image_start) & ~MMU_G, MMU_R | MMU_X);
	CHECK_EQ(prot_of(&constant) & ~MMU_G, MMU_R);
	CHECK_EQ(prot_of(&variable) & ~MMU_G, MMU_RW);
	CHECK_EQ(prot_of(variables) & ~MMU_G, MMU_RW);
	CHECK_EQ(prot_of(near) & ~MMU_G, MMU_RW);
	CHECK_EQ(prot_of(boot_root) & ~MMU_G, MMU_RW);
	CHECK_EQ(prot_of(alias(__image_start)) & ~MMU_G, MMU_R);
	CHECK_EQ(prot_of(alias(&constant)) & ~MMU_G, MMU_R);
	CHECK_EQ(prot_of(alias(&variable)) & ~MMU_G, MMU_RW);
	CHECK_EQ(prot_of(alias(near)) & ~MMU_G, MMU_RW);
}

static __attribute__((noinline)) uint64_t first_of_near(void)
{
	return near[0];
}

TEST(what_is_near_lies_in_the_last_2_KiB)
{
	volatile uint64_t *here = near, *there = alias(near);

	CHECK((va_t)near >= -2048ul);
	CHECK((va_t)&cpus[MAX_HARTS] - 1 >= -2048ul);
	here[1] = 17;
	CHECK_EQ(there[1], 17);
	there[1] = 0;
	CHECK_EQ(here[1], 0);
}

/* Not by two, of which the first makes the address: GNU ld sees to it. */
TEST(what_is_near_is_reached_by_one_instruction)
{
#ifdef __clang__
	test_skip("of gcc and GNU ld");
#endif
	const uint16_t *code = (const uint16_t *)first_of_near;

	CHECK_EQ(first_of_near(), near[0]);
	/* ld a0, offset(x0) */
	CHECK_EQ((code[0] | (uint32_t)code[1] << 16) & 0xfffff, 0x03503);
}

TEST(pages_have_the_address_at_which_they_are_mapped)
{
	static char page[PAGE_SIZE] WHOLE_PAGES;

	CHECK_EQ((va_t)alias(page), (va_t)pa_to_va(kspace_image_address(page)));
	CHECK_EQ((va_t)alias(__image_start),
		 (va_t)pa_to_va(kspace_image_address(__image_start)));
}

TEST(the_hardware_agrees)
{
	static uint64_t data = 0x00100073;
	const void *text = (const void *)cause_of;

	CHECK_EQ(cause_of(PROBE_LOAD, text), PROBE_DONE);
	CHECK_EQ(cause_of(PROBE_STORE, text), CAUSE_STORE_FAULT);
	CHECK_EQ(cause_of(PROBE_STORE, alias(text)), CAUSE_STORE_FAULT);
	CHECK_EQ(cause_of(PROBE_FETCH, alias(text)), CAUSE_FETCH_FAULT);
	CHECK_EQ(cause_of(PROBE_STORE, &constant), CAUSE_STORE_FAULT);
	CHECK_EQ(cause_of(PROBE_FETCH, &constant), CAUSE_FETCH_FAULT);
	CHECK_EQ(cause_of(PROBE_STORE, &data), PROBE_DONE);
	CHECK_EQ(cause_of(PROBE_FETCH, &data), CAUSE_FETCH_FAULT);
	CHECK_EQ(cause_of(PROBE_FETCH, alias(&data)), CAUSE_FETCH_FAULT);
	CHECK_EQ(cause_of(PROBE_STORE, near), PROBE_DONE);
	CHECK_EQ(cause_of(PROBE_FETCH, near), CAUSE_FETCH_FAULT);
}

TEST(the_identity_map_and_the_devicetree_window_are_gone)
{
	va_t here = kspace_image_pa;

	CHECK_EQ(cause_of(PROBE_LOAD, (void *)here), CAUSE_LOAD_FAULT);
	CHECK_EQ(cause_of(PROBE_LOAD, (void *)FDT_WINDOW), CAUSE_LOAD_FAULT);
	CHECK_EQ(cause_of(PROBE_LOAD, NULL), CAUSE_LOAD_FAULT);
}

TEST(a_guard_page_lies_under_each_stack)
{
	for (unsigned i = 0; i < cpu_count; i++) {
		va_t limit = kspace_stack_limit(i);

		CHECK_EQ(cause_of(PROBE_LOAD, (void *)limit), PROBE_DONE);
		CHECK_EQ(
			cause_of(PROBE_LOAD, (void *)(kspace_stack_top(i) - 8)),
			PROBE_DONE);
		CHECK_EQ(cause_of(PROBE_STORE, (void *)(limit - 8)),
			 CAUSE_STORE_FAULT);
		CHECK_EQ(kspace_guard_of(limit - 8), (int)i);
		CHECK_EQ(kspace_guard_of(limit), -1);
	}
}

TEST(the_linear_map_uses_the_largest_leaves)
{
	struct frame *f = frame_alloc(9, FRAME_SLAB, 0);
	int level;

	if (!f)
		test_skip("no 2 MiB folio in a machine this small");
	CHECK(mmu_query(&kernel_mmu, (va_t)frame_va(f), &level) != 0);
	CHECK(level >= 1 ||
	      ranges_overlap(frame_pa(f), frame_pa(f) + 2 * MiB,
			     kspace_image_pa, kspace_image_end_pa));
	frame_put(f);
}
