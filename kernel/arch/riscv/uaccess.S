/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * uaccess.S - copies with sstatus.SUM set, here and nowhere else.
 *
 * long uaccess_copy(void *to, const void *from, size_t n): 0, or the error
 * that the trap handler puts into a0 before it continues at uaccess_fail.
 */
	.text
	.globl	uaccess_copy, uaccess_fail, uaccess_end
	.balign	4
uaccess_copy:
	li	t6, 1 << 18		/* 1. SUM on */
	csrs	sstatus, t6
	or	t0, a0, a1		/* 2. words, if both are aligned */
	andi	t0, t0, 7
	bnez	t0, 3f
	andi	t1, a2, -8
	add	t1, t1, a1		/*    t1 = end of the words */
	andi	a2, a2, 7
	beq	a1, t1, 3f
2:	ld	t0, 0(a1)
	addi	a1, a1, 8
	sd	t0, 0(a0)
	addi	a0, a0, 8
	bltu	a1, t1, 2b
3:	add	t1, a1, a2		/* 3. the rest by bytes */
	beq	a1, t1, 5f
4:	lbu	t0, 0(a1)
	addi	a1, a1, 1
	sb	t0, 0(a0)
	addi	a0, a0, 1
	bltu	a1, t1, 4b
5:	li	a0, 0
uaccess_fail:				/* 4. SUM off */
	li	t6, 1 << 18
	csrc	sstatus, t6
	ret
uaccess_end:
