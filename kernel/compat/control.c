/* SPDX-License-Identifier: BSD-2-Clause */
/* control.c - control registers, and the fences that x86 names. */
#include "compat/control.h"
#include "compat/state.h"
#include "lib/assert.h"
#include "lib/lock.h"

#define CR4_KNOWN (X86_CR4_PSE | X86_CR4_PGE | X86_CR4_SMEP | X86_CR4_SMAP)
#define CR0_FIXED (X86_CR0_PE | X86_CR0_WP | X86_CR0_PG)

struct x86_hart x86_harts[X86_HARTS];

struct x86_hart *x86_this_hart(void)
{
	assert(lock_hart() < X86_HARTS);
	return &x86_harts[lock_hart()];
}

/* ---- registers -------------------------------------------------------- */

uint32_t x86_read_cr0(void)
{
	return CR0_FIXED;
}

bool x86_write_cr0(uint32_t v)
{
	return (v & CR0_FIXED) == CR0_FIXED;
}

uint32_t x86_read_cr2(void)
{
	return x86_this_hart()->cr2;
}

uintptr_t x86_read_cr3(void)
{
	return (uintptr_t)x86_this_hart()->active;
}

void x86_write_cr3(uintptr_t pagedir)
{
	struct x86_hart *h = x86_this_hart();

	h->active = pagedir ? (struct pagedir *)pagedir : x86_kernel_pagedir;
	mmu_switch(&h->active->mmu);
	if (h->cr4 & X86_CR4_PGE)
		mmu_fence_space(&h->active->mmu);
	else
		mmu_fence_all();
}

/* Supervisor may use user pages: without SMAP always, with it while AC. */
static void apply_smap(const struct x86_hart *h)
{
	mmu_allow_user(!(h->cr4 & X86_CR4_SMAP) || h->ac);
}

uint32_t x86_read_cr4(void)
{
	return x86_this_hart()->cr4;
}

void x86_write_cr4(uint32_t v)
{
	struct x86_hart *h = x86_this_hart();
	uint32_t changed = h->cr4 ^ v;

	h->cr4 = v & CR4_KNOWN;
	apply_smap(h);
	if (changed & X86_CR4_PGE)
		mmu_fence_all();
}

void x86_stac(void)
{
	x86_this_hart()->ac = true;
	apply_smap(x86_this_hart());
}

void x86_clac(void)
{
	x86_this_hart()->ac = false;
	apply_smap(x86_this_hart());
}

void x86_leave(void)
{
	mmu_switch(&kernel_mmu);
	mmu_allow_user(false);
	*x86_this_hart() = (struct x86_hart){0};
}

/* ---- forgetting ------------------------------------------------------- */

/*
 * Of any ASID, for INVLPG drops globals too. What else INVLPG drops, cached
 * pointers, x86_set_pde() has fenced.
 */
void x86_invlpg(uint32_t va)
{
	struct pagedir *pd = x86_this_hart()->active;

	mmu_fence_page_global(va);
	if (x86_pde_is_large(pd, va))
		mmu_fence_page_global(va ^ 2 * MiB);
}

/*
 * After a change of a PDE, 4 MiB pages among them, pointers and both halves are
 * to go: the whole space.
 */
void x86_shootdown(struct pagedir *pd, uint32_t va, uint32_t len)
{
	struct pagedir *o = pagedir_owner(pd, va);
	va_t lo = round_down(va, PAGE_SIZE);
	struct mmu_flush f;

	flush_begin(&f, o->globals ? &kernel_mmu : &o->mmu);
	flush_add(&f, lo, round_up((va_t)va + len, PAGE_SIZE) - lo);
	if (o->tables_changed)
		flush_tables(&f);
	o->tables_changed = false;
	flush_run(&f);
}
