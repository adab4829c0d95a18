/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * soft_ad.S - calls of soft_ad.c that change t0 and t1 only: t0 is the entry, and
 * the one that comes of it; t1 is where to return to (pte.h).
 */
	.macro	EACH op			/* what a C function may change besides */
	.set	offset, 0
	.irp	n, 1,6,7,10,11,12,13,14,15,16,17,28,29,30,31
	\op	x\n, offset(sp)
	.set	offset, offset + 8
	.endr
	.endm

	.text
	.globl	pte_disguised_softly, pte_undisguised_softly
pte_disguised_softly:
	addi	sp, sp, -128
	EACH	sd
	mv	a0, t0
	call	pte_disguise
	j	1f
pte_undisguised_softly:
	addi	sp, sp, -128
	EACH	sd
	mv	a0, t0
	call	pte_undisguise
1:	mv	t0, a0
	EACH	ld
	addi	sp, sp, 128
	jr	t1
