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
#include "arch/cpu.h"
#include "arch/layout.h"
#include "arch/riscv/csr.h"
#include "arch/riscv/pte.h"

#define TABLE __attribute__((aligned(4096)))
pte_t boot_root[512] TABLE;
static pte_t image_middle[512] TABLE, image_leaves[512] TABLE;
static pte_t stacks_middle[512] TABLE, stacks_leaves[512] TABLE;
static pte_t window_middle[512] TABLE;

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

/* The image's sections, each at its place in the leaf table. */
static void map_section(const char *from, const char *to, unsigned prot)
{
	va_t va = IMAGE_BASE + (va_t)(from - __image_start);

	map_pages(image_leaves, va, from, to, prot);
}

/* Gives the satp value that turns paging on; sets the boot hart's stack. */
uint64_t early_map(pa_t fdt)
{
	pa_t image = at(__image_start);

	link(boot_root, IMAGE_BASE, 2, image_middle);
	link(image_middle, IMAGE_BASE, 1, image_leaves);
	map_section(__image_start, __rodata_start, MMU_R | MMU_X);
	map_section(__rodata_start, __data_start, MMU_R);
	map_section(__data_start, __image_end, MMU_RW);

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

	cpus[0].stack_limit = STACKS_BASE + PAGE_SIZE;
	cpus[0].stack_top = cpus[0].stack_limit + STACK_SIZE;
	secondary_satp = SATP_SV39 | at(boot_root) >> PAGE_SHIFT;
	return secondary_satp;
}
