/* SPDX-License-Identifier: BSD-2-Clause */
/* thread_fpu.c - who owns the floating-point unit of a hart. */
#include "arch/fpu.h"
#include "task/thread.h"

/*
 * Major opcodes LOAD-FP, STORE-FP, the fused ones and OP-FP, and SYSTEM on the
 * CSRs fflags, frm, fcsr (unprivileged spec, "RV32/64G Instruction Set
 * Listings"); compressed: C.FLD, C.FSD and their sp forms.
 */
static bool is_floating(uint32_t w)
{
	unsigned op = w & 0x7f, csr = w >> 20;

	if ((w & 3) != 3) {
		unsigned quadrant = w & 3, f = w >> 13 & 7;

		return quadrant != 1 && (f == 1 || f == 5);
	}
	if (op == 0x73)
		return (w >> 12 & 3) != 0 && csr >= 1 && csr <= 3;
	return op == 0x07 || op == 0x27 || op == 0x43 || op == 0x47 ||
	       op == 0x4b || op == 0x4f || op == 0x53;
}

bool thread_claim_fpu(uint64_t instruction)
{
	struct cpu *cpu = this_cpu();
	struct thread *t = cpu->current;

	if (!fpu_present || fpu_is_on() || !is_floating((uint32_t)instruction))
		return false;
	fpu_load(&t->fpu); /* zero at the first use */
	t->fpu_used = true;
	cpu->fpu_owner = t;
	return true;
}

void thread_fpu_leave(struct thread *t)
{
	struct cpu *cpu = this_cpu();

	if (cpu->fpu_owner != t)
		return;
	if (fpu_is_dirty())
		fpu_save(&t->fpu);
	cpu->fpu_owner = NULL;
	fpu_set(false);
}
