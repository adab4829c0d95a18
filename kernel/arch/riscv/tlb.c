/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tlb.c - address-space identifiers, switching, and fences.
 *
 * With ASIDs, each set of tables has a context: a generation and an ASID. When
 * the ASIDs run out a new generation starts: every hart owes itself one full
 * fence before it takes an ASID of the new one, and what a hart is running
 * keeps its ASID. A context of an older generation is worthless.
 *
 *	mmu_switch: context of this generation? -- yes --> write satp
 *	                 | no (lock)
 *	                 v
 *	            free ASID? -- no --> next generation, all harts owe a fence
 *
 * Without ASIDs a context is a serial number, and a hart fences when the tables
 * it last held entries of were others.
 *
 * Who must be told of a change: the harts in mmu->harts. A hart enters itself
 * there before it can walk the tables; a flush writes the tables, then reads
 * the mask; a full memory fence on both sides makes one of the two see the
 * other.
 */
#include "arch/riscv/tlb.h"
#include "arch/cpu.h"
#include "arch/riscv/csr.h"
#include "lib/assert.h"
#include "lib/lock.h"
#include <string.h>

struct mmu_features mmu_features;

#define ASID_BITS   16
#define ASID_MASK   ((1ul << ASID_BITS) - 1)
#define KERNEL_ASID 0

/* One hart's view; written by that hart alone but for `active`. */
struct hart_tlb {
	struct mmu *current;
	uint64_t active;   /* context in satp; 0 after a new generation */
	uint64_t reserved; /* context that a new generation left in place */
	uint64_t owner;	   /* no ASIDs: serial whose entries are cached */
	bool owes_fence;   /* a generation began since the last fence */
	struct mmu_counts counts;
} __attribute__((aligned(64)));
static struct hart_tlb harts[MAX_HARTS];

static struct {
	struct lock lock;
	uint64_t generation; /* counts in steps of 1 << ASID_BITS */
	unsigned count;	     /* ASIDs there are, 0 = none */
	unsigned hint;	     /* look for a free one from here */
	uint64_t serial;
	uint64_t used[TLB_MAX_ASIDS / 64];
} asids = {.lock = LOCK_INIT(LOCK_ASID)};

static struct hart_tlb *this_hart(void)
{
	return &harts[lock_hart()];
}

void tlb_init(unsigned asid_bits)
{
	unsigned count = 1u << asid_bits;

	if (count < TLB_MIN_ASIDS)
		count = 0;
	else if (count > TLB_MAX_ASIDS)
		count = TLB_MAX_ASIDS;
	mmu_features.asid_bits = count ? asid_bits : 0;
	asids.count = count;
	asids.generation += 1ul << ASID_BITS;
	asids.hint = 1;
	memset(asids.used, 0, sizeof(asids.used));
	asids.used[0] = 1; /* the kernel's */
	for (unsigned i = 0; i < MAX_HARTS; i++)
		harts[i] = (struct hart_tlb){.owes_fence = true};
}

unsigned tlb_probe_asid_bits(void)
{
	uint64_t old = hart_read_satp(), got;

	hart_write_satp(old | SATP_ASID_MASK);
	got = (hart_read_satp() & SATP_ASID_MASK) >> SATP_ASID_SHIFT;
	hart_write_satp(old);
	return got ? bit_highest(got) + 1 : 0;
}

void tlb_adopt(struct mmu *m)
{
	if (!asids.count)
		m->context =
			__atomic_add_fetch(&asids.serial, 1, __ATOMIC_RELAXED);
}

/* ---- contexts -------------------------------------------------------- */

static bool asid_take(unsigned asid)
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
	asids.generation += 1ul << ASID_BITS;
	memset(asids.used, 0, sizeof(asids.used));
	asids.used[0] = 1;
	for (unsigned i = 0; i < MAX_HARTS; i++) {
		uint64_t a = __atomic_exchange_n(&harts[i].active, 0,
						 __ATOMIC_ACQ_REL);

		if (a)
			harts[i].reserved = a;
		asid_take(harts[i].reserved & ASID_MASK);
		harts[i].owes_fence = true;
	}
	this_hart()->counts.rollovers++;
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

		if (asid_take(a)) {
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
		uint64_t renewed = asids.generation | asid;

		if (is_reserved_locked(old, renewed) || asid_take(asid))
			return renewed;
	}
	asid = asid_find_locked();
	if (!asid) {
		new_generation_locked();
		asid = asid_find_locked();
	}
	assert(asid);
	return asids.generation | asid;
}

static bool is_current(uint64_t context)
{
	return context && !((context ^ __atomic_load_n(&asids.generation,
						       __ATOMIC_ACQUIRE)) >>
			    ASID_BITS);
}

/* Gives `m` a context of this generation and makes it this hart's. */
static uint64_t context_take(struct hart_tlb *h, struct mmu *m)
{
	uint64_t c = __atomic_load_n(&m->context, __ATOMIC_RELAXED);
	uint64_t old = __atomic_load_n(&h->active, __ATOMIC_RELAXED);

	if (old && is_current(c) &&
	    __atomic_compare_exchange_n(&h->active, &old, c, false,
					__ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
		return c;
	lock_take(&asids.lock);
	c = m->context;
	if (!is_current(c)) {
		c = new_context_locked(c);
		__atomic_store_n(&m->context, c, __ATOMIC_RELAXED);
	}
	if (h->owes_fence) {
		hart_fence_all();
		h->counts.fence_all++;
		h->owes_fence = false;
	}
	__atomic_store_n(&h->active, c, __ATOMIC_RELEASE);
	lock_drop(&asids.lock);
	return c;
}

/* ---- switching ------------------------------------------------------- */

static void enter_mask(struct mmu *m)
{
	uint64_t me = BIT(lock_hart());

	if (__atomic_load_n(&m->harts, __ATOMIC_RELAXED) & me)
		return;
	__atomic_fetch_or(&m->harts, me, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_SEQ_CST); /* against flush_run() */
}

static void set_satp(struct hart_tlb *h, const struct mmu *m, uint64_t asid)
{
	hart_write_satp(SATP_SV39 | asid << SATP_ASID_SHIFT |
			m->root >> PAGE_SHIFT);
	h->counts.satp++;
}

void mmu_switch(struct mmu *m)
{
	struct hart_tlb *h = this_hart();

	if (h->current == m)
		return;
	h->current = m;
	if (m == &kernel_mmu) {
		set_satp(h, m, KERNEL_ASID);
		return;
	}
	enter_mask(m);
	if (asids.count) {
		set_satp(h, m, context_take(h, m) & ASID_MASK);
		return;
	}
	set_satp(h, m, KERNEL_ASID);
	if (h->owner != m->context) {
		h->owner = m->context;
		mmu_fence_space(m);
	}
}

bool mmu_is_alone(const struct mmu *m)
{
	return !(__atomic_load_n(&m->harts, __ATOMIC_RELAXED) &
		 ~BIT(lock_hart()));
}

const struct mmu *mmu_current(void)
{
	const struct mmu *m = this_hart()->current;

	return m ? m : &kernel_mmu;
}

/* ---- fences on this hart --------------------------------------------- */

static uint64_t asid_of(const struct mmu *m)
{
	return asids.count ? __atomic_load_n(&m->context, __ATOMIC_RELAXED) &
				     ASID_MASK
			   : KERNEL_ASID;
}

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
		       : __atomic_load_n(&f->mmu->harts, __ATOMIC_RELAXED);
	if (mask & me)
		flush_here(f);
	if (mask & ~me)
		flush_others(f, mask & ~me);
	flush_begin(f, f->mmu);
}

void mmu_forget_page(struct mmu *m, va_t va)
{
	struct mmu_flush f;

	if (mmu_is_alone(m)) {
		mmu_fence_page(m, va);
		return;
	}
	flush_begin(&f, m);
	flush_add(&f, round_down(va, PAGE_SIZE), PAGE_SIZE);
	flush_run(&f);
}

struct mmu_counts mmu_counts_read(void)
{
	struct mmu_counts sum = {0};

	for (unsigned i = 0; i < MAX_HARTS; i++) {
		const struct mmu_counts *c = &harts[i].counts;

		sum.fence_all += c->fence_all;
		sum.fence_space += c->fence_space;
		sum.fence_page += c->fence_page;
		sum.remote += c->remote;
		sum.satp += c->satp;
		sum.rollovers += c->rollovers;
	}
	return sum;
}
