/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * asid.c - giving out ASIDs, in generations.
 *
 * When they run out a new generation starts: every hart owes itself one full
 * fence before it takes an ASID of the new one, and what a hart is running
 * keeps its ASID. A context of an older generation is worthless.
 *
 *	asid_take: context of this generation? -- yes --> its ASID
 *	                 | no (lock)
 *	                 v
 *	            free ASID? -- no --> next generation, all harts owe a fence
 */
#include "arch/riscv/asid.h"
#include "arch/cpu.h"
#include "arch/riscv/csr.h"
#include "arch/riscv/tlb.h"
#include "lib/assert.h"
#include "lib/atomic.h"
#include "lib/bits.h"
#include "lib/lock.h"
#include <string.h>

#define ASID_MASK ((1ul << ASID_BITS) - 1)

/*
 * One hart's view, besides cpu->context, which is taken away by whoever starts a
 * generation.
 */
static struct hart_asid {
	uint64_t reserved; /* context that a new generation left in place */
	bool owes_fence;   /* a generation began since the last fence */
} __attribute__((aligned(64))) harts[MAX_HARTS];

static struct {
	struct lock lock;
	unsigned count; /* ASIDs there are, 0: none */
	unsigned hint;	/* look for a free one from here */
	uint64_t serial, rollovers;
	uint64_t used[TLB_MAX_ASIDS / 64];
} asids = {.lock = LOCK_INIT(LOCK_ASID)};

uint64_t asid_generation;

/* Without ASIDs no serial number is ever of this generation. */
#define NO_GENERATION (1ul << 63)

INIT void asid_init(unsigned count)
{
	asids.count = count;
	asid_generation &= ~NO_GENERATION;
	asid_generation += 1ul << ASID_BITS;
	if (!count)
		asid_generation |= NO_GENERATION;
	asids.hint = 1;
	memset(asids.used, 0, sizeof(asids.used));
	asids.used[0] = 1; /* the kernel's */
	for (unsigned i = 0; i < MAX_HARTS; i++)
		harts[i] = (struct hart_asid){.owes_fence = true};
	for (unsigned i = 0; i < MAX_HARTS; i++)
		cpus[i].context = 0;
}

bool asid_exist(void)
{
	return asids.count != 0;
}

void asid_adopt(struct mmu *m)
{
	if (!asids.count)
		m->context =
			__atomic_add_fetch(&asids.serial, 1, __ATOMIC_RELAXED);
}

static bool number_take(unsigned asid)
{
	uint64_t bit = BIT(asid % 64), *w = &asids.used[asid / 64];

	if (*w & bit)
		return false;
	*w |= bit;
	return true;
}

/* Everything is free again but what harts are running. Locked. */
static void new_generation_locked(void)
{
	asid_generation += 1ul << ASID_BITS;
	memset(asids.used, 0, sizeof(asids.used));
	asids.used[0] = 1;
	for (unsigned i = 0; i < MAX_HARTS; i++) {
		uint64_t a = __atomic_exchange_n(&cpus[i].context, 0,
						 __ATOMIC_ACQ_REL);

		if (a)
			harts[i].reserved = a;
		number_take(harts[i].reserved & ASID_MASK);
		harts[i].owes_fence = true;
	}
	asids.rollovers++;
}

/* Was `context` left in place for a hart? Then it lives on as `renewed`. */
static bool is_reserved_locked(uint64_t context, uint64_t renewed)
{
	bool found = false;

	for (unsigned i = 0; i < MAX_HARTS; i++)
		if (harts[i].reserved == context) {
			harts[i].reserved = renewed;
			found = true;
		}
	return found;
}

static unsigned asid_find_locked(void)
{
	for (unsigned n = 0; n < asids.count; n++) {
		unsigned a = (asids.hint + n) % asids.count;

		if (number_take(a)) {
			asids.hint = a + 1;
			return a;
		}
	}
	return 0;
}

static uint64_t new_context_locked(uint64_t old)
{
	unsigned asid = old & ASID_MASK;

	if (old) {
		uint64_t renewed = asid_generation | asid;

		if (is_reserved_locked(old, renewed) || number_take(asid))
			return renewed;
	}
	asid = asid_find_locked();
	if (!asid) {
		new_generation_locked();
		asid = asid_find_locked();
	}
	assert(asid);
	return asid_generation | asid;
}

static bool is_current(uint64_t context)
{
	return context && !((context ^ __atomic_load_n(&asid_generation,
						       __ATOMIC_ACQUIRE)) >>
			    ASID_BITS);
}

void asid_take(struct mmu *m)
{
	struct hart_asid *h = &harts[lock_hart()];
	uint64_t c;

	lock_take(&asids.lock);
	c = m->context;
	if (!is_current(c)) {
		c = new_context_locked(c);
		m->satp = SATP_SV39 | (c & ASID_MASK) << SATP_ASID_SHIFT |
			  m->root >> PAGE_SHIFT;
		store_release(&m->context, c);
		/*
		 * Before this hart walks under the new number: else who empties
		 * an entry meanwhile could read the old one, and fence that
		 * (flush_run()).
		 */
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
	}
	if (h->owes_fence) {
		mmu_fence_all();
		h->owes_fence = false;
	}
	store_release(&this_cpu()->context, c);
	lock_drop(&asids.lock);
}

uint64_t asid_rollovers(void)
{
	return asids.rollovers;
}
