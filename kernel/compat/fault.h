/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fault.h - an Sv39 page fault told as #PF.
 *
 *	which access     scause 13 read, 15 write, 12 exec;
 *	                 sstatus.SPP = 0: user
 *	error code W, U  from that; I too, but only with CR4.SMEP
 *	error code P     a walk of the x86 view: RISC-V does not tell
 *	error code RSVD  the same walk; the Sv39 entry is then simply invalid
 *	CR2              stval
 */
#ifndef COMPAT_FAULT_H
#define COMPAT_FAULT_H
#include "compat/pagedir.h"

struct x86_pf {
	uint32_t cr2, err; /* err: X86_PF_ */
};

enum x86_verdict {
	X86_PF_DELIVER, /* a #PF: the struct is filled in, CR2 is loaded */
	X86_PF_RETRY,	/* A or D set, or an old entry fenced: run it again */
	X86_PF_NATIVE,	/* x86 would not have faulted, or has no such address */
};

/*
 * Called for a page fault at `va` while one of the mirror's directories is
 * active on this hart. `ac` is sstatus.SUM at the trap: whether supervisor
 * could use user pages; it counts only with CR4.SMAP. [F]
 */
enum x86_verdict x86_page_fault(enum x86_op op, bool user, bool ac, va_t va,
				struct x86_pf *pf);

#endif
