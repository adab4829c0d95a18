/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * trial.S - each function is one instruction that may trap. If it does, the trap
 * handler goes on at trial_fail.
 */
	.text
	.globl	trial_cbo, trial_stimecmp, trial_load, trial_begin, trial_fail
	.balign	4
trial_begin:
trial_cbo:
	.word	0x0045200f		/* cbo.zero (a0) */
	li	a0, 1
	ret
trial_stimecmp:
	li	a0, -1
	csrw	0x14d, a0
	li	a0, 1
	ret
trial_load:
	lw	a0, 0(a0)
	li	a0, 1
	ret
trial_fail:
	li	a0, 0
	ret
