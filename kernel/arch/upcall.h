/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * upcall.h - what the architecture layer asks of the layers above it. These
 * are the only calls that go up.
 */
#ifndef ARCH_UPCALL_H
#define ARCH_UPCALL_H
#include "lib/types.h"

struct trap_frame;

/* A zeroed page for a page table, or 0 if there is none. From mm. */
pa_t upcall_table_alloc(void);
void upcall_table_free(pa_t table);

/* The leaf table that stands behind the leaf of 2 MiB at `pa` (mm/huge.h). */
void *upcall_table_behind(pa_t pa);

/* A trap from user mode; gives the frame to go on with. kernel/trap.c */
struct trap_frame *upcall_trap_user(struct trap_frame *frame, uint64_t scause,
				    uint64_t stval);

/* A trap inside the kernel: returns if it was mended. kernel/trap.c */
void upcall_trap_kernel(struct trap_frame *frame, uint64_t scause,
			uint64_t stval);

/* sp left the stack; on the emergency stack. kernel/panic.c */
__attribute__((noreturn)) void upcall_stack_overflow(va_t sp, va_t pc,
						     va_t stval);

/* A timer interrupt; an interrupt from the PLIC. kernel/trap.c */
void upcall_timer(void);
void upcall_external(void);

#endif
