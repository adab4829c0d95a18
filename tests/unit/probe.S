/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * probe.S - leave by sret, come back by a trap. While the access runs, stvec is
 * probe_trap, sscratch is the stack pointer, and no interrupt is enabled.
 */
#include "tests/unit/probe.h"

	.set	SSTATUS_SPIE, 1 << 5
	.set	SSTATUS_SPP, 1 << 8
	.set	OP_FETCH, 2

	.set	FRAME_REGS, 0		/* ra, gp, tp, s0..s11 */
	.set	FRAME_RESULT, 15 * 8
	.set	FRAME_PC, 16 * 8	/* where the access is made */
	.set	FRAME_SSTATUS, 17 * 8
	.set	FRAME_SIE, 18 * 8
	.set	FRAME_SSCRATCH, 19 * 8
	.set	FRAME_STVEC, 20 * 8
	.set	FRAME_SIZE, 22 * 8

	.macro	EACH_SAVED op
	.set	at, FRAME_REGS
	.irp	r, ra,gp,tp,s0,s1,s2,s3,s4,s5,s6,s7,s8,s9,s10,s11
	\op	\r, at(sp)
	.set	at, at + 8
	.endr
	.endm

	.text
	.globl	probe
probe:					/* a0 op, a1 va, a2 code, a3 result */
	addi	sp, sp, -FRAME_SIZE	/* 1. what C keeps */
	EACH_SAVED sd
	sd	a3, FRAME_RESULT(sp)
	csrr	t0, sstatus		/* 2. what the kernel keeps */
	csrrw	t1, sie, zero
	csrrw	t2, sscratch, sp
	lla	t3, probe_trap
	csrrw	t3, stvec, t3
	sd	t0, FRAME_SSTATUS(sp)
	sd	t1, FRAME_SIE(sp)
	sd	t2, FRAME_SSCRATCH(sp)
	sd	t3, FRAME_STVEC(sp)
	li	t0, SSTATUS_SPP | SSTATUS_SPIE
	csrc	sstatus, t0		/* 3. user mode, */
	bnez	a2, 1f
	li	t0, SSTATUS_SPP		/*    or supervisor and its own code */
	csrs	sstatus, t0
	lla	a2, probe_code
1:	li	t0, PROBE_CODE_STRIDE
	mul	t0, t0, a0
	add	t0, t0, a2
	csrw	sepc, t0
	li	t1, OP_FETCH		/* 4. where the access is made: a fetch */
	bne	a0, t1, 2f		/*    at its target */
	mv	t0, a1
2:	sd	t0, FRAME_PC(sp)
	fence.i				/* code may just have been copied */
	sret				/* 5. go */

	.balign	4
probe_trap:
	csrrw	sp, sscratch, sp	/* 6. back: our stack */
	ld	t0, FRAME_RESULT(sp)
	ld	t1, FRAME_PC(sp)
	csrr	t2, scause
	csrr	t3, stval
	csrr	t4, sepc
	sub	t4, t4, t1
	sd	t2, 0(t0)
	sd	t3, 8(t0)
	sd	a0, 16(t0)
	sd	t4, 24(t0)
	ld	t0, FRAME_SSTATUS(sp)	/* 7. all as it was */
	ld	t1, FRAME_SIE(sp)
	ld	t2, FRAME_SSCRATCH(sp)
	ld	t3, FRAME_STVEC(sp)
	csrw	sstatus, t0
	csrw	stvec, t3
	csrw	sscratch, t2
	csrw	sie, t1
	EACH_SAVED ld
	addi	sp, sp, FRAME_SIZE
	ret

	.balign	4096
	.globl	probe_code
	.option	push
	.option	norvc
probe_code:
	ld	a0, 0(a1)
	ebreak
	.balign	PROBE_CODE_STRIDE
	sd	a1, 0(a1)
	ebreak
	.balign	PROBE_CODE_STRIDE
	jr	a1
	.option	pop
	.balign	4096
