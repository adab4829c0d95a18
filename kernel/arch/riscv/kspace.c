/* SPDX-License-Identifier: BSD-2-Clause */
/* kspace.c - the linear map, device windows and kernel stacks. */
#include "arch/kspace.h"
#include "abi/error.h"
#include "arch/cpu.h"
#include "arch/layout.h"
#include "arch/mmu.h"
#include "arch/riscv/early.h"
#include "arch/riscv/tlb.h"
#include "lib/assert.h"

pa_t kspace_image_pa, kspace_image_end_pa;
va_t kspace_code_end = (va_t)__init_end;

pa_t kspace_image_address(const void *p)
{
	assert((const char *)p < __near_loaded);
	return kspace_image_pa + (pa_t)((const char *)p - __image_start);
}

/* Kernel leaves have A and D set from the start: nothing ages them. */
#define KERNEL_LEAF (MMU_G)

/* Where the linear map is built before it replaces the temporary leaf. */
static pte_t scratch_root[512] WHOLE_PAGES;
static struct mmu scratch;

INIT static void set_ad(struct mmu *m, va_t va, va_t end)
{
	while (va < end) {
		int level;
		pte_t p = mmu_query(m, va, &level);

		assert(p);
		pte_store(mmu_slot(m, va, level), pte_touch(p, true));
		va += MMU_LEVEL_SIZE(level);
	}
}

INIT static int map_linear(struct mmu *m, pa_t start, pa_t end, unsigned prot)
{
	va_t va = start + LINEAR_BASE;
	int err;

	if (start >= end)
		return 0;
	err = mmu_map(m, va, start, end - start, prot | KERNEL_LEAF,
		      MMU_LEVELS - 1);
	if (!err)
		set_ad(m, va, end + LINEAR_BASE);
	return err;
}

/* [start, end) of RAM, with the image's constant part read-only. */
INIT static int map_ram(pa_t start, pa_t end)
{
	pa_t ro = kspace_image_pa;
	pa_t rw = ro + (pa_t)(__data_loaded - __image_start);
	int err;

	if (!ranges_overlap(start, end, ro, rw))
		return map_linear(&scratch, start, end, MMU_RW);
	err = map_linear(&scratch, start, ro, MMU_RW);
	if (!err)
		err = map_linear(&scratch, ro, rw, MMU_R);
	if (!err)
		err = map_linear(&scratch, rw, end, MMU_RW);
	return err;
}

/* What of [start, end) is not hidden, piece by piece from below. */
INIT static int map_visible(pa_t start, pa_t end, const struct pa_range *hidden,
			    unsigned n)
{
	while (start < end) {
		pa_t stop = end, next = end;

		for (unsigned i = 0; i < n; i++) {
			pa_t from = round_down(hidden[i].start, PAGE_SIZE);
			pa_t to = round_up(hidden[i].end, PAGE_SIZE);

			if (to <= start || from >= stop)
				continue;
			stop = from > start ? from : start;
			next = to;
		}
		if (stop > start) {
			int err = map_ram(start, stop);

			if (err)
				return err;
		}
		start = stop < end ? next : end;
	}
	return 0;
}

INIT int kspace_init(pa_t image, const struct pa_range *ram, unsigned n,
		     const struct pa_range *hidden, unsigned hidden_n)
{
	unsigned first = PTE_INDEX(LINEAR_BASE, 2);

	kspace_image_pa = image;
	kspace_image_end_pa = image + (pa_t)(__image_end - __image_start);
	kernel_mmu.root = kspace_image_address(boot_root);
	scratch.root = kspace_image_address(scratch_root);
	for (unsigned i = 0; i < n; i++) {
		int err;

		if (ram[i].end > LINEAR_SIZE)
			return -E_RANGE;
		err = map_visible(ram[i].start, ram[i].end, hidden, hidden_n);
		if (err)
			return err;
	}
	for (unsigned i = first; i < first + LINEAR_SIZE / GiB; i++)
		boot_root[i] = scratch_root[i];
	mmu_fence_all();
	return 0;
}

INIT void kspace_drop_window(void)
{
	boot_root[PTE_INDEX(FDT_WINDOW, 2)] = 0;
	mmu_fence_all();
}

struct pa_range kspace_drop_init(void)
{
	pa_t start = kspace_image_address(__init_start);
	uint64_t size = (uint64_t)(__init_end - __init_start);
	struct mmu_flush f;

	kspace_code_end = (va_t)__text_end;
	flush_begin(&f, &kernel_mmu);
	/* Leaves of 4 KiB both: that cannot fail. */
	if (mmu_unmap(&kernel_mmu, (va_t)__init_start, size, &f) ||
	    mmu_protect(&kernel_mmu, start + LINEAR_BASE, size,
			MMU_RW | KERNEL_LEAF, &f))
		panic("boot code cannot be given back");
	flush_run(&f); /* of the kernel's: everything, so the alias, too */
	return (struct pa_range){start, start + size};
}

/* Large leaves where they fit: nobody else's registers are that near. */
INIT volatile void *kspace_map_device(pa_t pa, uint64_t len)
{
	pa_t start = round_down(pa, PAGE_SIZE);
	pa_t end = round_up(pa + len, PAGE_SIZE);
	int level;

	if (end > LINEAR_SIZE || end <= start)
		return NULL;
	if (mmu_query(&kernel_mmu, start + LINEAR_BASE, &level))
		return pa_to_va(pa);
	if (map_linear(&kernel_mmu, start, end, MMU_RW))
		return NULL;
	mmu_fence_all(); /* an invalid entry may have been cached */
	return pa_to_va(pa);
}

/* ---- stacks ---------------------------------------------------------- */

va_t kspace_stack_limit(unsigned index)
{
	return STACKS_BASE + (va_t)index * STACK_STRIDE + PAGE_SIZE;
}

va_t kspace_stack_top(unsigned index)
{
	return kspace_stack_limit(index) + STACK_SIZE;
}

INIT int kspace_map_stack(unsigned index, pa_t pa)
{
	va_t va = kspace_stack_limit(index);
	int err = mmu_map(&kernel_mmu, va, pa, STACK_SIZE, MMU_RW | KERNEL_LEAF,
			  0);

	if (!err)
		set_ad(&kernel_mmu, va, va + STACK_SIZE);
	mmu_fence_all();
	return err;
}

int kspace_guard_of(va_t va)
{
	va_t offset = va - STACKS_BASE;

	if (va < STACKS_BASE || offset >= (va_t)MAX_HARTS * STACK_STRIDE)
		return -1;
	return offset % STACK_STRIDE < PAGE_SIZE ? (int)(offset / STACK_STRIDE)
						 : -1;
}
