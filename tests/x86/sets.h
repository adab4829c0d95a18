/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sets.h - the vectors: every combination of entries and control bits that the
 * oracle tried, in its order, six accesses each (R, W, X at ring 0 and 3).
 *
 *	set           what                                          accesses
 *	LEG           PDE {P,W,U} x PTE {P,W,U} x WP                     768
 *	AD, IGN       presets of A and D; bits to be ignored        192 + 84
 *	PS0, PS1      4 MiB pages with CR4.PSE off, on               96 + 96
 *	PSRSV         its reserved bit                                     6
 *	SMXP          LEG with SMEP x {SMAP off, on, on with AC}       3,840
 *	PAE           {P,W,U,NX} x {P,W,U,NX} x WP x NXE               6,144
 *	L64           the same with four levels                        6,144
 *	LVL, PAIR     one level restricted; every pair of levels 4,608 + 648
 *	BITl.bb       each single bit of each level                      708
 *	BIGl, BIGRl.bb  2 MiB, 1 GiB pages; their reserved bits    384 + 324
 */
#ifndef TESTS_X86_SETS_H
#define TESTS_X86_SETS_H
#include "compat/x86.h"

struct x86_vector {
	char set[12];
	struct x86_ctl ctl;
	int top;	  /* level of the first entry: 2, or 4 */
	uint64_t e[5];	  /* entries by level, without their frames */
	uint64_t rsvd[5]; /* bits of each that must be 0 */
};

typedef void x86_visit(const struct x86_vector *v);

void x86_legacy_sets(x86_visit *visit); /* 5,082 accesses */
void x86_pae_sets(x86_visit *visit);	/* 6,144 */
void x86_64_sets(x86_visit *visit);	/* 12,816 */

/*
 * What x86 says of one access: the answer of x86_check(), and the entries as
 * the access leaves them.
 */
uint32_t x86_answer(const struct x86_vector *v, enum x86_op op, bool user,
		    uint64_t after[5], int *leaf);

#endif
