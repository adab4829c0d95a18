/* SPDX-License-Identifier: BSD-2-Clause */
/* thread.S - the first instructions of a thread: sp points to struct enter. */
	.section .text.thread, "ax"
	.globl	thread_enter
thread_enter:
	.option push
	.option norelax
	lla	gp, __global_pointer$
	.option pop
	ld	tp, 0(sp)
	ld	t0, 8(sp)
	ld	a0, 16(sp)
	addi	sp, sp, 32
	jalr	t0
	li	a0, 0
	call	thread_leave
	ebreak
