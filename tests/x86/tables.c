/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tables.c - x86 tables as arrays. A sequence flushes whatever it must, so a
 * model without a TLB answers as hardware does.
 */
#include "tests/x86/tables.h"
#include "compat/x86.h"

/* The directory entries that the eight pages fall into. */
#define TABLES 3

static struct {
	uint32_t pde[TABLES];
	uint32_t pte[TABLES][1024];
} dirs[SEQ_DIRS];
static int active;

static unsigned table_of(uint32_t va)
{
	return va >> 22 == 0x20 ? 0 : va >> 22 == 0x21 ? 1 : 2;
}

static uint32_t *pde_at(int d, uint32_t va)
{
	return &dirs[d].pde[table_of(va)];
}

static uint32_t *pte_at(int d, uint32_t va)
{
	return &dirs[d].pte[table_of(va)][va >> 12 & 1023];
}

static void tables_reset(int d)
{
	for (unsigned t = 0; t < TABLES; t++) {
		dirs[d].pde[t] = 0;
		for (unsigned i = 0; i < 1024; i++)
			dirs[d].pte[t][i] = 0;
	}
}

static void tables_set_pte(int d, uint32_t va, uint32_t pte)
{
	if (!(*pde_at(d, va) & X86_P))
		*pde_at(d, va) = X86_P | X86_W | X86_U;
	*pte_at(d, va) = pte;
}

static uint32_t tables_get_pte(int d, uint32_t va)
{
	return *pte_at(d, va);
}

static void tables_set_pde(int d, uint32_t va, uint32_t rights)
{
	uint32_t *e = pde_at(d, va);

	if (*e & X86_P)
		*e = (*e & ~(X86_W | X86_U)) | rights;
}

static uint32_t tables_get_pde(int d, uint32_t va)
{
	return *pde_at(d, va) & (X86_P | X86_W | X86_U);
}

static void tables_activate(int d)
{
	active = d;
}

static void tables_flush(int d, uint32_t va)
{
	(void)d;
	(void)va;
}

static const char *tables_access(struct seq_access *a)
{
	const struct x86_ctl c = {
		.wp = true, .smep = true, .smap = true, .ac = a->ac};
	const uint64_t e[3] = {0, *pte_at(active, a->va),
			       *pde_at(active, a->va)};
	const uint64_t rsvd[3] = {0};
	enum x86_op op = a->op == 'R'	? X86_READ
			 : a->op == 'W' ? X86_WRITE
					: X86_EXEC;
	int leaf;
	uint32_t err = x86_check(e, rsvd, 2, &c, op, a->user, &leaf);

	if (err != X86_ALLOWED) {
		a->err = err;
		return "PF";
	}
	*pde_at(active, a->va) |= X86_A;
	*pte_at(active, a->va) |= X86_A | (op == X86_WRITE ? X86_D : 0);
	a->frame = *pte_at(active, a->va) >> 12;
	return "OK";
}

/* A frame's number is what a read finds, and copies do not change it. */
static void tables_copy(uint32_t to, uint32_t from)
{
	(void)to;
	(void)from;
}

const struct seq_mmu tables_mmu = {
	.reset = tables_reset,
	.set_pte = tables_set_pte,
	.get_pte = tables_get_pte,
	.set_pde = tables_set_pde,
	.get_pde = tables_get_pde,
	.activate = tables_activate,
	.flush = tables_flush,
	.access = tables_access,
	.copy = tables_copy,
};
