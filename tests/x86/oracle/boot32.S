/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * boot32.S - from the multiboot loader to main32(), and the one service that C
 * cannot do: an access at ring 0 or 3 that comes back by whatever trap it ends
 * in. There is one saved stack pointer; probes do not nest.
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
	movl	%eax, %ebp		/* the loader's magic number */
	movl	$bss_start, %edi
	movl	$bss_end, %ecx
	subl	%edi, %ecx
	xorl	%eax, %eax
	rep	stosb
	movl	$kstack_top, %esp
	/* finish the TSS descriptor and load GDT/TR */
	movl	$tss, %eax
	movw	%ax, gdt + 0x28 + 2
	shrl	$16, %eax
	movb	%al, gdt + 0x28 + 4
	movb	%ah, gdt + 0x28 + 7
	lgdt	gdtr
	ljmp	$0x08, $1f
1:	movw	$0x10, %ax
	movw	%ax, %ss
	movw	$0x23, %ax            /* flat DPL-3 data works at both rings */
	movw	%ax, %ds
	movw	%ax, %es
	movl	$tstack_top, tss + 4
	movw	$0x10, tss + 8
	movw	$0x28, %ax
	ltr	%ax
	/* IDT: vectors 0..31 -> vecN, 0x80 -> vec128 (DPL 3) */
	movl	$idt, %edi
	movl	$vectab, %esi
	movl	$33, %ecx
2:	lodsl
	movl	%eax, %edx
	andl	$0xFFFF, %eax
	orl	$0x00080000, %eax
	cmpl	$1, %ecx
	jne	3f
	movl	$idt + 0x80 * 8, %edi
3:	movl	%eax, (%edi)
	movw	$0xEE00, %dx
	movl	%edx, 4(%edi)
	addl	$8, %edi
	loop	2b
	lidt	idtr
	cmpl	$0x2BADB002, %ebp	/* no multiboot: no information */
	je	4f
	xorl	%ebx, %ebx
4:	pushl	%ebx
	call	main32
	hlt

/* void probe(stub, va, ring, flags) */
	.text
	.globl	probe
probe:
	pushl	%ebp
	pushl	%ebx
	pushl	%esi
	pushl	%edi
	movl	%esp, saved_esp
	movl	20(%esp), %eax
	movl	24(%esp), %ecx
	movl	28(%esp), %edx
	movl	32(%esp), %ebx
	orl	$2, %ebx
	testl	%edx, %edx
	jnz	1f
	pushl	%ebx
	popfl
	jmp	*%eax
1:	pushl	$0x23
	pushl	$0
	pushl	%ebx
	pushl	$0x1B
	pushl	%eax
	iret

	.macro	VEC n, haserr
vec\n:
	.if	\haserr == 0
	pushl	$0
	.endif
	pushl	$\n
	jmp	common
	.endm
	.irp	n,0,1,2,3,4,5,6,7,9,15,16,18,19,20,22,23,24,25,26,27,28,31,128
	VEC	\n, 0
	.endr
	.irp	n,8,10,11,12,13,14,17,21,29,30
	VEC	\n, 1
	.endr
common:
	movl	%eax, trap + 16
	popl	trap + 0
	popl	trap + 4
	movl	(%esp), %eax
	movl	%eax, trap + 8
	movl	%cr2, %eax
	movl	%eax, trap + 12
	movl	saved_esp, %esp
	pushl	$2                    /* AC=0, IF=0 */
	popfl
	popl	%edi
	popl	%esi
	popl	%ebx
	popl	%ebp
	ret

/* The instructions under test; a page of their own so that it can be aliased for ring 3. */
	.section	.stub,"ax"
	.globl	stub_page, stub_r, stub_w, stub_x
stub_page:
stub_r:	movl	(%ecx), %eax
	int	$0x80
stub_w:	movl	%ecx, (%ecx)
	int	$0x80
stub_x:	jmp	*%ecx              /* the target page holds int $0x80 */

	.data
	.align	8
gdt:	.quad	0
	.quad	0x00CF9A000000FFFF    /* 08 kernel code */
	.quad	0x00CF92000000FFFF    /* 10 kernel data */
	.quad	0x00CFFA000000FFFF    /* 18 user code   */
	.quad	0x00CFF2000000FFFF    /* 20 user data   */
	.quad	0x0000890000000067    /* 28 TSS         */
gdtr:	.word	. - gdt - 1
	.long	gdt
idtr:	.word	129 * 8 - 1
	.long	idt
	.align	4
vectab:
	.irp	n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,128
	.long	vec\n
	.endr

	.bss
	.globl	trap
	.align	16
trap:	.skip	20
saved_esp:	.skip	4
	.align	8
tss:	.skip	104
	.align	8
idt:	.skip	129 * 8
	.align	16
	.skip	8192
kstack_top:
	.skip	4096
tstack_top:
