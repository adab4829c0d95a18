/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pagedir.h - a 32-bit x86 page directory with its tables: Pintos's calls, and
 * the raw words beneath them.
 *
 * The Sv39 tables are what the hardware sees; a directory adds an image of its
 * 1,024 words and one side byte a PTE (entry.h). One directory entry covers
 * 4 MiB, two Sv39 tables. PHYS_BASE is root slot 3: whatever lies from there on
 * is the kernel window, one set of tables that all directories share.
 *
 *	root slot  3    PHYS_BASE .. 4 GiB      the kernel window
 *	           0-2  0 .. PHYS_BASE          the directory's own
 *	  L1 entry      half a PDE: V = PDE.P (the table stays when P goes), or
 *	                half of a 4 MiB page
 *	    L0 entry    a PTE
 *
 * Frames and the addresses given back are x86 physical addresses: 0 is what
 * x86_init() was told.
 *
 * Fences: [F] the call fences this hart itself; [N] none is ever needed; [L]
 * lazy: as on x86 the caller owes x86_invlpg() or a CR3 load when it takes
 * rights away, clears A or D, or changes the frame, and nothing when it sets P
 * or gives rights (an old entry costs one fault; x86_page_fault() has it run
 * again). Other harts need x86_shootdown().
 *
 * Locking: calls on one directory, x86_page_fault() on it too, are made under
 * a lock of the caller's; the kernel window counts as one more directory.
 */
#ifndef COMPAT_PAGEDIR_H
#define COMPAT_PAGEDIR_H
#include "compat/x86.h"
#include "lib/types.h"

#define X86_PHYS_BASE 0xc0000000u

struct pagedir;

/*
 * Before any other call of the mirror: makes the kernel window. `base` is where
 * x86 physical address 0 lies, a multiple of 2 MiB. False: no memory.
 */
bool x86_init(pa_t base);

/*
 * The opposite. All directories are destroyed and all other harts have left
 * (x86_leave()); this one does, too. [F]
 */
void x86_exit(void);

/* ---- Pintos ----------------------------------------------------------- */

/* An empty directory with the kernel window; NULL: no memory. [N] */
struct pagedir *pagedir_create(void);

/*
 * Frees the tables, not the frames. `pd` is not active on any hart. Fences
 * every hart that ran it, before the memory is anyone else's. NULL is fine. [F]
 */
void pagedir_destroy(struct pagedir *pd);

/*
 * Maps a user page to `frame`. It must not be present (Pintos asserts that
 * too). False: no memory for a table. x86 needs no flush here, RISC-V does: an
 * invalid entry may be cached. [F]
 */
bool pagedir_set_page(struct pagedir *pd, uint32_t upage, uint32_t frame,
		      bool writable);

/* The physical address of `va`, or 0 if nothing is there. [N] */
uint32_t pagedir_get_page(struct pagedir *pd, uint32_t va);

/* P goes, the other bits stay. [F] */
void pagedir_clear_page(struct pagedir *pd, uint32_t upage);

/* D and A of the PTE. Nothing happens where there is no table. [N], [F] */
bool pagedir_is_dirty(struct pagedir *pd, uint32_t va);
bool pagedir_is_accessed(struct pagedir *pd, uint32_t va);
void pagedir_set_dirty(struct pagedir *pd, uint32_t va, bool dirty);
void pagedir_set_accessed(struct pagedir *pd, uint32_t va, bool accessed);

/* Makes `pd` this hart's; NULL: the kernel window alone. A CR3 load. [F] */
void pagedir_activate(struct pagedir *pd);

/* ---- raw words: *pte = ... on x86 ------------------------------------- */

/* A and D are the hardware's, as of now. 0 where there is no table. [N] */
x86_pte_t x86_get_pte(struct pagedir *pd, uint32_t va);

/*
 * A of a PDE that names a table is its own bit or that of any PTE below:
 * approximate, see README.md. Of a 4 MiB page A and D are exact. [N]
 */
x86_pte_t x86_get_pde(struct pagedir *pd, uint32_t va);

/* False if the PDE never had a table, or is a 4 MiB page. [L] */
bool x86_set_pte(struct pagedir *pd, uint32_t va, x86_pte_t pte);

/*
 * Any word. Present: makes the tables that are missing; false if there is no
 * memory for them, and nothing has changed. A change of W or U rewrites up to
 * 1,024 leaves. The frame of a PDE that names a table is kept and read back,
 * but names nothing. With PS, and PSE on this hart: a 4 MiB page, and the table
 * that was there is gone. INVLPG drops cached directory entries but sfence.vma
 * of an address does not, so this fences the whole space. [F]
 */
bool x86_set_pde(struct pagedir *pd, uint32_t va, x86_pte_t pde);

/* CR4.PSE made this PDE a page when it was written. [N] */
bool x86_pde_is_large(struct pagedir *pd, uint32_t va);

#endif
