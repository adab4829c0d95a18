/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hart.c - the model hart. RISC-V privileged spec, "Virtual Address Translation
 * Process" (the numbered steps) and "Supervisor Memory-Management Fence
 * Instruction".
 */
#include "tests/host/hart.h"
#include "arch/cpu.h"
#include "arch/layout.h"
#include "arch/riscv/csr.h"
#include "lib/assert.h"
#include "lib/lock.h"
#include <string.h>

#define TLB_ENTRIES 4096

struct tlb_entry {
	uint64_t vpn; /* va without the offset of its level */
	pte_t pte;    /* as in memory */
	pte_t *slot;  /* where */
	uint16_t asid;
	uint8_t level;
	bool global, live;
};

struct hart {
	uint64_t satp;
	bool sum;
	unsigned used; /* entries from here on were never live */
	struct tlb_entry tlb[TLB_ENTRIES];
};

static struct hart harts[HART_COUNT];
static struct hart *self = harts;
static struct hart_model model;
static uint64_t fences;
static uint32_t random_state = 12345;

void hart_reset(const struct hart_model *m)
{
	memset(harts, 0, sizeof(harts));
	self = harts;
	model = *m;
	random_state = 12345;
}

void hart_use(unsigned index)
{
	assert(index < HART_COUNT);
	self = &harts[index];
}

unsigned lock_hart(void)
{
	return (unsigned)(self - harts);
}

struct cpu cpus[MAX_HARTS];
unsigned cpu_count = HART_COUNT;

struct cpu *this_cpu(void)
{
	struct cpu *cpu = &cpus[lock_hart()];

	cpu->index = lock_hart();
	return cpu;
}

uint64_t cpus_online(void)
{
	return BIT(HART_COUNT) - 1;
}

uint64_t hart_fences(void)
{
	return fences;
}

static bool prefers_stale(void)
{
	random_state = random_state * 1103515245 + 12345;
	return (random_state >> 16) % 100 < model.stale;
}

/* ---- fences ----------------------------------------------------------- */

static uint64_t vpn_at(va_t va, int level)
{
	return va >> (PAGE_SHIFT + 9 * level);
}

/* An entry of a last level, or a leaf above: what an address reaches. */
static bool is_addressed(const struct tlb_entry *e, va_t va)
{
	return (e->level == 0 || (e->pte & PTE_RWX)) &&
	       e->vpn == vpn_at(va, e->level);
}

static void drop(struct hart *h, va_t va, uint64_t asid)
{
	fences++;
	for (unsigned i = 0; i < h->used; i++) {
		struct tlb_entry *e = &h->tlb[i];

		if (va != ALL_ADDRESSES && !is_addressed(e, va))
			continue;
		if (asid != ALL_SPACES && (e->global || e->asid != asid))
			continue;
		e->live = false;
	}
	while (h->used > 0 && !h->tlb[h->used - 1].live)
		h->used--;
}

void hart_fence_all(void)
{
	drop(self, ALL_ADDRESSES, ALL_SPACES);
}

void hart_fence_space(uint64_t asid)
{
	drop(self, ALL_ADDRESSES, asid);
}

void hart_fence_page(va_t va, uint64_t asid)
{
	drop(self, va, asid);
}

void hart_fence_page_global(va_t va)
{
	drop(self, va, ALL_SPACES);
}

void hart_fence_memory(void)
{
}

/* The model fetches nothing ahead. */
void harts_sync_code(uint64_t mask)
{
	(void)mask;
}

void harts_fence(uint64_t mask, va_t lo, uint64_t len, uint64_t asid)
{
	for (unsigned i = 0; i < HART_COUNT; i++) {
		if (!(mask & BIT(i)))
			continue;
		if (len == ALL_ADDRESSES) {
			drop(&harts[i], ALL_ADDRESSES, asid);
			continue;
		}
		for (va_t va = lo; va < lo + len; va += PAGE_SIZE)
			drop(&harts[i], va, asid);
	}
}

/* ---- registers -------------------------------------------------------- */

static void look_ahead(void)
{
	for (unsigned i = 0; i < model.ahead_count; i++)
		hart_look_ahead(model.ahead[i]);
}

void hart_write_satp(uint64_t v)
{
	uint64_t kept = (BIT(model.asid_bits) - 1) << SATP_ASID_SHIFT;

	self->satp = v & ~(SATP_ASID_MASK & ~kept);
	look_ahead();
}

uint64_t hart_read_satp(void)
{
	return self->satp;
}

void hart_allow_user(bool on)
{
	self->sum = on;
}

bool hart_allows_user(void)
{
	return self->sum;
}

/* ---- the walk --------------------------------------------------------- */

static struct tlb_entry *tlb_find(va_t va, int level, uint64_t asid)
{
	for (unsigned i = 0; i < self->used; i++) {
		struct tlb_entry *e = &self->tlb[i];

		if (e->live && e->level == level &&
		    e->vpn == vpn_at(va, level) &&
		    (e->global || e->asid == asid))
			return e;
	}
	return NULL;
}

static struct tlb_entry *tlb_new(void)
{
	for (unsigned i = 0; i < self->used; i++)
		if (!self->tlb[i].live)
			return &self->tlb[i];
	if (self->used == TLB_ENTRIES) { /* it may forget, too */
		memset(self->tlb, 0, sizeof(self->tlb));
		self->used = 0;
	}
	return &self->tlb[self->used++];
}

/* The entry at `slot` as this hart sees it; `fresh`: as it is now. */
static struct tlb_entry *entry_read(va_t va, int level, pte_t *slot,
				    bool global, bool fresh)
{
	uint64_t asid = (self->satp & SATP_ASID_MASK) >> SATP_ASID_SHIFT;
	struct tlb_entry *e = tlb_find(va, level, asid);

	if (e && !fresh && prefers_stale())
		return e;
	if (!e)
		e = tlb_new();
	*e = (struct tlb_entry){
		.vpn = vpn_at(va, level),
		.pte = __atomic_load_n(slot, __ATOMIC_RELAXED),
		.slot = slot,
		.asid = (uint16_t)asid,
		.level = (uint8_t)level,
		.live = true,
	};
	e->global = global || (pte_valid(e->pte) && (e->pte & PTE_G));
	return e;
}

/* A leaf that was kept serves without a walk, whatever stands above it now. */
static struct tlb_entry *kept_leaf(va_t va)
{
	uint64_t asid = (self->satp & SATP_ASID_MASK) >> SATP_ASID_SHIFT;

	for (int l = 0; l < MMU_LEVELS; l++) {
		struct tlb_entry *e = tlb_find(va, l, asid);

		if (e && pte_is_leaf(e->pte) && prefers_stale())
			return e;
	}
	return NULL;
}

/* Steps 2 to 4: the leaf's entry, or NULL: a page fault. */
static struct tlb_entry *walk(va_t va, bool fresh)
{
	pte_t *table = pa_to_va((self->satp & SATP_PPN_MASK) << PAGE_SHIFT);
	struct tlb_entry *e = fresh ? NULL : kept_leaf(va);
	bool global = false;

	if (e)
		return e;
	if ((uint64_t)((int64_t)(va << 25) >> 25) != va)
		return NULL;
	for (int l = MMU_LEVELS - 1; l >= 0; l--) {
		e = entry_read(va, l, &table[PTE_INDEX(va, l)], global, fresh);
		global = e->global;
		if (!pte_valid(e->pte) || e->pte >> 54 ||
		    (e->pte & (PTE_R | PTE_W)) == PTE_W)
			return NULL;
		if (e->pte & PTE_RWX)
			return is_aligned(pte_pa(e->pte), MMU_LEVEL_SIZE(l))
				       ? e
				       : NULL;
		if (e->pte & (PTE_U | PTE_A | PTE_D))
			return NULL;
		table = pa_to_va(pte_pa(e->pte));
	}
	return NULL;
}

static bool permits(pte_t p, unsigned access, bool user)
{
	if (user ? !(p & PTE_U)
		 : (p & PTE_U) && (access == MMU_X || !self->sum))
		return false;
	return pte_prot(p) & access;
}

static unsigned cause_of(unsigned access)
{
	return access == MMU_R	 ? CAUSE_LOAD_FAULT
	       : access == MMU_W ? CAUSE_STORE_FAULT
				 : CAUSE_FETCH_FAULT;
}

static unsigned access_once(va_t va, unsigned access, bool user, pa_t *pa)
{
	bool fresh = false;

	for (;;) {
		struct tlb_entry *e = walk(va, fresh);
		pte_t p = e ? e->pte : 0, touched;

		if (!e || !permits(p, access, user))
			return cause_of(access);
		touched = pte_touch(p, access == MMU_W);
		if (touched != p && !model.sets_ad)
			return cause_of(access);
		*pa = pte_pa(p) | (va & (MMU_LEVEL_SIZE(e->level) - 1));
		if (touched == p)
			return 0;
		if (__atomic_compare_exchange_n(e->slot, &p, touched, false,
						__ATOMIC_RELAXED,
						__ATOMIC_RELAXED)) {
			e->pte = touched;
			return 0;
		}
		assert(!fresh); /* step 9: it changed, so walk again */
		fresh = true;
	}
}

unsigned hart_access(va_t va, unsigned access, bool user, pa_t *pa)
{
	unsigned cause;

	assert(self->satp);
	cause = access_once(va, access, user, pa);
	look_ahead();
	return cause;
}

void hart_look_ahead(va_t va)
{
	walk(va, false);
}
