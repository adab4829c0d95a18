/* SPDX-License-Identifier: BSD-2-Clause */
/* early.h - the first tables, and the image's sections (linker/kernel.ld). */
#ifndef ARCH_RISCV_EARLY_H
#define ARCH_RISCV_EARLY_H
#include "lib/types.h"

/* By their physical places: relative to __image_start. */
extern char __image_start[], __text_end[], __init_start[], __init_end[],
	__rodata_loaded[], __data_loaded[], __pages_start[], __near_loaded[],
	__bss_loaded[], __image_end[];
/* By their virtual ones. */
extern char __rodata_start[], __data_start[], __bss_start[];
extern char boot_stack[];

extern pte_t boot_root[512];
extern uint64_t secondary_satp;
uint64_t early_map(pa_t fdt);

/*
 * Who is being started, for a hart that came to the wrong place (entry.S):
 * `cpu` is written first, and the hart id is ~0 when nobody is.
 */
struct cpu;
extern struct {
	uint64_t hartid;
	struct cpu *cpu;
} boot_starting;

#endif
