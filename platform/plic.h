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

/* Lets this hart take interrupts from it; its context is `context`. */
void plic_enable_hart(uint32_t context);

#define PLIC_SOURCES	1024 /* more than any source's number */
#define PLIC_NO_CONTEXT BOARD_NO_CONTEXT

uint32_t plic_sources(void); /* the highest source there is; 0: no PLIC */

/* This hart's context, or PLIC_NO_CONTEXT. */
uint32_t plic_context_here(void);

/* Source goes to the context, or to it no more. The caller has a lock. */
void plic_enable(uint32_t context, uint32_t source);
void plic_disable(uint32_t context, uint32_t source);

/*
 * The source that wants to be served most, 0: none. It is silent until it is
 * completed; from any hart.
 */
uint32_t plic_claim(uint32_t context);
void plic_complete(uint32_t context, uint32_t source);

#endif
