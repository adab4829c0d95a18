/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lock.S - lock_wait: t0 is a lock that somebody has, t1 where to return to. It
 * returns with the lock, and has changed nothing but these two (lib/lock.h).
 */
	.text
	.globl	lock_wait
lock_wait:
	addi	sp, sp, -16
	sd	t2, 0(sp)
	sd	t3, 8(sp)
	lla	t2, lock_wait_count	/* 1. once more a hart has waited */
	li	t3, 1
	amoadd.d zero, t3, (t2)
1:	lw	t2, 0(t0)		/* 2. look, which disturbs nobody, */
	bnez	t2, 1b
	amoswap.w.aq t2, t3, (t0)	/* 3. and try */
	bnez	t2, 1b
	ld	t2, 0(sp)
	ld	t3, 8(sp)
	addi	sp, sp, 16
	jr	t1
