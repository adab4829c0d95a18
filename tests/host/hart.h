/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hart.h - model harts for host tests of page tables: the hart_ functions of
 * arch/riscv/csr.h, and memory accesses through a hostile TLB.
 *
 * The TLB does all that the privileged spec lets one do: it keeps every entry
 * that it ever read, at every level, valid or not, by ASID, and prefers what it
 * kept to what stands in memory, until a fence comes that must drop it. A write
 * of satp drops nothing. So a fence that is missing shows, as no emulator shows
 * it. A walk through a table that was freed too early is found by the address
 * sanitizer (tests/host/arena.h).
 */
#ifndef TESTS_HOST_HART_H
#define TESTS_HOST_HART_H
#include "arch/mmu.h"

#define HART_COUNT 4

struct hart_model {
	unsigned stale;	    /* percent of look-ups that prefer what is kept */
	bool sets_ad;	    /* Svadu; else Svade: A=0 or D=0 faults */
	unsigned asid_bits; /* that satp keeps */
	const uint32_t *ahead; /* walked after each satp write and access */
	unsigned ahead_count;
	bool (*is_table)(pa_t pa); /* a walk may read there; NULL: anywhere */
};

/* All harts as after reset: hart 0 runs, TLBs empty, satp 0, SUM 0. */
void hart_reset(const struct hart_model *model);

/* From here on the code under test runs on hart `index`: lock_hart(). */
void hart_use(unsigned index);

/*
 * This hart makes one access (MMU_R, MMU_W or MMU_X), as user or supervisor
 * with SUM as it stands: 0 and the physical address, or scause. A and D are set
 * where the hart does that. The byte itself is the caller's to touch.
 */
unsigned hart_access(va_t va, unsigned access, bool user, pa_t *pa);

/* This hart walks to `va` ahead of use: it may, at any time. */
void hart_look_ahead(va_t va);

/*
 * All leaves that hart `index` could use for `va` now: what it has kept, and what a
 * walk can come to that takes each entry as it was kept or as it is in memory.
 */
typedef void hart_found(void *ctx, va_t va, pte_t leaf);
void hart_reachable(unsigned index, va_t va, hart_found *found, void *ctx);

/* The leaf that it would use if it had kept nothing, or 0. */
pte_t hart_in_memory(unsigned index, va_t va);

/*
 * Some hart has kept an entry that leads to the page at `pa`: of any ASID, or of
 * the one that it has in satp.
 */
bool harts_keep(pa_t pa, bool any_asid);

/* sstatus.SUM of this hart. */
bool hart_allows_user(void);

/* Fences executed so far on all harts, remote ones counted where they act. */
uint64_t hart_fences(void);

#endif
