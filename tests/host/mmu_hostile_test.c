/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mmu_hostile_test.c - the MMU contract (arch/mmu.h) behind TLBs that forget
 * nothing unless a fence says so: several harts, more spaces than ASIDs, random
 * operations against a plain picture of what each space maps.
 */
#include "abi/error.h"
#include "arch/layout.h"
#include "arch/mmu.h"
#include "arch/riscv/csr.h"
#include "arch/riscv/tlb.h"
#include "arch/upcall.h"
#include "tests/host/arena.h"
#include "tests/host/hart.h"
#include "tests/host/host.h"
#include "tests/test.h"

#define HARTS  HART_COUNT
#define SPACES 24 /* more than the 16 ASIDs of one of the models */
#define PAGES  12
#define FRAMES 16
#define ROUNDS 6000

/* Pages on both sides of a 2 MiB and of a 1 GiB boundary. */
static va_t page_va(unsigned i)
{
	static const va_t base[] = {0x40000000, 0x401ff000, 0x7ffff000,
				    0x10000};

	return base[i % 4] + (i / 4) * PAGE_SIZE;
}

static pa_t frame_pa_of(unsigned i)
{
	return 0x90000000 + i * PAGE_SIZE; /* never touched */
}

/* What each space maps: 0 nothing, else frame + 1 and a protection. */
static struct space_model {
	struct mmu mmu;
	bool alive;
	unsigned frame[PAGES], prot[PAGES];
} spaces[SPACES];
static unsigned current[HARTS]; /* space + 1, 0: the kernel's */
static uint64_t state;

static unsigned rnd(unsigned n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)(state >> 33) % n;
}

static bool in_use(unsigned s)
{
	for (unsigned h = 0; h < HARTS; h++)
		if (current[h] == s + 1)
			return true;
	return false;
}

/* ---- operations ------------------------------------------------------- */

static void create(unsigned s)
{
	spaces[s] = (struct space_model){.alive = true};
	CHECK_EQ(mmu_create(&spaces[s].mmu), 0);
}

static void destroy(unsigned s)
{
	mmu_destroy(&spaces[s].mmu);
	spaces[s].alive = false;
}

static void map(struct space_model *s, unsigned page)
{
	static const unsigned prots[] = {MMU_R, MMU_RW, MMU_R | MMU_X};
	unsigned frame = rnd(FRAMES), prot = prots[rnd(3)];
	int err = mmu_map(&s->mmu, page_va(page), frame_pa_of(frame), PAGE_SIZE,
			  prot | MMU_U, 0);

	if (s->frame[page]) {
		CHECK_EQ(err, -E_EXIST);
		return;
	}
	CHECK_EQ(err, 0);
	s->frame[page] = frame + 1;
	s->prot[page] = prot;
}

static void unmap(struct space_model *s, unsigned page)
{
	struct mmu_flush f;

	flush_begin(&f, &s->mmu);
	CHECK_EQ(mmu_unmap(&s->mmu, page_va(page), PAGE_SIZE, &f), 0);
	flush_run(&f);
	s->frame[page] = 0;
}

/* All of a leaf table goes, and the table, too. */
static void unmap_table(struct space_model *s, unsigned page)
{
	va_t lo = round_down(page_va(page), 2 * MiB);
	struct mmu_flush f;
	pa_t table;

	flush_begin(&f, &s->mmu);
	CHECK_EQ(mmu_unmap(&s->mmu, lo, 2 * MiB, &f), 0);
	table = mmu_cut_table(&s->mmu, lo, &f);
	flush_run(&f);
	if (table)
		upcall_table_free(table); /* poisoned from here on */
	for (unsigned i = 0; i < PAGES; i++)
		if (round_down(page_va(i), 2 * MiB) == lo)
			s->frame[i] = 0;
}

static void protect(struct space_model *s, unsigned page)
{
	static const unsigned prots[] = {0, MMU_R, MMU_RW, MMU_R | MMU_X};
	unsigned prot = prots[rnd(4)];
	struct mmu_flush f;

	if (!s->frame[page])
		return;
	flush_begin(&f, &s->mmu);
	CHECK_EQ(mmu_protect(&s->mmu, page_va(page), PAGE_SIZE, prot | MMU_U,
			     &f),
		 0);
	flush_run(&f);
	s->prot[page] = prot;
}

static void switch_to(unsigned hart)
{
	unsigned s = rnd(SPACES + 1);

	if (s == SPACES) {
		mmu_switch(&kernel_mmu);
		current[hart] = 0;
	} else if (spaces[s].alive) {
		mmu_switch(&spaces[s].mmu);
		current[hart] = s + 1;
	}
}

/* ---- an access, as a fault handler would mend it ---------------------- */

static void mend(struct space_model *s, va_t va, unsigned access)
{
	pte_t *slot = mmu_slot(&s->mmu, va, 0), old;

	CHECK(slot != NULL);
	old = pte_load(slot);
	if (pte_touch(old, access == MMU_W) != old) {
		pte_store(slot, pte_touch(old, access == MMU_W));
		mmu_fence_page(&s->mmu, va);
	} else {
		mmu_flush_stale(&s->mmu, va);
	}
}

static void access_page(unsigned hart, unsigned page)
{
	static const unsigned kinds[] = {MMU_R, MMU_W, MMU_X};
	struct space_model *s = &spaces[current[hart] - 1];
	unsigned access = kinds[rnd(3)], cause = 1;
	bool allowed = s->frame[page] && (s->prot[page] & access);
	va_t va = page_va(page);
	pa_t pa = 0;

	for (unsigned tries = 0; cause && tries < 4; tries++) {
		cause = hart_access(va, access, true, &pa);
		if (!cause)
			break;
		if (!allowed)
			return; /* as it must be */
		mend(s, va, access);
	}
	CHECK_EQ(cause, 0);
	CHECK(allowed);
	CHECK_EQ(round_down(pa, PAGE_SIZE), frame_pa_of(s->frame[page] - 1));
}

static void one_operation(void)
{
	unsigned hart = rnd(HARTS), s = rnd(SPACES), page = rnd(PAGES);

	hart_use(hart);
	if (rnd(3) && current[hart])
		s = current[hart] - 1; /* use, change, use again */
	switch (rnd(12)) {
	case 0:
		if (!spaces[s].alive)
			create(s);
		else if (!in_use(s) && rnd(2))
			destroy(s);
		break;
	case 1:
	case 2:
		switch_to(hart);
		break;
	case 3:
	case 4:
		if (spaces[s].alive)
			map(&spaces[s], page);
		break;
	case 5:
		if (spaces[s].alive)
			unmap(&spaces[s], page);
		break;
	case 6:
		if (spaces[s].alive && rnd(4) == 0)
			unmap_table(&spaces[s], page);
		break;
	case 7:
		if (spaces[s].alive)
			protect(&spaces[s], page);
		break;
	default:
		if (current[hart])
			access_page(hart, page);
	}
}

static void run(const struct hart_model *model, uint64_t seed)
{
	unsigned before;

	hart_reset(model);
	before = arena_used();
	kernel_mmu.root = upcall_table_alloc();
	kernel_mmu.harts = 0;
	tlb_init(model->asid_bits);
	host_seed = state = seed;
	for (unsigned h = 0; h < HARTS; h++) {
		hart_use(h);
		mmu_switch(&kernel_mmu);
		current[h] = 0;
	}
	for (unsigned s = 0; s < SPACES; s++)
		create(s);
	for (unsigned i = 0; i < ROUNDS; i++)
		one_operation();
	for (unsigned h = 0; h < HARTS; h++) {
		hart_use(h);
		mmu_switch(&kernel_mmu);
	}
	for (unsigned s = 0; s < SPACES; s++)
		if (spaces[s].alive)
			destroy(s);
	upcall_table_free(kernel_mmu.root);
	CHECK_EQ(arena_used(), before);
}

static void run_models(unsigned asid_bits, bool soft_ad)
{
	static uint32_t ahead[PAGES];

	for (unsigned i = 0; i < PAGES; i++)
		ahead[i] = (uint32_t)page_va(i);
	pte_soft_ad = soft_ad;
	for (unsigned i = 0; i < 8; i++) {
		struct hart_model model = {
			.stale = (unsigned[]){0, 50, 100, 100}[i % 4],
			.sets_ad = i >= 4,
			.asid_bits = asid_bits,
			.ahead = ahead,
			.ahead_count = i % 4 == 3 ? PAGES : 0,
		};

		run(&model, 88172645463325252ul + i);
	}
	pte_soft_ad = false;
}

TEST(no_hart_uses_a_stale_entry_with_many_asids)
{
	run_models(16, false);
}

TEST(no_hart_uses_a_stale_entry_when_asids_run_out)
{
	run_models(4, false);
	CHECK(mmu_counts_read().rollovers > 10);
}

TEST(no_hart_uses_a_stale_entry_without_asids)
{
	run_models(0, false);
}

TEST(no_hart_uses_a_stale_entry_under_soft_ad)
{
	run_models(16, true);
	run_models(0, true);
}

TEST(no_hart_uses_a_stale_entry_under_errata)
{
	mmu_features.full_fences_only = true;
	run_models(16, false);
	mmu_features.full_fences_only = false;
}
