/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * offsets.h - offsets that assembly uses, each checked against its struct by
 * cpu.c.
 */
#ifndef ARCH_RISCV_OFFSETS_H
#define ARCH_RISCV_OFFSETS_H

#define CPU_FRAME   8
#define CPU_STACK   16
#define CPU_LIMIT   24
#define CPU_SCRATCH 32

#define FRAME_PC      0
#define FRAME_X(n)    ((n)*8)
#define FRAME_SIZE    256
#define FRAME_SSTATUS 256 /* kernel traps only: saved behind the frame */
#define KFRAME_SIZE   272 /* keeps sp 16-byte aligned */

#endif
