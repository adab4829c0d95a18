/* SPDX-License-Identifier: BSD-2-Clause */
/* state.h - what the files of the mirror know of one another. */
#ifndef COMPAT_STATE_H
#define COMPAT_STATE_H
#include "compat/control.h"
#include "compat/entry.h"
#include "compat/pagedir.h"

struct pagedir {
	struct mmu mmu;
	x86_pte_t *image; /* 1,024 words: a page */
	bool globals;	  /* a G leaf was made: fences by ASID miss it */
	bool tables_changed; /* on other harts: since the last shootdown */
	x86_side_t *side[256]; /* a page for 16 MiB of addresses, or NULL */
};

/* The window's owner; what is active when no directory is. */
extern struct pagedir *x86_kernel_pagedir;

/* Who holds the entries of `va`: `pd`, or the kernel window. */
struct pagedir *pagedir_owner(struct pagedir *pd, uint32_t va);

/* The L1 entry and, where there is a table, the L0 entry; else NULL. */
pte_t *pagedir_middle_slot(struct pagedir *owner, uint32_t va);
pte_t *pagedir_leaf_slot(struct pagedir *owner, uint32_t va);

/* ---- one hart's control registers (control.c) -------------------------- */

/* As many as struct mmu has bits for. */
#define X86_HARTS 64

struct x86_hart {
	struct pagedir *active; /* NULL: no CR3 load yet */
	uint32_t cr2, cr4;
	bool ac; /* EFLAGS.AC */
};
extern struct x86_hart x86_harts[X86_HARTS];
struct x86_hart *x86_this_hart(void);

#endif
