/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * asid.h - address-space identifiers: which number a set of tables has now.
 *
 * A set of tables has a context: with ASIDs a generation and an ASID, without
 * them a serial number. mmu->context holds it; 0 is none yet.
 */
#ifndef ARCH_RISCV_ASID_H
#define ARCH_RISCV_ASID_H
#include "arch/mmu.h"

#define KERNEL_ASID 0

/* From now on there are `count` ASIDs, 0: none; a new generation starts. */
void asid_init(unsigned count);

/* Are there any? */
bool asid_exist(void);

/* A new set of tables gets its serial number, if it needs one. */
void asid_adopt(struct mmu *m);

/*
 * The ASID under which this hart may run `m` now. If a new generation began
 * since it last asked, the full fence that it owes for that is executed first.
 */
uint64_t asid_take(struct mmu *m);

/* The ASID that fences for `m` name. */
uint64_t asid_of(const struct mmu *m);

/* Generations that began because ASIDs ran out. */
uint64_t asid_rollovers(void);

#endif
