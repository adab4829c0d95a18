/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * boot64.S - from the multiboot loader into long mode and main64(); then the
 * same service as boot32.S.
 */
	.section	.head,"ax"
	.code32
	.align	4
mb:	.long	0x1BADB002, 0x00010000, -(0x1BADB002 + 0x00010000)
	.long	mb, load_start, load_end, bss_end, _start
	.globl	_start
_start:
	cli
	cld
	movl	$bss_start, %edi
	movl	$bss_end, %ecx
	subl	%edi, %ecx
	xorl	%eax, %eax
	rep	stosb
	/* boot tables: 0-256 MiB identity with 2 MiB supervisor pages */
	movl	$(bpdpt + 3), pml4
	movl	$(bpd + 3), bpdpt
	movl	$bpd, %edi
	movl	$0x83, %eax
	movl	$128, %ecx
1:	movl	%eax, (%edi)
	addl	$0x200000, %eax
	addl	$8, %edi
	loop	1b
	movl	$0x20, %eax            /* CR4.PAE */
	movl	%eax, %cr4
	movl	$pml4, %eax
	movl	%eax, %cr3
	movl	$0xC0000080, %ecx
	rdmsr
	orl	$0x100, %eax            /* EFER.LME */
	wrmsr
	movl	%cr0, %eax
	orl	$0x80000001, %eax
	movl	%eax, %cr0
	lgdt	gdtr
	ljmp	$0x08, $start64
	.code64
start64:
	movq	$kstack_top, %rsp
	movq	$tss, %rax             /* TSS descriptor (low 32-bit base) */
	movw	%ax, gdt + 0x28 + 2
	shrq	$16, %rax
	movb	%al, gdt + 0x28 + 4
	movb	%ah, gdt + 0x28 + 7
	movq	$tstack_top, tss + 4   /* RSP0 */
	movw	$0x23, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	$0x10, %ax
	movw	%ax, %ss
	movw	$0x28, %ax
	ltr	%ax
	movq	$idt, %rdi
	movq	$vectab, %rsi
	movl	$33, %ecx
2:	lodsl
	movl	%eax, %edx
	andl	$0xFFFF, %eax
	orl	$0x00080000, %eax
	cmpl	$1, %ecx
	jne	3f
	movq	$(idt + 0x80 * 16), %rdi
3:	movl	%eax, (%rdi)
	movw	$0xEE00, %dx
	movl	%edx, 4(%rdi)
	addq	$16, %rdi
	loop	2b
	lidt	idtr
	call	main64
	hlt

/* void probe(stub, va, ring, flags) : rdi rsi rdx rcx */
	.text
	.globl	probe
probe:
	pushq	%rbp
	pushq	%rbx
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	movq	%rsp, saved_rsp
	movq	%rcx, %rbx
	orq	$2, %rbx
	movq	%rsi, %rcx
	testq	%rdx, %rdx
	jnz	1f
	pushq	%rbx
	popfq
	jmp	*%rdi
1:	pushq	$0x23
	pushq	$0
	pushq	%rbx
	pushq	$0x1B
	pushq	%rdi
	iretq

	.macro	VEC n, haserr
vec\n:
	.if	\haserr == 0
	pushq	$0
	.endif
	pushq	$\n
	jmp	common
	.endm
	.irp	n,0,1,2,3,4,5,6,7,9,15,16,18,19,20,22,23,24,25,26,27,28,31,128
	VEC	\n, 0
	.endr
	.irp	n,8,10,11,12,13,14,17,21,29,30
	VEC	\n, 1
	.endr
common:
	movq	%rax, trap + 32
	popq	trap + 0
	popq	trap + 8
	movq	(%rsp), %rax
	movq	%rax, trap + 16
	movq	%cr2, %rax
	movq	%rax, trap + 24
	movq	saved_rsp, %rsp
	pushq	$2
	popfq
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbx
	popq	%rbp
	ret

	.section	.stub,"ax"
	.globl	stub_page, stub_r, stub_w, stub_x
stub_page:
stub_r:	movq	(%rcx), %rax
	int	$0x80
stub_w:	movq	%rcx, (%rcx)
	int	$0x80
stub_x:	jmp	*%rcx

	.data
	.align	8
gdt:	.quad	0
	.quad	0x00AF9A000000FFFF    /* 08 kernel code64 */
	.quad	0x00CF92000000FFFF    /* 10 kernel data   */
	.quad	0x00AFFA000000FFFF    /* 18 user code64   */
	.quad	0x00CFF2000000FFFF    /* 20 user data     */
	.quad	0x0000890000000067, 0 /* 28 TSS           */
gdtr:	.word	. - gdt - 1
	.quad	gdt
idtr:	.word	129 * 16 - 1
	.quad	idt
	.align	4
vectab:
	.irp	n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,128
	.long	vec\n
	.endr

	.bss
	.globl	trap, pml4
	.align	4096
pml4:	.skip	4096
bpdpt:	.skip	4096
bpd:	.skip	4096
trap:	.skip	40
saved_rsp:	.skip	8
	.align	8
	.skip	4                     /* keep RSP0 (tss+4) 8-byte aligned */
tss:	.skip	104
	.align	16
idt:	.skip	129 * 16
	.align	16
	.skip	8192
kstack_top:
	.skip	4096
tstack_top:
