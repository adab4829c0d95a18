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
#include "arch/riscv/csr.h"
#include "lib/atomic.h"

#define KERNEL_ASID 0

/* From now on there are `count` ASIDs, 0: none; a new generation starts. */
void asid_init(unsigned count);

/* Are there any? */
bool asid_exist(void);

/* A new set of tables gets its serial number, if it needs one. */
void asid_adopt(struct mmu *m);

/*
 * Finds the ASID under which this hart may run `m` now, and says so in m->satp.
 * If a new generation began since it last asked, the full fence that it owes for
 * that is executed first.
 */
void asid_take(struct mmu *m);

extern uint64_t asid_generation; /* counts in steps of 1 << ASID_BITS */
#define ASID_BITS 16

/*
 * The same if nothing has changed: m->satp holds. Who begins a generation counts
 * on, then takes every hart's context away; this says what the hart will run,
 * then looks at the count, with a full fence between the two on either side, so
 * that one of them sees the other. A context that was taken away, which owes a
 * fence, is not put back: it is looked at after the ASID that came later.
 */
static inline bool asid_take_again(struct cpu *cpu, const struct mmu *m)
{
	uint64_t c = __atomic_load_n(&m->context, __ATOMIC_ACQUIRE);

	if (!__atomic_load_n(&cpu->context, __ATOMIC_RELAXED))
		return false;
	store_relaxed(&cpu->context, c);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	return !((c ^ __atomic_load_n(&asid_generation, __ATOMIC_RELAXED)) >>
		 ASID_BITS);
}

/* The ASID that fences for `m` name; 0 without ASIDs. */
static inline uint64_t asid_of(const struct mmu *m)
{
	return (m->satp & SATP_ASID_MASK) >> SATP_ASID_SHIFT;
}

/* Generations that began because ASIDs ran out. */
uint64_t asid_rollovers(void);

#endif
