/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * words.c - the words of x86 tables, kept in Sv39 tables.
 *
 *	x86_set_pde:   word          L1 entries (two)        L0 tables
 *	               P=0           V=0, PPN stays          stay
 *	               P=1           pointers                made if missing
 *	               P=1, PS, PSE  2 MiB leaves            given back
 */
#include "arch/layout.h"
#include "arch/upcall.h"
#include "compat/state.h"
#include "lib/assert.h"

#define LARGE ((uint32_t)(4 * MiB)) /* what one PDE covers */
#define HALF  ((uint32_t)(2 * MiB)) /* what one L1 entry covers */

static x86_pte_t *image_at(const struct pagedir *o, uint32_t va)
{
	return &o->image[va / LARGE];
}

static x86_side_t *side_at(const struct pagedir *o, uint32_t va)
{
	return &o->side[va >> 24][va >> PAGE_SHIFT & 4095];
}

/* A pointer without V. */
static pte_t hidden(pa_t table)
{
	return pte_soft(pte_table(table) >> 1);
}

pa_t x86_table_of(pte_t middle)
{
	return pte_is_leaf(middle) ? 0 : pte_pa(middle);
}

pte_t *x86_middle_slot(const struct pagedir *o, uint32_t va)
{
	return mmu_slot(&o->mmu, va, 1);
}

pte_t *x86_leaf_slot(const struct pagedir *o, uint32_t va)
{
	pte_t *s = x86_middle_slot(o, va);
	pa_t table = s ? x86_table_of(pte_load(s)) : 0;

	return table ? (pte_t *)pa_to_va(table) + PTE_INDEX(va, 0) : NULL;
}

void x86_fence_leaf(struct pagedir *o, uint32_t va)
{
	if (o->globals)
		mmu_fence_page_global(va);
	else
		mmu_fence_page(&o->mmu, va);
}

/* ---- PTEs ------------------------------------------------------------- */

x86_pte_t x86_get_pte(struct pagedir *pd, uint32_t va)
{
	struct pagedir *o = pagedir_owner(pd, va);
	const pte_t *s = x86_leaf_slot(o, va);

	return s ? x86_pte_decode(pte_load(s), *side_at(o, va)) : 0;
}

/* A seen in a PTE that goes stays in the PDE, as on x86. */
static void keep_accessed(struct pagedir *o, uint32_t va, pte_t old)
{
	if (pte_is_leaf(old) && pte_accessed(old) && (*image_at(o, va) & X86_P))
		*image_at(o, va) |= X86_A;
}

bool x86_change_pte(struct pagedir *o, uint32_t va, x86_pte_t clear,
		    x86_pte_t set)
{
	pte_t *s = x86_leaf_slot(o, va), old, new;
	x86_side_t side;

	if (!s)
		return false;
	old = pte_load(s);
	do {
		x86_pte_t pte = x86_pte_decode(old, *side_at(o, va));

		new = x86_pte_encode((pte & ~clear) | set, *image_at(o, va),
				     &side);
	} while (!pte_update(s, &old, new));
	*side_at(o, va) = side;
	keep_accessed(o, va, old);
	if (pte_is_leaf(new) && (pte_prot(new) & MMU_G))
		o->globals = true;
	return true;
}

bool x86_set_pte(struct pagedir *pd, uint32_t va, x86_pte_t pte)
{
	return x86_change_pte(pagedir_owner(pd, va), va, ~0u, pte);
}

/* ---- PDEs: reading ----------------------------------------------------- */

bool x86_pde_is_large(struct pagedir *pd, uint32_t va)
{
	const struct pagedir *o = pagedir_owner(pd, va);

	return (*image_at(o, va) & X86_P) && !x86_leaf_slot(o, va);
}

/* A and D of the two leaves of a 4 MiB page. */
static x86_pte_t large_ad(const struct pagedir *o, uint32_t va)
{
	pte_t both = pte_load(x86_middle_slot(o, va)) |
		     pte_load(x86_middle_slot(o, va ^ HALF));

	return (pte_accessed(both) ? X86_A : 0) | (pte_dirty(both) ? X86_D : 0);
}

static bool any_accessed(const struct pagedir *o, uint32_t va)
{
	for (uint32_t i = 0; i < LARGE; i += PAGE_SIZE) {
		pte_t p = pte_load(x86_leaf_slot(o, va + i));

		if (pte_is_leaf(p) && pte_accessed(p))
			return true;
	}
	return false;
}

x86_pte_t x86_get_pde(struct pagedir *pd, uint32_t va)
{
	const struct pagedir *o = pagedir_owner(pd, va);
	x86_pte_t pde = *image_at(o, va);

	va = (uint32_t)round_down(va, LARGE);
	if (!(pde & X86_P))
		return pde;
	if (x86_pde_is_large(pd, va))
		return pde | large_ad(o, va);
	if (!(pde & X86_A) && any_accessed(o, va))
		pde |= X86_A;
	return pde;
}

/* ---- PDEs: writing ----------------------------------------------------- */

/*
 * The two L1 entries and, if `tables`, what stands below them. False: no
 * memory, and no entry has changed.
 */
static bool reserve(struct pagedir *o, uint32_t va, bool tables)
{
	pte_t *s[2];
	pa_t made[2] = {0, 0};

	for (unsigned h = 0; h < 2; h++)
		if (mmu_make_slot(&o->mmu, va + h * HALF, 1, &s[h]) != 0)
			return false;
	if (!tables)
		return true;
	if (!o->side[va >> 24])
		o->side[va >> 24] = pagedir_page_alloc();
	if (!o->side[va >> 24])
		return false;
	if (x86_table_of(pte_load(s[0])))
		return true;
	for (unsigned h = 0; h < 2; h++) {
		made[h] = upcall_table_alloc();
		if (!made[h]) {
			if (h > 0)
				upcall_table_free(made[0]);
			return false;
		}
	}
	for (unsigned h = 0; h < 2; h++)
		pte_store(s[h], hidden(made[h]));
	return true;
}

/* The leaf again, its rights ANDed with the PDE's; A and D stay. */
static void fold(pte_t *s, x86_side_t side, x86_pte_t pde)
{
	pte_t old = pte_load(s), new;

	do {
		x86_pte_t own = x86_side_rights(side);

		if (!pte_is_leaf(old))
			return;
		if (pte_prot(old) & MMU_G)
			own |= X86_G;
		new = pte_with_prot(old, x86_prot(own, pde));
	} while (!pte_update(s, &old, new));
}

static void put_table(struct pagedir *o, uint32_t va, x86_pte_t pde)
{
	bool refold = (*image_at(o, va) ^ pde) & (X86_W | X86_U);

	if (refold && x86_leaf_slot(o, va))
		for (uint32_t i = 0; i < LARGE; i += PAGE_SIZE)
			fold(x86_leaf_slot(o, va + i), *side_at(o, va + i),
			     pde);
	for (unsigned h = 0; h < 2; h++) {
		pte_t *s = x86_middle_slot(o, va + h * HALF);
		pa_t table = s ? x86_table_of(pte_load(s)) : 0;

		if (table && (pde & X86_P))
			pte_publish(s, pte_table(table));
		else if (s)
			pte_store(s, table ? hidden(table) : 0);
	}
}

/* The tables that stood here go once no hart can walk them. */
static void put_large(struct pagedir *o, uint32_t va, x86_pte_t pde)
{
	struct mmu_flush f;
	pa_t gone[2];

	flush_begin(&f, o->globals ? &kernel_mmu : &o->mmu);
	for (unsigned h = 0; h < 2; h++) {
		pte_t *s = x86_middle_slot(o, va + h * HALF);

		gone[h] = x86_table_of(pte_swap(s, x86_large_encode(pde, h)));
		if (gone[h])
			flush_tables(&f);
	}
	flush_run(&f);
	for (unsigned h = 0; h < 2; h++)
		if (gone[h])
			upcall_table_free(gone[h]);
	if (pde & X86_G)
		o->globals = true;
}

bool x86_set_pde(struct pagedir *pd, uint32_t va, x86_pte_t pde)
{
	struct pagedir *o = pagedir_owner(pd, va);
	bool large = (pde & X86_P) && (pde & X86_PS) &&
		     (x86_this_hart()->cr4 & X86_CR4_PSE);

	va = (uint32_t)round_down(va, LARGE);
	if ((pde & X86_P) && !reserve(o, va, !large))
		return false;
	if (large)
		put_large(o, va, pde);
	else
		put_table(o, va, pde);
	*image_at(o, va) = pde;
	o->tables_changed = true;
	if (o->globals)
		mmu_fence_all();
	else
		mmu_fence_space(&o->mmu);
	return true;
}
