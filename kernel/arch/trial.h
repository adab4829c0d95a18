/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * trial.h - instructions that may trap, tried once: what the devicetree or the
 * ISA string promises is not always there.
 */
#ifndef ARCH_TRIAL_H
#define ARCH_TRIAL_H
#include "lib/types.h"

/* Does cbo.zero work on this hart? `block` may be zeroed by it. */
bool trial_cbo(void *block);

/* Does stimecmp work on this hart? It is set to never. */
bool trial_stimecmp(void);

/* Does something answer a load of 32 bits there? */
bool trial_load(const volatile void *p);

/* Was the trap at `pc` such a trial, and where does it go on, failed? */
bool trial_owns(va_t pc);
va_t trial_failure(void);

#endif
