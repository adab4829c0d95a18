/* SPDX-License-Identifier: BSD-2-Clause */
/* cpu.c - the harts' records, and proof that entry.S knows their layout. */
#include "arch/cpu.h"
#include "arch/riscv/offsets.h"
#include "lib/bits.h"

NEAR struct cpu cpus[MAX_HARTS];
unsigned cpu_count;

_Static_assert(offsetof(struct cpu, index) == 0, "lock_hart()");
_Static_assert(offsetof(struct cpu, frame) == CPU_FRAME, "entry.S");
_Static_assert(offsetof(struct cpu, stack_top) == CPU_STACK, "entry.S");
_Static_assert(offsetof(struct cpu, stack_limit) == CPU_LIMIT, "entry.S");
_Static_assert(offsetof(struct cpu, scratch) == CPU_SCRATCH, "entry.S");
_Static_assert(offsetof(struct trap_frame, pc) == FRAME_PC, "entry.S");
_Static_assert(offsetof(struct trap_frame, x[X_RA]) == FRAME_X(1), "entry.S");
_Static_assert(offsetof(struct trap_frame, x[X_A0]) == FRAME_X(10), "entry.S");
_Static_assert(offsetof(struct trap_frame, x[X_A7]) == FRAME_X(17), "entry.S");
_Static_assert(sizeof(struct trap_frame) == FRAME_SIZE, "entry.S");
_Static_assert(KFRAME_SIZE % 16 == 0 && KFRAME_SIZE >= FRAME_SSTATUS + 8,
	       "entry.S");

uint64_t cpus_online(void)
{
	uint64_t mask = 0;

	for (unsigned i = 0; i < cpu_count; i++)
		if (__atomic_load_n(&cpus[i].online, __ATOMIC_ACQUIRE))
			mask |= BIT(i);
	return mask;
}
