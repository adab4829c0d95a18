/* SPDX-License-Identifier: BSD-2-Clause */
/* seq32.c - tests/x86/seq.c on real two-level tables. */
#include "tests/x86/oracle/main32.h"
#include "tests/x86/seq.h"

static uint32_t dirs[SEQ_DIRS][1024] __attribute__((aligned(4096)));
static uint32_t tables[SEQ_DIRS][3][1024] __attribute__((aligned(4096)));
static int active;

static uint32_t *table_of(int d, uint32_t va)
{
	return tables[d][va >> 22 == 0x20 ? 0 : va >> 22 == 0x21 ? 1 : 2];
}

static uint32_t *pte_at(int d, uint32_t va)
{
	return &table_of(d, va)[va >> 12 & 1023];
}

static void real_reset(int d)
{
	for (uint32_t i = 0; i < 1024; i++) {
		dirs[d][i] = i < 4 || i == CODE >> 22 ? pd[i] : 0;
		for (unsigned t = 0; t < 3; t++)
			tables[d][t][i] = 0;
	}
}

static void real_set_pte(int d, uint32_t va, uint32_t pte)
{
	if (!(dirs[d][va >> 22] & X86_P))
		dirs[d][va >> 22] = (uint32_t)table_of(d, va) | PWU;
	*pte_at(d, va) = pte & X86_P ? pte + FRAMES : pte;
}

static uint32_t real_get_pte(int d, uint32_t va)
{
	uint32_t pte = *pte_at(d, va);

	return pte & X86_P ? pte - FRAMES : pte;
}

static void real_set_pde(int d, uint32_t va, uint32_t rights)
{
	uint32_t *e = &dirs[d][va >> 22];

	if (!(*e & X86_P))
		return;
	*e = (*e & ~(X86_W | X86_U)) | rights;
	if (d == active)
		reload_cr3();
}

static uint32_t real_get_pde(int d, uint32_t va)
{
	return dirs[d][va >> 22] & PWU;
}

static void real_activate(int d)
{
	active = d;
	write_cr3((uint32_t)dirs[d]);
}

static void real_flush(int d, uint32_t va)
{
	if (d == active)
		invlpg(va);
}

static const char *real_access(struct seq_access *a)
{
	uint8_t *s = stub_of(a->op);
	uint32_t va = a->va + offset_of(a->op);

	probe(a->user ? CODE + (uintptr_t)(s - stub_page) : (uintptr_t)s, va,
	      a->user ? 3 : 0, a->ac ? FLAGS_AC : 0);
	a->err = trap.error;
	a->frame = trap.ax ^ MAGIC;
	if (trap.vector == 128)
		return "OK";
	return trap.vector == 14 && trap.cr2 == va ? "PF" : "XX";
}

static void real_copy(uint32_t to, uint32_t from)
{
	*(uint32_t *)(FRAMES + to * PAGE + WRITE_AT) =
		*(uint32_t *)(FRAMES + from * PAGE + WRITE_AT);
}

static const struct seq_mmu real_mmu = {
	.reset = real_reset,
	.set_pte = real_set_pte,
	.get_pte = real_get_pte,
	.set_pde = real_set_pde,
	.get_pde = real_get_pde,
	.activate = real_activate,
	.flush = real_flush,
	.access = real_access,
	.copy = real_copy,
};

static void put_line(const char *text)
{
	put(text);
	put_char('\n');
}

void sequences(uint32_t seed, uint32_t end, unsigned count)
{
	const struct x86_ctl on = {.wp = true, .smep = true, .smap = true};
	const struct x86_ctl off = {0};

	for (uint32_t i = 0; i < SEQ_FRAMES; i++)
		fill(FRAMES + i * PAGE, MAGIC ^ i);
	apply(&on, 0);
	for (; seed < end; seed++)
		seq_run(&real_mmu, seed, count, put_line);
	apply(&off, 0);
	write_cr3((uint32_t)pd);
}
