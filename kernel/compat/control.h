/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * control.h - CR0, CR2, CR3, CR4, EFLAGS.AC and INVLPG, each hart its own.
 *
 * Fixed, and read back as such: CR0.PG = CR0.WP = 1. Supervisor never executes
 * user pages; CR4.SMEP selects whether the error code says I. Not there: PCID,
 * protection keys, PAT. [F], [N]: see pagedir.h.
 */
#ifndef COMPAT_CONTROL_H
#define COMPAT_CONTROL_H
#include "compat/pagedir.h"

#define X86_CR0_PE   (1u << 0)
#define X86_CR0_WP   (1u << 16)
#define X86_CR0_PG   (1u << 31)
#define X86_CR4_PSE  (1u << 4)	/* looked at when a PDE is written */
#define X86_CR4_PGE  (1u << 7)	/* off: CR3 loads drop global leaves too */
#define X86_CR4_SMEP (1u << 20) /* I in the error code */
#define X86_CR4_SMAP (1u << 21) /* on: supervisor uses user pages if AC */

uint32_t x86_read_cr0(void);

/* False if `v` clears WP or PG: that has no counterpart. [N] */
bool x86_write_cr0(uint32_t v);

/* The address of this hart's last #PF. [N] */
uint32_t x86_read_cr2(void);

/* A handle, where x86 has the directory's physical address. [N] */
uintptr_t x86_read_cr3(void);

/*
 * Drops what a CR3 load drops: satp alone drops nothing. While the mirror is in
 * use on a hart nobody else calls mmu_switch() there. [F]
 */
void x86_write_cr3(uintptr_t pagedir);

/* This hart leaves the mirror: the kernel's tables, CR4 = 0, AC = 0. [F] */
void x86_leave(void);

uint32_t x86_read_cr4(void);

/* Bits other than those above are ignored. A change of PGE drops all. [F] */
void x86_write_cr4(uint32_t v);

/* EFLAGS.AC = 1, 0; at once. [N] */
void x86_stac(void);
void x86_clac(void);

/* Forgets one page, global or not; of a 4 MiB page, both halves. [F] */
void x86_invlpg(uint32_t va);

/*
 * INVLPG of every page in [va, va+len) on every hart that ran `pd`, this one
 * too; what x86 does by interrupting them. [F]
 */
void x86_shootdown(struct pagedir *pd, uint32_t va, uint32_t len);

#endif
