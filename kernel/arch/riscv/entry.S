/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * entry.S - where a hart enters the kernel: at boot, and by a trap (steps 1
 * and 8 of a page fault). No policy: registers are saved, C is called. The
 * numbers in the comments below are each path's own.
 */
#include "arch/layout.h"
#include "arch/riscv/offsets.h"

/*
 * ---- the image header ----------------------------------------------------
 * Linux "Image" format for RISC-V, version 0.2: what QEMU's -kernel, U-Boot's
 * booti and extlinux look for. code1 is the load offset from the start of RAM.
 */
	.section .head, "ax"
	.globl	_start
_start:
	.option push
	.option norvc
	j	boot			/* code0 */
	nop				/* code1 */
	.option pop
	.quad	0x200000		/* text_offset */
	.quad	__image_memory		/* image_size: with .bss */
	.quad	0			/* flags: little-endian */
	.word	2			/* version 0.2 */
	.word	0
	.quad	0
	.ascii	"RISCV\0\0\0"		/* magic */
	.ascii	"RSC\x05"		/* magic2 */
	.word	0

/*
 * ---- boot ------------------------------------------------------------------
 * a0 hart id, a1 devicetree (physical). Paging is off and the image lies at any
 * 2 MiB boundary, so every address is taken relative to pc.
 */
boot:
	csrw	sie, zero		/* 1. nothing may interrupt */
	csrw	sip, zero
	lla	t0, boot_begun		/*    and only one hart may boot */
	li	t1, 1
	amoswap.w.aq t1, t1, (t0)
	bnez	t1, boot_astray
	j	boot_first

/*
 * Another hart came here. OpenSBI before 1.3 lets a hart that is just being
 * started see that before it sees where: it goes to where the first one went.
 * It waits until the one that starts it says who it is. It may come late: .init
 * is given away by then.
 */
boot_astray:
	lla	t0, boot_starting
1:	ld	t1, 0(t0)
	bne	t1, a0, 1b
	fence	r, rw
	ld	a1, 8(t0)
	j	secondary_start

	.section .init.text, "ax"
boot_first:
	mv	s0, a0
	mv	s1, a1
	lla	t0, __zero_start		/* 2. clear what is not loaded */
	lla	t1, __image_end
1:	sd	zero, 0(t0)
	addi	t0, t0, 8
	bltu	t0, t1, 1b
	lla	sp, boot_stack + STACK_SIZE
	mv	a0, s1			/* 3. tables; a0 = satp */
	call	early_map
	lla	s2, _start		/* s2 = where the image lies */
	li	t1, IMAGE_BASE
	sub	t1, t1, s2		/* t1 = virtual - physical */
	lla	t0, 2f			/* 4. paging on: the next fetch faults */
	add	t0, t0, t1		/*    and the fault goes to 2f, virtual */
	csrw	stvec, t0
	sfence.vma
	csrw	satp, a0
	.balign	4
2:	lla	t0, trap_entry		/* 5. from here on addresses are final */
	csrw	stvec, t0
	csrw	sscratch, zero
	lla	tp, cpus
	li	sp, STACKS_BASE + 0x1000 + STACK_SIZE
	mv	a0, s0
	mv	a1, s1
	mv	a2, s2
	tail	main

	.section .boot, "aw"		/* it is written with paging off, too */
	.balign	8
	.globl	boot_starting
boot_starting:				/* hart id, its struct cpu: harts.c */
	.quad	-1, 0
boot_begun:
	.word	0
	.text

/*
 * Another hart, started by SBI HSM: a0 hart id, a1 its struct cpu (virtual).
 */
	.globl	secondary_start
secondary_start:
	csrw	sie, zero
	csrw	sip, zero
	lla	t0, _start
	li	t1, IMAGE_BASE
	sub	t1, t1, t0
	lla	t2, secondary_satp
	ld	t2, 0(t2)
	lla	t0, 1f
	add	t0, t0, t1
	csrw	stvec, t0
	sfence.vma
	csrw	satp, t2
	.balign	4
1:	lla	t0, trap_entry
	csrw	stvec, t0
	csrw	sscratch, zero
	mv	tp, a1
	ld	sp, CPU_STACK(tp)
	tail	secondary_main

/*
 * ---- traps -----------------------------------------------------------------
 * sp (x2) and tp (x4) are handled by the steps themselves, because they are
 * what the steps stand on. gp (x3) the kernel never touches.
 */
	.macro	CALLER_SAVED op, base	/* what a C function may change */
	.irp	n, 1,5,6,7,10,11,12,13,14,15,16,17,28,29,30,31
	\op	x\n, FRAME_X(\n)(\base)
	.endr
	.endm
	.macro	CALLEE_SAVED op, base	/* what it gives back as it was, and gp */
	.irp	n, 3,8,9,18,19,20,21,22,23,24,25,26,27
	\op	x\n, FRAME_X(\n)(\base)
	.endr
	.endm

	.balign	4
	.globl	trap_entry
trap_entry:
	csrrw	tp, sscratch, tp	/* 1. tp = this cpu, or 0: from S-mode */
	beqz	tp, trap_in_kernel
	sd	sp, CPU_SCRATCH(tp)	/* 2. the running thread's frame */
	ld	sp, CPU_FRAME(tp)
	CALLER_SAVED sd, sp		/* 3. save */
	CALLEE_SAVED sd, sp
	ld	t0, CPU_SCRATCH(tp)
	csrrw	t1, sscratch, zero	/*    sscratch = 0: in the kernel */
	csrr	t2, sepc
	sd	t0, FRAME_X(2)(sp)
	sd	t1, FRAME_X(4)(sp)
	sd	t2, FRAME_PC(sp)
	mv	a0, sp			/* 4. C: frame, scause, stval */
	csrr	a1, scause
	csrr	a2, stval
	ld	sp, CPU_STACK(tp)
	call	upcall_trap_user	/*    gives the frame to go on with */
	ld	t0, CPU_FRAME(tp)
	beq	a0, t0, 1f		/* 5. the same: C has kept s0..s11 */

	.globl	trap_return
trap_return:				/* a0 = frame */
	sd	a0, CPU_FRAME(tp)
	CALLEE_SAVED ld, a0
1:	ld	t0, FRAME_PC(a0)	/* 6. back to user mode */
	csrw	sepc, t0
	csrw	sscratch, tp
	mv	sp, a0
	ld	tp, FRAME_X(4)(sp)
	CALLER_SAVED ld, sp		/* 7. restore */
	ld	sp, FRAME_X(2)(sp)
	sret

/*
 * A trap in the kernel itself: a fault inside uaccess, or a fault of the
 * kernel. The frame goes on the stack, if there is room.
 */
trap_in_kernel:
	csrrw	tp, sscratch, zero	/* tp = cpu again */
	sd	t0, CPU_SCRATCH(tp)
	ld	t0, CPU_LIMIT(tp)
	addi	t0, t0, KFRAME_SIZE
	bltu	sp, t0, 2f		/* off the stack's end */
	ld	t0, CPU_SCRATCH(tp)
	addi	sp, sp, -KFRAME_SIZE
1:	CALLER_SAVED sd, sp
	CALLEE_SAVED sd, sp
	addi	t0, sp, KFRAME_SIZE
	sd	t0, FRAME_X(2)(sp)
	sd	tp, FRAME_X(4)(sp)
	csrr	t1, sepc
	sd	t1, FRAME_PC(sp)
	csrr	t1, sstatus
	sd	t1, FRAME_SSTATUS(sp)
	li	t0, 1 << 18		/* SUM off while the handler runs */
	csrc	sstatus, t0
	mv	a0, sp
	csrr	a1, scause
	csrr	a2, stval
	call	upcall_trap_kernel	/* returns if it mended the matter */
	ld	t0, FRAME_PC(sp)
	csrw	sepc, t0
	ld	t0, FRAME_SSTATUS(sp)
	csrw	sstatus, t0
	CALLER_SAVED ld, sp
	ld	sp, FRAME_X(2)(sp)
	sret

2:	mv	t0, sp			/* the emergency stack, and no return */
	lla	sp, emergency_stack + 2048
	mv	a0, t0
	csrr	a1, sepc
	csrr	a2, stval
	tail	upcall_stack_overflow

	.bss
	.balign	4096
	.globl	boot_stack
boot_stack:
	.skip	STACK_SIZE
	.balign	16
emergency_stack:
	.skip	2048
