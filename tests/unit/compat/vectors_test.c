/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vectors_test.c - every access that the oracle tried, made again on Sv39, and
 * compared with what x86 says: verdict, error code, CR2, A and D.
 *
 * The 5,082 legacy ones go through the public calls; PAE and 64-bit ones fold
 * their entries into one leaf (compat/view.h). What may differ is counted:
 *
 *	write   WP=0: supervisor writes to what is read-only
 *	fetch   SMEP=0: supervisor executes user pages
 *	upper   A of a PDE whose PTE had A beforehand: it reads as set
 */
#include "arch/layout.h"
#include "arch/mmu.h"
#include "compat/entry.h"
#include "compat/view.h"
#include "lib/bits.h"
#include "tests/test.h"
#include "tests/unit/compat/rig.h"
#include "tests/x86/sets.h"
#ifdef QUIRE_HOST
#include <stdio.h>
#define say printf
#else
#include "lib/log.h"
#define say log_print
#endif

#define PAGE_VA 0x08048000u
#define FLAGS	(~(uint64_t)X86_FRAME & 0xfff)
#define MAGIC	0xc0def00d12345678ull

static struct {
	unsigned accesses, wrong, write, fetch, upper;
} counts;
static struct pagedir *pd;
static uint32_t frame;

static void wrong(const struct x86_vector *v, unsigned i, const char *what)
{
	if (counts.wrong++ < 10)
		say("# %s wp=%d smep=%d smap=%d ac=%d nxe=%d, %lx %lx %lx "
		    "%lx, %c%c: %s\n",
		    v->set, v->ctl.wp, v->ctl.smep, v->ctl.smap, v->ctl.ac,
		    v->ctl.nxe, (unsigned long)v->e[4], (unsigned long)v->e[3],
		    (unsigned long)v->e[2], (unsigned long)v->e[1],
		    "RWX"[i / 2], "03"[i % 2], what);
}

static void set_controls(const struct x86_ctl *c, bool large)
{
	x86_write_cr4((c->smep ? X86_CR4_SMEP : 0) |
		      (c->smap ? X86_CR4_SMAP : 0) | (large ? X86_CR4_PSE : 0));
	if (c->ac)
		x86_stac();
	else
		x86_clac();
}

/* x86 allows and Sv39 does not: is it one of the two ways that may be? */
static bool is_known_limit(const struct x86_vector *v, enum x86_op op,
			   bool user)
{
	if (op == X86_WRITE && !user && !v->ctl.wp) {
		counts.write++;
		return true;
	}
	if (op == X86_EXEC && !user && !v->ctl.smep) {
		counts.fetch++;
		return true;
	}
	return false;
}

/* ---- legacy: through the public calls --------------------------------- */

static void check_entries(const struct x86_vector *v, unsigned i,
			  const uint64_t after[5], uint32_t page, int leaf)
{
	x86_pte_t pde = x86_get_pde(pd, page), pte = x86_get_pte(pd, page);

	if (((pde ^ after[2]) & FLAGS) == X86_A && (v->e[1] & X86_A) &&
	    (pde & X86_A) && leaf == 1)
		counts.upper++;
	else if ((pde ^ after[2]) & FLAGS)
		wrong(v, i, "PDE");
	if (leaf == 1 && ((pte ^ after[1]) & FLAGS))
		wrong(v, i, "PTE");
}

/*
 * The PTE before its PDE: what an earlier access left in it must not count for
 * the A of a PDE that is written anew.
 */
static void set_pte(uint32_t page, x86_pte_t pte)
{
	if (x86_set_pte(pd, page, pte))
		return;
	CHECK(x86_set_pde(pd, page, X86_P)); /* a table */
	CHECK(x86_set_pte(pd, page, pte));
}

static void legacy_access(const struct x86_vector *v, unsigned i)
{
	enum x86_op op = (enum x86_op)(i / 2);
	bool large = v->ctl.pse && (v->e[2] & X86_PS);
	bool ps = v->e[2] & X86_PS; /* its frame field may come to matter */
	uint32_t page = ps ? 0x10000000 | (frame & 0x3fffff) : PAGE_VA;
	uint32_t table = ps ? frame & 0xffc00000 : 0x00400000;
	uint64_t after[5];
	struct x86_pf pf;
	enum rig_verdict got;
	int leaf = large ? 2 : 1;
	uint32_t want = x86_answer(v, op, i % 2, after, &leaf);

	counts.accesses++;
	if (!large)
		set_pte(page, frame | (uint32_t)v->e[1]);
	CHECK(x86_set_pde(pd, page, table | (uint32_t)v->e[2]));
	x86_write_cr3(x86_read_cr3());
	got = rig_access(op, i % 2, page, frame, &pf);
	if (want == X86_ALLOWED && got != RIG_OK) {
		if ((got != RIG_FAULT && got != RIG_NATIVE) ||
		    (got == RIG_NATIVE) != (op == X86_EXEC) ||
		    !is_known_limit(v, op, i % 2))
			wrong(v, i, "denied");
		return;
	}
	if (want != X86_ALLOWED && got != RIG_FAULT)
		wrong(v, i, "allowed");
	else if (want != X86_ALLOWED && pf.err != want)
		wrong(v, i, "error code");
	else
		check_entries(v, i, after, page, leaf);
}

static void legacy_vector(const struct x86_vector *v)
{
	set_controls(&v->ctl, v->ctl.pse);
	for (unsigned i = 0; i < 6; i++)
		legacy_access(v, i);
}

TEST(all_5082_legacy_accesses_end_as_on_x86)
{
	for (unsigned mode = 0; mode < rig_modes(); mode++) {
		memset(&counts, 0, sizeof(counts));
		rig_begin(mode);
		frame = rig_frame(MAGIC);
		pd = rig_pagedir();
		pagedir_activate(pd);
		x86_legacy_sets(legacy_vector);
		pagedir_activate(NULL);
		pagedir_destroy(pd);
		rig_end();
		CHECK_EQ(counts.wrong, 0);
		CHECK_EQ(counts.accesses, 5082);
		CHECK_EQ(counts.write, 78);
		CHECK_EQ(counts.fetch, 78);
		CHECK_EQ(counts.upper, 6);
	}
}

/* ---- PAE, 64 bits: folded --------------------------------------------- */

static struct mmu folded;

/* Where the leaf of a level can map the frame. */
static va_t fold_page(int leaf)
{
	va_t size = MMU_LEVEL_SIZE(leaf - 1);

	return 8 * GiB + ((x86_base + frame) & (size - 1));
}

static pte_t *fold_slot(int leaf)
{
	pte_t *s;

	/* One address range a level, so that their slots do not collide. */
	CHECK_EQ(mmu_make_slot(&folded, fold_page(leaf) + (va_t)leaf * GiB,
			       leaf - 1, &s),
		 0);
	return s;
}

/* Tries, and sets A and D where the hart or ad=soft wants them set. */
static bool fold_try(pte_t *s, enum x86_op op, bool user, va_t va,
		     struct rig_trap *t)
{
	for (unsigned n = 0; n < 2; n++) {
		pte_t p = pte_load(s);

		rig_try(op, user, va, t);
		if (!t->faulted)
			return true;
		if (!pte_is_leaf(p))
			return false;
		pte_store(s, pte_touch(p, op == X86_WRITE));
		mmu_fence_all();
		rig_try(op, user, va, t);
		if (!t->faulted)
			return true;
		pte_store(s, p); /* it was no matter of A and D */
		mmu_fence_all();
	}
	return false;
}

static void check_fold_leaf(const struct x86_vector *v, unsigned i, pte_t p,
			    uint64_t after)
{
	if (!pte_is_leaf(p))
		return;
	if (pte_accessed(p) != !!(after & X86_A) ||
	    pte_dirty(p) != !!(after & X86_D))
		wrong(v, i, "A or D");
}

static void fold_access(const struct x86_vector *v, unsigned i)
{
	enum x86_op op = (enum x86_op)(i / 2);
	struct x86_vector strict = *v;
	struct rig_trap t;
	uint64_t after[5];
	int leaf = 1, unused;
	uint32_t want = x86_answer(v, op, i % 2, after, &leaf);
	/* The walk's own verdict, rights aside. */
	bool maps = want == X86_ALLOWED ||
		    ((want & X86_PF_P) && !(want & X86_PF_RSVD));
	pte_t *s = fold_slot(leaf);
	va_t va = fold_page(leaf) + (va_t)leaf * GiB;

	counts.accesses++;
	pte_store(s, maps ? x86_view_fold(v->e, v->top, leaf,
					  round_down(x86_base + frame,
						     MMU_LEVEL_SIZE(leaf - 1)))
			  : 0);
	mmu_fence_all();
	va += op == X86_READ ? RIG_READ_AT : op == X86_WRITE ? RIG_WRITE_AT : 0;
	if (fold_try(s, op, i % 2, va, &t)) {
		if (want != X86_ALLOWED)
			wrong(v, i, "allowed");
		else if (op == X86_READ && t.value != MAGIC)
			wrong(v, i, "data");
		else
			check_fold_leaf(v, i, pte_load(s), after[leaf]);
		return;
	}
	if (t.odd || t.stval != va)
		wrong(v, i, "trap");
	strict.ctl.wp = strict.ctl.smep = true;
	if (want == X86_ALLOWED &&
	    (!is_known_limit(v, op, i % 2) ||
	     x86_answer(&strict, op, i % 2, after, &unused) == X86_ALLOWED))
		wrong(v, i, "denied");
	if (want != X86_ALLOWED)
		check_fold_leaf(v, i, pte_load(s), v->e[leaf]);
}

static void fold_vector(const struct x86_vector *v)
{
	set_controls(&v->ctl, false);
	for (unsigned i = 0; i < 6; i++)
		fold_access(v, i);
}

static void run_folded(void (*sets)(x86_visit *), unsigned accesses,
		       unsigned writes, unsigned fetches)
{
	for (unsigned mode = 0; mode < rig_modes(); mode++) {
		pte_t *code;

		memset(&counts, 0, sizeof(counts));
		rig_begin(mode);
		frame = rig_frame(MAGIC);
		CHECK_EQ(mmu_create(&folded), 0);
		CHECK_EQ(mmu_make_slot(&folded, RIG_CODE, 0, &code), 0);
		pte_store(code, pte_touch(pte_leaf(x86_base + rig_code_frame(),
						   MMU_R | MMU_X | MMU_U),
					  true));
		mmu_switch(&folded);
		mmu_fence_all();
		sets(fold_vector);
		mmu_switch(&kernel_mmu);
		mmu_destroy(&folded);
		rig_end();
		CHECK_EQ(counts.wrong, 0);
		CHECK_EQ(counts.accesses, accesses);
		CHECK_EQ(counts.write, writes);
		CHECK_EQ(counts.fetch, fetches);
	}
}

TEST(all_6144_pae_accesses_end_as_on_x86)
{
	run_folded(x86_pae_sets, 6144, 60, 16);
}

TEST(all_12816_accesses_of_64_bits_end_as_on_x86)
{
	run_folded(x86_64_sets, 12816, 148, 157);
}
