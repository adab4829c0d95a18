/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * start.S - the first instructions of a program: sp points to argc, argv, NULL,
 * environment, NULL, auxiliary vector (System V ABI).
 */
	.section .text.start, "ax"
	.globl	_start
_start:
	.option push
	.option norelax
	lla	gp, __global_pointer$
	.option pop
	lla	tp, __tls_start
	ld	a0, 0(sp)
	addi	a1, sp, 8
	slli	a2, a0, 3
	add	a2, a2, a1
	addi	a2, a2, 8		# behind the NULL of argv
	call	main
	call	exit
	ebreak
