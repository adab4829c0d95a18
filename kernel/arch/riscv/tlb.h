/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tlb.h - what a hart remembers of the tables, and how it is made to forget.
 * The part of arch/mmu.h that boot code and tests see beyond the contract.
 */
#ifndef ARCH_RISCV_TLB_H
#define ARCH_RISCV_TLB_H
#include "arch/mmu.h"

/*
 * Says how many ASIDs there are (2^bits; below TLB_MIN_ASIDS they are not
 * worth having and none are used) and starts the first generation. Before the
 * first mmu_switch(); again only in tests.
 */
#define TLB_MIN_ASIDS 16
#define TLB_MAX_ASIDS 1024 /* more would only make a larger bitmap */
void tlb_init(unsigned asid_bits);

/* ASID bits that satp keeps on this hart (privileged spec, "satp"). */
unsigned tlb_probe_asid_bits(void);

#endif
