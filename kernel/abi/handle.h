/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * handle.h - how a program names what the kernel keeps for it.
 *
 * A handle is a number in its task's table, and nothing elsewhere. It stands
 * for one object and some rights to it:
 *
 *	36            16 15        0
 *	|  generation   |  index   |      0 is SELF, where the call says so
 *
 * A closed handle's number does not come back before its place has been used
 * two million times again, so a stale one is told from one in use.
 *
 * What each wrong handle is answered with, in this order:
 *	-E_BADF		no such place in the table, or never used
 *	-E_STALE	it was closed, or its object was revoked or has ended
 *	-E_TYPE		it names another kind of object
 *	-E_PERM		it lacks a right that the call needs
 */
#ifndef ABI_HANDLE_H
#define ABI_HANDLE_H

#define SELF 0ul

/* The most handles that a task can have. */
#define HANDLES_MAX 16383

/* What an object is: low byte of handle_info(). */
enum handle_kind {
	KIND_NONE,
	KIND_SPACE,
	KIND_OBJECT,
	KIND_TASK,
	KIND_THREAD,
	KIND_ENDPOINT,
	KIND_NOTIFICATION,
	KIND_INTERRUPT,
	KIND_REPLY,
	KIND_PAGER,
	KIND_MACHINE,
};

/* Rights: for every kind, ... */
#define RIGHT_DUPLICATE 0x01u /* to duplicate it, and send it in messages */
#define RIGHT_MANAGE	0x02u /* to revoke it, and set it up */
/* ... and by kind. */
#define RIGHT_READ    0x04u /* space: list, walk; object: map readable */
#define RIGHT_WRITE   0x08u /* space: map, unmap; object: map writable */
#define RIGHT_EXECUTE 0x10u /* object: map executable */
#define RIGHT_DMA     0x20u /* object: learn its physical address */
#define RIGHT_INSPECT 0x04u /* task, thread: look at it */
#define RIGHT_CONTROL 0x08u /* task, thread: start, stop, change, end it */
#define RIGHT_SEND    0x04u /* endpoint: call and send */
#define RIGHT_RECEIVE 0x08u /* endpoint: receive */
#define RIGHT_SIGNAL  0x04u /* notification: set bits */
#define RIGHT_WAIT    0x08u /* notification: wait for bits, and take them */
#define RIGHT_DEVICES 0x04u /* machine: make objects of registers */
#define RIGHT_LINES   0x08u /* machine: make interrupts */
#define RIGHT_FRAMES  0x10u /* machine: make objects for DMA */
#define RIGHT_POWER   0x20u /* machine: stop it */
#define RIGHTS_ALL    0xffu

/* handle_info(): kind | rights << 8. */
#define HANDLE_KIND(info)   ((unsigned)(info)&0xff)
#define HANDLE_RIGHTS(info) ((unsigned)(info) >> 8 & 0xff)

/*
 * What the first program finds in its table; every other task starts with what
 * it is given.
 */
#define HANDLE_MACHINE 1ul /* the machine, all rights */
#define HANDLE_ARCHIVE 2ul /* object: the boot archive, to read and execute */

#endif
