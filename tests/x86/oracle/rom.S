/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rom.S - a 128 KiB boot ROM at the top of 4 GiB: enters protected mode, copies
 * IMG to 1 MiB and runs it, where there is no multiboot loader (Bochs).
 */
	.text
	.code32
img:	.incbin	IMG
img_end:
start32:
	movw	$0x10, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	inb	$0x92, %al
	orb	$2, %al
	andb	$0xFE, %al
	outb	%al, $0x92
	cld
	movl	$img, %esi
	movl	$0x100000, %edi
	movl	$(img_end - img), %ecx
	rep	movsb
	jmp	*0x10001C               /* entry field of the multiboot header */
	.org	0x1FE00
gdt:	.quad	0, 0x00CF9A000000FFFF, 0x00CF92000000FFFF
gdtr:	.word	. - gdt - 1
	.long	gdt
	.org	0x1FF00
	.code16
start16:
	cli
	lgdtl	%cs:(gdtr - img - 0x10000)
	movl	%cr0, %eax
	orb	$1, %al
	movl	%eax, %cr0
	ljmpl	$8, $start32
	.org	0x1FFF0
	.byte	0xEA                  /* ljmp F000:start16 */
	.word	0xFF00, 0xF000
	.org	0x20000
