/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * page.S - zeroing and copying 4 KiB: 64 stores a turn, so a page costs 540
 * instructions, and a copy 1060.
 */
	.text
	.globl	page_zero, pages_zero, page_copy
	.balign	4
pages_zero:				/* a0 page, a1 how many */
	slli	t1, a1, 12
	bnez	a1, 0f
	ret
	.balign	4
page_zero:				/* a0 page */
	li	t1, 4096
0:	lla	t0, page_cbo_block
	lwu	t0, 0(t0)
	add	t1, t1, a0
	bnez	t0, 2f
1:	.set	offset, 0
	.rept	64
	sd	zero, offset(a0)
	.set	offset, offset + 8
	.endr
	addi	a0, a0, 512
	bltu	a0, t1, 1b
	ret
2:	.word	0x0045200f		/* cbo.zero (a0): an assembler of 2022 */
	add	a0, a0, t0		/* does not know its name */
	bltu	a0, t1, 2b
	ret

	.balign	4
page_copy:				/* a0 to, a1 from */
	li	t1, 4096
	add	t1, t1, a1
1:	.irp	n, 0,64,128,192
	ld	t2, \n+0(a1)
	ld	t3, \n+8(a1)
	ld	t4, \n+16(a1)
	ld	t5, \n+24(a1)
	ld	a2, \n+32(a1)
	ld	a3, \n+40(a1)
	ld	a4, \n+48(a1)
	ld	a5, \n+56(a1)
	sd	t2, \n+0(a0)
	sd	t3, \n+8(a0)
	sd	t4, \n+16(a0)
	sd	t5, \n+24(a0)
	sd	a2, \n+32(a0)
	sd	a3, \n+40(a0)
	sd	a4, \n+48(a0)
	sd	a5, \n+56(a0)
	.endr
	addi	a1, a1, 256
	addi	a0, a0, 256
	bltu	a1, t1, 1b
	ret
