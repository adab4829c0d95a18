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
#define BUCKETS	    1024

struct tlb_entry {
	uint64_t vpn; /* va without the offset of its level */
	pte_t pte;    /* as in memory */
	pte_t *slot;  /* where */
	uint16_t asid;
	uint16_t next; /* in its bucket, or free: index + 1 */
	uint8_t level;
	bool global, live;
};

struct hart {
	uint64_t satp;
	bool sum;
	unsigned used; /* entries from here on were never live */
	uint16_t free; /* a list of those below that are not */
	uint16_t bucket[BUCKETS];
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

static uint16_t *bucket_of(struct hart *h, uint64_t vpn, int level)
{
	uint64_t n = (vpn << 2 | (unsigned)level) * 0x9e3779b97f4a7c15ul;

	return &h->bucket[(n >> 40) % BUCKETS];
}

/* What the bucket has that the fence names. */
static void drop_of(struct hart *h, uint16_t *link, va_t va, uint64_t asid)
{
	while (*link) {
		uint16_t number = *link;
		struct tlb_entry *e = &h->tlb[number - 1];

		if ((va != ALL_ADDRESSES && !is_addressed(e, va)) ||
		    (asid != ALL_SPACES && (e->global || e->asid != asid))) {
			link = &e->next;
			continue;
		}
		*link = e->next;
		e->live = false;
		e->next = h->free;
		h->free = number;
	}
}

static void drop(struct hart *h, va_t va, uint64_t asid)
{
	fences++;
	if (va != ALL_ADDRESSES)
		for (int l = 0; l < MMU_LEVELS; l++)
			drop_of(h, bucket_of(h, vpn_at(va, l), l), va, asid);
	else
		for (unsigned i = 0; i < BUCKETS; i++)
			drop_of(h, &h->bucket[i], va, asid);
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

static uint64_t asid_of(const struct hart *h)
{
	return (h->satp & SATP_ASID_MASK) >> SATP_ASID_SHIFT;
}

static struct tlb_entry *tlb_find(struct hart *h, va_t va, int level)
{
	uint64_t vpn = vpn_at(va, level), asid = asid_of(h);

	for (uint16_t n = *bucket_of(h, vpn, level); n;
	     n = h->tlb[n - 1].next) {
		struct tlb_entry *e = &h->tlb[n - 1];

		if (e->level == level && e->vpn == vpn &&
		    (e->global || e->asid == asid))
			return e;
	}
	return NULL;
}

/* A new entry, in its bucket. */
static struct tlb_entry *tlb_new(va_t va, int level)
{
	uint16_t *bucket = bucket_of(self, vpn_at(va, level), level);
	uint16_t number = self->free;

	if (number) {
		self->free = self->tlb[number - 1].next;
	} else if (self->used < TLB_ENTRIES) {
		number = (uint16_t)++self->used;
	} else { /* it may forget, too */
		memset(self->bucket, 0, sizeof(self->bucket));
		self->used = number = 1;
	}
	self->tlb[number - 1].next = *bucket;
	*bucket = number;
	return &self->tlb[number - 1];
}

/* The entry at `slot` as this hart sees it; `fresh`: as it is now. */
static struct tlb_entry *entry_read(va_t va, int level, pte_t *slot,
				    bool global, bool fresh)
{
	struct tlb_entry *e = tlb_find(self, va, level);

	if (e && !fresh && prefers_stale())
		return e;
	if (!e)
		e = tlb_new(va, level);
	*e = (struct tlb_entry){
		.vpn = vpn_at(va, level),
		.pte = __atomic_load_n(slot, __ATOMIC_RELAXED),
		.slot = slot,
		.asid = (uint16_t)asid_of(self),
		.next = e->next,
		.level = (uint8_t)level,
		.live = true,
	};
	e->global = global || (pte_valid(e->pte) && (e->pte & PTE_G));
	return e;
}

/* A leaf that was kept serves without a walk, whatever stands above it now. */
static struct tlb_entry *kept_leaf(va_t va)
{
	for (int l = 0; l < MMU_LEVELS; l++) {
		struct tlb_entry *e = tlb_find(self, va, l);

		if (e && pte_is_leaf(e->pte) && prefers_stale())
			return e;
	}
	return NULL;
}

static pte_t *table_at(pa_t pa)
{
	assert(!model.is_table || model.is_table(pa));
	return pa_to_va(pa);
}

/* An entry that leads to a table. */
static bool leads_on(pte_t p)
{
	return pte_is_table(p) && !(p >> 54) && !(p & (PTE_U | PTE_A | PTE_D));
}

static pa_t root_of(const struct hart *h)
{
	return (h->satp & SATP_PPN_MASK) << PAGE_SHIFT;
}

/* Steps 2 to 4: the leaf's entry, or NULL: a page fault. */
static struct tlb_entry *walk(va_t va, bool fresh)
{
	pte_t *table = table_at(root_of(self));
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
		if (!leads_on(e->pte))
			return NULL;
		table = table_at(pte_pa(e->pte));
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

/* ---- what is kept ---------------------------------------------------------- */

static bool keeps(const struct hart *h, pa_t pa, bool any_asid)
{
	if (root_of(h) == pa)
		return true;
	for (unsigned i = 0; i < h->used; i++) {
		const struct tlb_entry *e = &h->tlb[i];

		if (e->live && pte_valid(e->pte) && pte_pa(e->pte) == pa &&
		    (any_asid || e->asid == asid_of(h)))
			return true;
	}
	return false;
}

bool harts_keep(pa_t pa, bool any_asid)
{
	for (unsigned i = 0; i < HART_COUNT; i++)
		if (keeps(&harts[i], pa, any_asid))
			return true;
	return false;
}

/* ---- what could be --------------------------------------------------------- */

pte_t hart_in_memory(unsigned index, va_t va)
{
	pte_t *table = table_at(root_of(&harts[index]));

	for (int l = MMU_LEVELS - 1; l >= 0; l--) {
		pte_t p = table[PTE_INDEX(va, l)];

		if (pte_is_leaf(p))
			return p;
		if (l == 0 || !leads_on(p))
			break;
		table = table_at(pte_pa(p));
	}
	return 0;
}

static void reach(struct hart *h, va_t va, pa_t table, int level,
		  hart_found *found, void *ctx)
{
	const struct tlb_entry *e = tlb_find(h, va, level);
	pte_t seen[] = {table_at(table)[PTE_INDEX(va, level)], e ? e->pte : 0};

	for (unsigned i = 0; i < 2; i++) {
		if (i > 0 && seen[i] == seen[0])
			break;
		if (pte_is_leaf(seen[i]))
			found(ctx, va, seen[i]);
		else if (level > 0 && leads_on(seen[i]))
			reach(h, va, pte_pa(seen[i]), level - 1, found, ctx);
	}
}

void hart_reachable(unsigned index, va_t va, hart_found *found, void *ctx)
{
	struct hart *h = &harts[index];

	for (int l = 0; l < MMU_LEVELS; l++) {
		const struct tlb_entry *e = tlb_find(h, va, l);

		if (e && pte_is_leaf(e->pte))
			found(ctx, va, e->pte);
	}
	reach(h, va, root_of(h), MMU_LEVELS - 1, found, ctx);
}
