/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plic.h - the platform-level interrupt controller (RISC-V PLIC specification
 * 1.0.0). Which context is a hart's S-mode the devicetree says: it differs from
 * board to board.
 */
#ifndef PLATFORM_PLIC_H
#define PLATFORM_PLIC_H
#include "platform/board.h"

/* Maps it and silences every source. Nothing without a PLIC. */
void plic_init(const struct board *b);

/* Lets hart `index` take interrupts from it; its context is `context`. */
void plic_enable_hart(uint32_t context);

#endif
