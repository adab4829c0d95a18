/* SPDX-License-Identifier: BSD-2-Clause */
/* fpu.S - the 32 floating-point registers and fcsr. */
	.text
	.globl	fpu_store_all, fpu_load_all
	.macro	EACH_F op
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	\op	f\n, 8*\n(a0)
	.endr
	.endm

fpu_store_all:
	EACH_F	fsd
	frcsr	t0
	sd	t0, 256(a0)
	ret

fpu_load_all:
	EACH_F	fld
	ld	t0, 256(a0)
	fscsr	t0
	ret
