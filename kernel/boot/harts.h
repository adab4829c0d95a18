/* SPDX-License-Identifier: BSD-2-Clause */
/* harts.h - one hart's own part of booting. */
#ifndef BOOT_HARTS_H
#define BOOT_HARTS_H
#include "arch/cpu.h"

/* Interrupts on for user mode, its PLIC context open; it counts as online. */
void hart_init(struct cpu *cpu);

#endif
