/* SPDX-License-Identifier: BSD-2-Clause */
/* state.h - what the files of the mirror know of one another. */
#ifndef COMPAT_STATE_H
#define COMPAT_STATE_H
#include "compat/control.h"
#include "compat/entry.h"
#include "compat/pagedir.h"

struct pagedir {
	struct mmu mmu;
	x86_pte_t *image;      /* 1,024 words: a page */
	bool globals;	       /* a G leaf was made: fences by ASID miss it */
	bool tables_changed;   /* since the last shootdown */
	x86_side_t *side[256]; /* a page for 16 MiB of addresses, or NULL */
};

/* The window's owner; what is active when no directory is. */
extern struct pagedir *x86_kernel_pagedir;

/* Zeroed pages for what is no table: images, side bytes. NULL: no memory. */
void *pagedir_page_alloc(void);
void pagedir_page_free(void *page);

/* Who holds the entries of `va`: `pd`, or the kernel window. */
static inline struct pagedir *pagedir_owner(struct pagedir *pd, uint32_t va)
{
	return va >= X86_PHYS_BASE || !pd ? x86_kernel_pagedir : pd;
}

/* ---- words.c, on the owner --------------------------------------------- */

/* The table that an L1 entry names, with P or without; 0: none. */
pa_t x86_table_of(pte_t middle);

/* The L1 entry or NULL; the L0 entry if there is a table, else NULL. */
pte_t *x86_middle_slot(const struct pagedir *owner, uint32_t va);
pte_t *x86_leaf_slot(const struct pagedir *owner, uint32_t va);

/*
 * Makes the PTE (w & ~clear) | set, whatever the hardware does to A and D
 * meanwhile. False if there is no table. Fences nothing.
 */
bool x86_change_pte(struct pagedir *owner, uint32_t va, x86_pte_t clear,
		    x86_pte_t set);

/* Fences on this hart one page of the owner's. */
void x86_fence_leaf(struct pagedir *owner, uint32_t va);

/* ---- control.c: one hart's registers ----------------------------------- */

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
