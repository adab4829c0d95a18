/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * semihost.S - long semihost_call(long op, const void *arg). The three
 * instructions are the signature that a debugger looks for: 32 bits each, in
 * one page. Without a debugger the middle one is a breakpoint trap.
 */
	.text
	.option push
	.option norvc
	.globl	semihost_call, semihost_breakpoint
	.balign	16
semihost_call:
	slli	x0, x0, 0x1f
semihost_breakpoint:
	ebreak
	srai	x0, x0, 7
	ret
	.option pop
