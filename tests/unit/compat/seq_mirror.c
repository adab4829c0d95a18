/* SPDX-License-Identifier: BSD-2-Clause */
/* seq_mirror.c - the mirror as an MMU for sequences. */
#include "tests/unit/compat/seq_mirror.h"
#include "tests/unit/compat/rig.h"

#define MAGIC 0xc0def00d00000000ull

static struct pagedir *dirs[SEQ_DIRS];
static uint32_t frames[SEQ_FRAMES];
static int active;
unsigned mirror_retries;

void mirror_begin(void)
{
	for (uint32_t i = 0; i < SEQ_FRAMES; i++)
		frames[i] = rig_frame(MAGIC | i);
	for (unsigned d = 0; d < SEQ_DIRS; d++)
		dirs[d] = NULL;
	active = 0;
	mirror_retries = 0;
	x86_write_cr4(X86_CR4_SMEP | X86_CR4_SMAP);
}

void mirror_end(void)
{
	pagedir_activate(NULL);
	for (unsigned d = 0; d < SEQ_DIRS; d++)
		pagedir_destroy(dirs[d]);
}

/* ---- frame numbers <-> frames ----------------------------------------- */

static uint32_t to_x86(uint32_t pte)
{
	return pte & X86_P ? (pte & ~X86_FRAME) | frames[pte >> 12] : pte;
}

static uint32_t from_x86(uint32_t pte)
{
	if (!(pte & X86_P))
		return pte;
	for (uint32_t i = 0; i < SEQ_FRAMES; i++)
		if (frames[i] == (pte & X86_FRAME))
			return (pte & ~X86_FRAME) | i << 12;
	return pte;
}

/* ---- struct seq_mmu --------------------------------------------------- */

static void mirror_reset(int d)
{
	struct pagedir *old = dirs[d];

	dirs[d] = rig_pagedir();
	if (old && d == active)
		x86_write_cr3((uintptr_t)dirs[d]);
	pagedir_destroy(old);
}

static void mirror_set_pte(int d, uint32_t va, uint32_t pte)
{
	if (!(x86_get_pde(dirs[d], va) & X86_P))
		x86_set_pde(dirs[d], va, X86_P | X86_W | X86_U);
	x86_set_pte(dirs[d], va, to_x86(pte));
}

static uint32_t mirror_get_pte(int d, uint32_t va)
{
	return from_x86(x86_get_pte(dirs[d], va));
}

static void mirror_set_pde(int d, uint32_t va, uint32_t rights)
{
	uint32_t pde = x86_get_pde(dirs[d], va);

	if (!(pde & X86_P))
		return;
	x86_set_pde(dirs[d], va, (pde & ~(X86_W | X86_U)) | rights);
	if (d == active)
		x86_write_cr3(x86_read_cr3());
}

static uint32_t mirror_get_pde(int d, uint32_t va)
{
	return x86_get_pde(dirs[d], va) & (X86_P | X86_W | X86_U);
}

static void mirror_activate(int d)
{
	active = d;
	pagedir_activate(dirs[d]);
}

static void mirror_flush(int d, uint32_t va)
{
	if (d == active)
		x86_invlpg(va);
}

static uint32_t number_of(uint32_t frame)
{
	return (uint32_t)(rig_magic(frame) ^ MAGIC);
}

static const char *mirror_access(struct seq_access *a)
{
	static const char *const words[] = {"OK", "PF", "NATIVE", "LOOP",
					    "WRONG"};
	enum x86_op op = a->op == 'R'	? X86_READ
			 : a->op == 'W' ? X86_WRITE
					: X86_EXEC;
	uint32_t pte = x86_get_pte(dirs[active], a->va);
	uint32_t frame = pte & X86_P ? pte & X86_FRAME : frames[0];
	enum rig_verdict v;
	struct x86_pf pf = {0};

	if (a->ac)
		x86_stac();
	v = rig_access(op, a->user, a->va, frame, &pf);
	x86_clac();
	mirror_retries += rig_retries;
	a->err = pf.err;
	a->frame = number_of(frame);
	return words[v];
}

static void mirror_copy(uint32_t to, uint32_t from)
{
	uint64_t *word = rig_at(frames[to]);

	word[RIG_WRITE_AT / 8] =
		((uint64_t *)rig_at(frames[from]))[RIG_WRITE_AT / 8];
}

const struct seq_mmu mirror_mmu = {
	.reset = mirror_reset,
	.set_pte = mirror_set_pte,
	.get_pte = mirror_get_pte,
	.set_pde = mirror_set_pde,
	.get_pde = mirror_get_pde,
	.activate = mirror_activate,
	.flush = mirror_flush,
	.access = mirror_access,
	.copy = mirror_copy,
};
