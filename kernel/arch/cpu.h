/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cpu.h - one hart, its registers at a trap, and what it is doing.
 *
 * While a hart is in the kernel tp points to its struct cpu and sscratch is 0;
 * while it runs a user program sscratch points there and tp is the program's.
 */
#ifndef ARCH_CPU_H
#define ARCH_CPU_H
#include "lib/types.h"

#define MAX_HARTS 8

/* x0 is always 0, so its place holds the program counter. */
struct trap_frame {
	uint64_t pc;
	uint64_t x[31]; /* x1 .. x31 */
};

/* Registers by their ABI names, as indexes into x[]. */
enum {
	X_RA,
	X_SP,
	X_GP,
	X_TP,
	X_T0,
	X_T1,
	X_T2,
	X_A0 = 9,
	X_A1,
	X_A2,
	X_A3,
	X_A4,
	X_A5,
	X_A6,
	X_A7,
	X_T3 = 27,
	X_T4,
	X_T5,
	X_T6,
};

/* Floating-point registers, saved only of threads that use them. */
struct fpu_state {
	uint64_t f[32];
	uint64_t fcsr;
};

struct thread;
struct mmu;
struct kobject;

struct cpu {
	unsigned long
		index; /* 0 is the boot hart, then FDT order; lib/lock.h */

	/* These four are known to entry.S by offset. */
	struct trap_frame *frame; /* where a trap from user mode saves */
	uint64_t stack_top;
	uint64_t stack_limit; /* lowest address; a guard page lies below */
	uint64_t scratch;

	uint64_t hartid;
	struct thread *current;	  /* NULL in the idle loop */
	struct thread *fpu_owner; /* whose state the FPU registers hold */
	struct mmu *mmu;	  /* tables that it runs on; NULL: at boot */
	uint64_t
		context; /* ASID in satp: arch/riscv/asid.c; 0: a new generation
			     has begun */
	uint64_t ticks, ipis; /* interrupts taken, by kind */
	uint64_t satp_writes;
	uint64_t slice_end;	/* task/timer.c; 0: nobody waits for the hart */
	uint64_t quiet;		/* times it was in no structure: mm/grace.h */
	struct kobject *ending; /* what has not ended yet: mm/ending.c */
	uint64_t fault; /* page | access: a page fault of `current`, from user
			     mode, that is being resolved; 0: none */
	struct thread *kept; /* woken while `keeps`: task/sched.h */
	uint32_t levels;     /* priorities with READY threads: task/sched.c */
	bool keeps;
	bool online;
};

extern struct cpu cpus[MAX_HARTS];
extern unsigned cpu_count; /* usable harts, the boot hart included */

/* Mask of the harts that are up, by index. */
uint64_t cpus_online(void);

#ifndef QUIRE_HOST
static inline struct cpu *this_cpu(void)
{
	return __builtin_thread_pointer();
}
#else
struct cpu *this_cpu(void); /* tests/host/hart.c */
#endif

#endif
