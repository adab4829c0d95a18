/* SPDX-License-Identifier: BSD-2-Clause */
/* pagedir.c - directories come and go; and Pintos's calls. */
#include "compat/pagedir.h"
#include "arch/layout.h"
#include "arch/upcall.h"
#include "compat/state.h"
#include "lib/assert.h"

_Static_assert(sizeof(struct pagedir) <= PAGE_SIZE, "it lies in one page");
_Static_assert(X86_PHYS_BASE % MMU_LEVEL_SIZE(2) == 0, "one root slot");

struct pagedir *x86_kernel_pagedir;

void *pagedir_page_alloc(void)
{
	pa_t pa = upcall_table_alloc();

	return pa ? pa_to_va(pa) : NULL;
}

void pagedir_page_free(void *page)
{
	if (page)
		upcall_table_free(va_to_pa(page));
}

/* ---- coming and going ------------------------------------------------- */

static void free_images(struct pagedir *pd)
{
	for (unsigned i = 0; i < ARRAY_LEN(pd->side); i++)
		pagedir_page_free(pd->side[i]);
	pagedir_page_free(pd->image);
	pagedir_page_free(pd);
}

static struct pagedir *create_empty(void)
{
	struct pagedir *pd = pagedir_page_alloc();

	if (!pd)
		return NULL;
	pd->image = pagedir_page_alloc();
	if (pd->image && mmu_create(&pd->mmu) == 0)
		return pd;
	free_images(pd);
	return NULL;
}

bool x86_init(pa_t base)
{
	struct pagedir *pd;
	pte_t *slot;

	assert(is_aligned(base, 2 * MiB) && !x86_kernel_pagedir);
	x86_base = base;
	pd = create_empty();
	if (!pd)
		return false;
	if (mmu_make_slot(&pd->mmu, X86_PHYS_BASE, 1, &slot) != 0) {
		mmu_destroy(&pd->mmu);
		free_images(pd);
		return false;
	}
	pd->globals = true; /* its entries stand in every space */
	x86_kernel_pagedir = pd;
	return true;
}

static pte_t *window_slot(const struct pagedir *pd)
{
	return mmu_slot(&pd->mmu, X86_PHYS_BASE, MMU_LEVELS - 1);
}

struct pagedir *pagedir_create(void)
{
	struct pagedir *pd = create_empty();

	assert(x86_kernel_pagedir);
	if (pd)
		pte_publish(window_slot(pd),
			    pte_load(window_slot(x86_kernel_pagedir)));
	return pd;
}

/* Tables without P get V again: only so does mmu_destroy() see them. */
static void show_tables(struct pagedir *pd)
{
	for (va_t va = 0; va < 4 * GiB; va += 2 * MiB) {
		pte_t *s = x86_middle_slot(pd, (uint32_t)va);
		pa_t table = s ? x86_table_of(pte_load(s)) : 0;

		if (table)
			pte_store(s, pte_table(table));
	}
}

static bool is_active(const struct pagedir *pd)
{
	for (unsigned i = 0; i < X86_HARTS; i++)
		if (x86_harts[i].active == pd)
			return true;
	return false;
}

/*
 * Fences come before the memory is freed, although nobody runs the directory:
 * a hart may have cached its pointers ahead of use.
 */
static void destroy(struct pagedir *pd)
{
	assert(!is_active(pd));
	if (pd->globals) {
		struct mmu_flush all;

		flush_begin(&all, &kernel_mmu);
		flush_tables(&all);
		flush_run(&all);
	}
	show_tables(pd);
	mmu_destroy(&pd->mmu);
	free_images(pd);
}

void pagedir_destroy(struct pagedir *pd)
{
	if (!pd)
		return;
	assert(pd != x86_kernel_pagedir);
	pte_store(window_slot(pd), 0);
	destroy(pd);
}

void x86_exit(void)
{
	struct pagedir *pd = x86_kernel_pagedir;

	x86_leave();
	x86_kernel_pagedir = NULL;
	destroy(pd);
}

void pagedir_activate(struct pagedir *pd)
{
	x86_write_cr3((uintptr_t)pd);
}

/* ---- pages ------------------------------------------------------------ */

bool pagedir_set_page(struct pagedir *pd, uint32_t upage, uint32_t frame,
		      bool writable)
{
	struct pagedir *o = pagedir_owner(pd, upage);
	x86_pte_t pte =
		(frame & X86_FRAME) | X86_P | X86_U | (writable ? X86_W : 0);

	assert(!(x86_get_pte(pd, upage) & X86_P));
	if (!(x86_get_pde(pd, upage) & X86_P) &&
	    !x86_set_pde(pd, upage, X86_P | X86_W | X86_U))
		return false;
	if (!x86_set_pte(pd, upage, pte))
		return false;
	x86_fence_leaf(o, upage);
	return true;
}

uint32_t pagedir_get_page(struct pagedir *pd, uint32_t va)
{
	x86_pte_t pde = x86_get_pde(pd, va), pte = x86_get_pte(pd, va);

	if (!(pde & X86_P))
		return 0;
	if (x86_pde_is_large(pd, va))
		return (pde & 0xffc00000u) | (va & 0x3fffffu);
	return pte & X86_P ? (pte & X86_FRAME) | (va & ~X86_FRAME) : 0;
}

static void change_page(struct pagedir *pd, uint32_t va, x86_pte_t clear,
			x86_pte_t set)
{
	struct pagedir *o = pagedir_owner(pd, va);

	if (x86_change_pte(o, va, clear, set))
		x86_fence_leaf(o, va);
}

void pagedir_clear_page(struct pagedir *pd, uint32_t upage)
{
	change_page(pd, upage, X86_P, 0);
}

bool pagedir_is_dirty(struct pagedir *pd, uint32_t va)
{
	return x86_get_pte(pd, va) & X86_D;
}

bool pagedir_is_accessed(struct pagedir *pd, uint32_t va)
{
	return x86_get_pte(pd, va) & X86_A;
}

void pagedir_set_dirty(struct pagedir *pd, uint32_t va, bool dirty)
{
	change_page(pd, va, X86_D, dirty ? X86_D : 0);
}

void pagedir_set_accessed(struct pagedir *pd, uint32_t va, bool accessed)
{
	change_page(pd, va, X86_A, accessed ? X86_A : 0);
}
