/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * layout.h - the kernel half of every address space. One row a root slot of
 * 1 GiB; the user half is slots 0..255.
 *
 *	slots     from                what                          how
 *	256..383  ffffffc000000000    linear map: address = PA +    largest
 *	                              LINEAR_BASE, RAM and the      leaves
 *	                              devices that drivers ask for
 *	509       ffffffff40000000    kernel stacks, one a hart,    4 KiB
 *	                              a guard page under each
 *	510       ffffffff80000000    boot only: the devicetree     2 MiB
 *	511       ffffffffffe00000    the kernel image by section   4 KiB
 *
 * The image takes the last 2 MiB because there a few bits are an address: the
 * hardware extends them with their sign (linker/kernel.ld).
 *
 *	ffffffffffe00000  code, and .pages: page tables, stacks and what else is
 *			  known by its physical address, or is used while paging
 *			  is off; as it lies in memory
 *	fffffffffffe0000  constants, .data and .bss: lui takes 2 bytes and not 4
 *	fffffffffffff800  .near: variables that many functions use, each by one
 *			  instruction, for x0 is the base register
 *
 * The last byte is nobody's: the address after it would be 0.
 */
#ifndef ARCH_LAYOUT_H
#define ARCH_LAYOUT_H

#define KERNEL_HALF 0xffffffc000000000
#define LINEAR_BASE KERNEL_HALF
#define LINEAR_SIZE 0x0000002000000000
#define STACKS_BASE 0xffffffff40000000
#define FDT_WINDOW  0xffffffff80000000
#define IMAGE_BASE  0xffffffffffe00000
#define NEAR_PAGE   0xfffffffffffff000 /* .near is its second half */

#define STACK_SIZE   0x2000 /* of one hart; the guard is another page */
#define STACK_STRIDE 0x4000

#ifndef __ASSEMBLER__
#include "lib/types.h"

#ifndef QUIRE_HOST
static inline void *pa_to_va(pa_t pa)
{
	return (void *)(pa + LINEAR_BASE);
}

/* Of an address in the linear map only. */
static inline pa_t va_to_pa(const void *va)
{
	return (pa_t)va - LINEAR_BASE;
}
#else
extern uint64_t host_linear; /* a host test's pretended RAM lies here */
static inline void *pa_to_va(pa_t pa)
{
	return (void *)(pa + host_linear);
}

static inline pa_t va_to_pa(const void *va)
{
	return (pa_t)va - host_linear;
}
#endif
#endif
#endif
