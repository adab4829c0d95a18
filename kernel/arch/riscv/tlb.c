/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tlb.c - switching, and making harts forget.
 *
 * With ASIDs a switch is a satp write and no fence. Without, a hart fences when
 * the tables whose entries it last held were others.
 *
 * Who must be told of a change: the harts in mmu->harts. A hart enters itself
 * there before it can walk the tables; a flush writes the tables, then reads
 * the mask; a full memory fence on both sides makes one of the two see the
 * other.
 */
#include "arch/riscv/tlb.h"
#include "arch/cpu.h"
#include "arch/riscv/asid.h"
#include "arch/riscv/csr.h"
#include "lib/assert.h"
#include "lib/lock.h"
#include <string.h>

struct mmu_features mmu_features;

/* One hart's view; written by that hart alone. */
static struct hart_tlb {
	uint64_t owner; /* no ASIDs: context whose entries are cached */
	struct mmu_counts counts;
} __attribute__((aligned(64))) harts[MAX_HARTS];

static struct hart_tlb *this_hart(void)
{
	return &harts[lock_hart()];
}

INIT void tlb_init(unsigned asid_bits)
{
	unsigned count = 1u << asid_bits;

	if (count < TLB_MIN_ASIDS)
		count = 0;
	else if (count > TLB_MAX_ASIDS)
		count = TLB_MAX_ASIDS;
	mmu_features.asid_bits = count ? asid_bits : 0;
	asid_init(count);
	for (unsigned i = 0; i < MAX_HARTS; i++)
		harts[i] = (struct hart_tlb){0};
	for (unsigned i = 0; i < MAX_HARTS; i++)
		cpus[i].mmu = NULL;
}

INIT unsigned tlb_probe_asid_bits(void)
{
	uint64_t old = hart_read_satp(), got;

	hart_write_satp(old | SATP_ASID_MASK);
	got = (hart_read_satp() & SATP_ASID_MASK) >> SATP_ASID_SHIFT;
	hart_write_satp(old);
	return got ? bit_highest(got) + 1 : 0;
}

/* ---- switching ------------------------------------------------------- */

static void enter_mask(struct mmu *m)
{
	uint64_t me = BIT(lock_hart());

	if (__atomic_load_n(&m->harts, __ATOMIC_RELAXED) & me)
		return;
	__atomic_fetch_or(&m->harts, me, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_SEQ_CST); /* against flush_run() */
	hart_sync_code(); /* what runs there may have been written elsewhere */
}

static void set_satp(uint64_t satp)
{
	hart_write_satp(satp);
	this_cpu()->satp_writes++;
}

/* The first time on this hart, a new generation, or no ASIDs. */
static __attribute__((noinline)) void *switch_slowly(struct mmu *m,
						     void *result)
{
	struct hart_tlb *h = this_hart();

	if (m == &kernel_mmu) {
		set_satp(SATP_SV39 | m->root >> PAGE_SHIFT);
		return result;
	}
	enter_mask(m);
	if (asid_exist()) {
		asid_take(m);
		set_satp(m->satp);
		return result;
	}
	set_satp(SATP_SV39 | m->root >> PAGE_SHIFT);
	if (h->owner != m->context) {
		h->owner = m->context;
		mmu_fence_space(m);
	}
	return result;
}

/* A leaf: on its usual way it needs no register saved. */
void *mmu_switch_then(struct mmu *m, void *result)
{
	struct cpu *cpu = this_cpu();

	if (cpu->mmu == m)
		return result;
	cpu->mmu = m;
	if ((__atomic_load_n(&m->harts, __ATOMIC_RELAXED) >> cpu->index & 1) &&
	    asid_take_again(cpu, m)) {
		set_satp(m->satp);
		return result;
	}
	return switch_slowly(m, result);
}

void mmu_sync_code(struct mmu *m)
{
	uint64_t others = __atomic_load_n(&m->harts, __ATOMIC_RELAXED) &
			  ~(MMU_SHARED | BIT(lock_hart()));

	hart_sync_code();
	if (others)
		harts_sync_code(others);
}

void mmu_share(struct mmu *m)
{
	__atomic_fetch_or(&m->harts, MMU_SHARED, __ATOMIC_RELAXED);
}

const struct mmu *mmu_current(void)
{
	const struct mmu *m = this_cpu()->mmu;

	return m ? m : &kernel_mmu;
}

/* ---- fences on this hart --------------------------------------------- */

void mmu_fence_all(void)
{
	hart_fence_all();
	this_hart()->counts.fence_all++;
}

void mmu_fence_space(struct mmu *m)
{
	if (mmu_features.full_fences_only) {
		mmu_fence_all();
		return;
	}
	hart_fence_space(asid_of(m));
	this_hart()->counts.fence_space++;
}

void mmu_fence_page(struct mmu *m, va_t va)
{
	if (mmu_features.full_fences_only) {
		mmu_fence_all();
		return;
	}
	hart_fence_page(va, asid_of(m));
	this_hart()->counts.fence_page++;
}

void mmu_fence_page_global(va_t va)
{
	if (mmu_features.full_fences_only) {
		mmu_fence_all();
		return;
	}
	hart_fence_page_global(va);
	this_hart()->counts.fence_page++;
}

void mmu_allow_user(bool on)
{
	hart_allow_user(on);
}

/* The stale entry may be a pointer, so the address alone is not enough. */
void mmu_flush_stale(struct mmu *m, va_t va)
{
	(void)va;
	mmu_fence_space(m);
}

/* ---- batches --------------------------------------------------------- */

void flush_begin(struct mmu_flush *f, struct mmu *m)
{
	*f = (struct mmu_flush){.mmu = m, .lo = ~0ul};
}

void flush_add(struct mmu_flush *f, va_t va, uint64_t len)
{
	if (va < f->lo)
		f->lo = va;
	if (va + len - 1 > f->hi || f->hi == 0)
		f->hi = va + len - 1;
}

void flush_tables(struct mmu_flush *f)
{
	f->tables = true;
}

/* Few enough pages to name them one by one? */
static bool is_short(const struct mmu_flush *f)
{
	return !f->tables && !mmu_features.full_fences_only &&
	       (f->hi - f->lo) / PAGE_SIZE < FLUSH_PAGES;
}

static void flush_here(const struct mmu_flush *f)
{
	if (f->mmu == &kernel_mmu) { /* globals: only x0,x0 reaches all */
		mmu_fence_all();
		return;
	}
	if (!is_short(f)) {
		mmu_fence_space(f->mmu);
		return;
	}
	for (va_t va = f->lo; va <= f->hi; va += PAGE_SIZE)
		mmu_fence_page(f->mmu, va);
}

static void flush_others(const struct mmu_flush *f, uint64_t mask)
{
	if (mmu_features.full_fences_only || f->mmu == &kernel_mmu)
		harts_fence(mask, 0, ALL_ADDRESSES, ALL_SPACES);
	else if (is_short(f))
		harts_fence(mask, f->lo, round_up(f->hi + 1 - f->lo, PAGE_SIZE),
			    asid_of(f->mmu));
	else
		harts_fence(mask, 0, ALL_ADDRESSES, asid_of(f->mmu));
	this_hart()->counts.remote++;
}

void flush_run(struct mmu_flush *f)
{
	uint64_t me = BIT(lock_hart()), mask;

	if (!f->tables && f->lo > f->hi)
		return;
	__atomic_thread_fence(__ATOMIC_SEQ_CST); /* against enter_mask() */
	mask = f->mmu == &kernel_mmu
		       ? cpus_online()
		       : __atomic_load_n(&f->mmu->harts, __ATOMIC_RELAXED) &
				 ~MMU_SHARED;
	if (mask & me)
		flush_here(f);
	if (mask & ~me)
		flush_others(f, mask & ~me);
	flush_begin(f, f->mmu);
}

static __attribute__((noinline)) void forget_elsewhere(struct mmu *m, va_t va)
{
	struct mmu_flush f;

	flush_begin(&f, m);
	flush_add(&f, round_down(va, PAGE_SIZE), PAGE_SIZE);
	flush_run(&f);
}

void mmu_forget_page(struct mmu *m, va_t va)
{
	if (mmu_is_alone(m))
		mmu_fence_page(m, va);
	else
		forget_elsewhere(m, va);
}

COLD void mmu_forget_everywhere(void)
{
	uint64_t others = cpus_online() & ~BIT(lock_hart());

	__atomic_thread_fence(__ATOMIC_SEQ_CST); /* against enter_mask() */
	mmu_fence_all();
	if (!others)
		return;
	harts_fence(others, 0, ALL_ADDRESSES, ALL_SPACES);
	this_hart()->counts.remote++;
}

struct mmu_counts mmu_counts_read(void)
{
	struct mmu_counts sum = {.rollovers = asid_rollovers()};

	for (unsigned i = 0; i < MAX_HARTS; i++) {
		const struct mmu_counts *c = &harts[i].counts;

		sum.fence_all += c->fence_all;
		sum.fence_space += c->fence_space;
		sum.fence_page += c->fence_page;
		sum.remote += c->remote;
		sum.satp += cpus[i].satp_writes;
	}
	return sum;
}
