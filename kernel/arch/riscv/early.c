/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * early.c - the first page tables, made with paging off.
 *
 * Runs where the image was loaded, so it may use addresses taken relative to
 * pc (code model medany) and nothing that the linker filled in: no pointers in
 * data, no jump tables. What it maps:
 *
 *	the image        by section permission, 4 KiB leaves
 *	the boot stack   with a guard page under it
 *	the devicetree   read-only, in a window (until board_read() is done)
 *	linear map       one 1 GiB leaf around the image, read-write, until
 *	                 kspace_init() replaces it by the real one
 *
 * There is no identity map: paging goes on by a fault into the virtual half.
 */
#include "arch/riscv/early.h"
#include "arch/layout.h"
#include "arch/riscv/csr.h"
#include "arch/riscv/pte.h"

pte_t boot_root[512] WHOLE_PAGES;
static pte_t image_middle[512] WHOLE_PAGES, image_leaves[512] WHOLE_PAGES;
static pte_t stacks_middle[512] WHOLE_PAGES, stacks_leaves[512] WHOLE_PAGES;
static pte_t window_middle[512] WHOLE_PAGES;

/* Set here, by a first store through pc; a hart starting later reads it. */
uint64_t secondary_satp;

#define KERNEL_AD (PTE_A | PTE_D | PTE_G)

static pa_t at(const void *p)
{
	return (pa_t)p;
}

static void link(pte_t *table, va_t va, int level, const pte_t *below)
{
	table[PTE_INDEX(va, level)] = pte_table(at(below));
}

static void map_pages(pte_t *leaves, va_t va, const char *from, const char *to,
		      unsigned prot)
{
	for (const char *p = from; p < to; p += PAGE_SIZE, va += PAGE_SIZE)
		leaves[PTE_INDEX(va, 0)] = pte_leaf(at(p), prot) | KERNEL_AD;
}

/* Where what is linked at `p` will be. */
static va_t linked_at(const char *p)
{
	return IMAGE_BASE + (va_t)(p - __image_start);
}

/* The image's sections: [from, to) as it lies in memory. */
static void map_image(void)
{
	pte_t *t = image_leaves;

	map_pages(t, IMAGE_BASE, __image_start, __init_end, MMU_R | MMU_X);
	map_pages(t, linked_at(__rodata_start), __rodata_loaded, __data_loaded,
		  MMU_R);
	map_pages(t, linked_at(__data_start), __data_loaded, __pages_start,
		  MMU_RW);
	map_pages(t, linked_at(__pages_start), __pages_start, __near_loaded,
		  MMU_RW);
	map_pages(t, NEAR_PAGE, __near_loaded, __bss_loaded, MMU_RW);
	map_pages(t, linked_at(__bss_start), __bss_loaded, __image_end, MMU_RW);
}

/* Gives the satp value that turns paging on. */
uint64_t early_map(pa_t fdt)
{
	pa_t image = at(__image_start);

	link(boot_root, IMAGE_BASE, 2, image_middle);
	link(image_middle, IMAGE_BASE, 1, image_leaves);
	map_image();

	link(boot_root, STACKS_BASE, 2, stacks_middle);
	link(stacks_middle, STACKS_BASE, 1, stacks_leaves);
	map_pages(stacks_leaves, STACKS_BASE + PAGE_SIZE, boot_stack,
		  boot_stack + STACK_SIZE, MMU_RW);

	link(boot_root, FDT_WINDOW, 2, window_middle);
	for (unsigned i = 0; i < 2; i++)
		window_middle[i] =
			pte_leaf(round_down(fdt, 2 * MiB) + i * 2 * MiB,
				 MMU_R) |
			KERNEL_AD;

	boot_root[PTE_INDEX(image + LINEAR_BASE, 2)] =
		pte_leaf(round_down(image, GiB), MMU_RW) | KERNEL_AD;

	secondary_satp = SATP_SV39 | at(boot_root) >> PAGE_SHIFT;
	return secondary_satp;
}
