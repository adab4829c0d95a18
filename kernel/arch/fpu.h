/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fpu.h - floating point for user programs; the kernel itself uses none.
 *
 * A thread starts with the unit off. Its first floating-point instruction
 * traps, and thread_claim_fpu() loads its registers and turns the unit on. When
 * it leaves the hart they are saved, and only if it wrote them. A thread that
 * uses no floating point costs nothing.
 */
#ifndef ARCH_FPU_H
#define ARCH_FPU_H
#include "arch/cpu.h"

/* Has every hart F and D? Else nobody gets them. */
extern bool fpu_present;

/* Off or on for the thread about to run; on only for the registers' owner. */
void fpu_set(bool on);
bool fpu_is_on(void);

/* Did user mode write a register since fpu_set() or fpu_load()? */
bool fpu_is_dirty(void);

void fpu_save(struct fpu_state *to);	     /* on; stays on, clean */
void fpu_load(const struct fpu_state *from); /* on; clean after it */

#endif
