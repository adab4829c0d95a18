/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * x86.h - x86 paging as it is written down: the bits of entries, of the page
 * fault's error code, and the rule that decides about an access (Intel SDM
 * vol. 3A, "Paging": access rights, page-fault exceptions). Pure; nothing here
 * knows of RISC-V, and the x86 test images are built from this file too.
 *
 *	PTE   31..12 frame | 11..9 AVL | 8 G | 7 PAT | 6 D | 5 A | 4 PCD | 3 PWT
 *	      | 2 U | 1 W | 0 P
 *	PDE   the same; 7 is PS: with CR4.PSE a 4 MiB page, bits 31..22 its
 *	      frame, 20..13 physical address bits 39..32, 21 reserved
 *	PAE and 64-bit entries: 63 NX | 62..52 AVL | 51..12 frame | as above
 */
#ifndef COMPAT_X86_H
#define COMPAT_X86_H
#include <stdbool.h>
#include <stdint.h>

typedef uint32_t x86_pte_t; /* a 32-bit PDE or PTE, as x86 would see it */

#define X86_P	  0x001u
#define X86_W	  0x002u
#define X86_U	  0x004u
#define X86_PWT	  0x008u
#define X86_PCD	  0x010u
#define X86_A	  0x020u
#define X86_D	  0x040u
#define X86_PS	  0x080u /* PAT in a 4 KiB leaf */
#define X86_G	  0x100u
#define X86_AVL	  0xe00u
#define X86_FRAME 0xfffff000u
#define X86_NX	  (1ull << 63)

/* 4 MiB pages: the bit that must be 0. */
#define X86_LARGE_RESERVED (1u << 21)

/* The error code of #PF. */
#define X86_PF_P    0x01u /* 0: an entry is not present; 1: access denied */
#define X86_PF_W    0x02u
#define X86_PF_U    0x04u
#define X86_PF_RSVD 0x08u
#define X86_PF_I    0x10u /* fetch; only with CR4.SMEP or EFER.NXE */

enum x86_op { X86_READ, X86_WRITE, X86_EXEC };

/* The control bits that the rule looks at. */
struct x86_ctl {
	bool wp;	 /* CR0.WP */
	bool smep, smap; /* CR4 */
	bool pse;	 /* CR4.PSE, or PAE */
	bool nxe;	 /* EFER.NXE, with PAE */
	bool ac;	 /* EFLAGS.AC */
};

/* x86_check() says: allowed. An error code is never so large. */
#define X86_ALLOWED (~0u)

/* One entry's part in x86_check(): does the walk end here? */
static inline bool x86_maps(uint64_t e, int level, const struct x86_ctl *c)
{
	return level == 1 || (level < 4 && c->pse && (e & X86_PS));
}

/*
 * May `op` be done, at ring 3 or 0, through entries e[top] .. e[1] (e[1] is the
 * PTE)? Of e[l] the bits rsvd[l] must be 0. X86_ALLOWED and the level of the
 * mapping entry, or the error code of the #PF.
 */
static inline uint32_t x86_check(const uint64_t *e, const uint64_t *rsvd,
				 int top, const struct x86_ctl *c,
				 enum x86_op op, bool user, int *leaf)
{
	uint32_t err = (user ? X86_PF_U : 0) |
		       (op == X86_WRITE ? X86_PF_W : 0) |
		       (op == X86_EXEC && (c->nxe || c->smep) ? X86_PF_I : 0);
	bool w = true, u = true, nx = false;
	int l = top;

	for (;; l--) {
		if (!(e[l] & X86_P))
			return err;
		if (e[l] & (rsvd[l] | (c->nxe ? 0 : X86_NX)))
			return err | X86_PF_P | X86_PF_RSVD;
		w = w && (e[l] & X86_W);
		u = u && (e[l] & X86_U);
		nx = nx || (e[l] & X86_NX);
		if (x86_maps(e[l], l, c))
			break;
	}
	*leaf = l;
	err |= X86_PF_P;
	if (op == X86_EXEC && (nx || (user ? !u : u && c->smep)))
		return err;
	if (op == X86_WRITE && !w && (user || c->wp))
		return err;
	if (op != X86_EXEC && (user ? !u : u && c->smap && !c->ac))
		return err;
	return X86_ALLOWED;
}

#endif
