/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * machine_target.c - this hart: A and D by the hardware, if it does that, and
 * by software (as ad=soft).
 */
#include "arch/kspace.h"
#include "arch/mmu.h"
#include "arch/riscv/csr.h"
#include "lib/bits.h"
#include "tests/unit/compat/machine.h"
#include "tests/unit/probe.h"
#include <string.h>

static bool was_soft;

unsigned machine_modes(void)
{
	return 2;
}

const char *machine_mode_name(unsigned mode)
{
	return mode ? "A and D by software" : "A and D as the hart does";
}

pa_t machine_start(unsigned mode)
{
	was_soft = pte_soft_ad;
	pte_soft_ad = mode;
	return round_down(kspace_image_pa, GiB);
}

/* The runner counts frames. */
bool machine_stop(void)
{
	pte_soft_ad = was_soft;
	return true;
}

bool machine_sum(void)
{
	return csr_read(sstatus) & SSTATUS_SUM;
}

void machine_copy_code(void *page)
{
	memcpy(page, probe_code, PAGE_SIZE);
}

void machine_try(enum x86_op op, bool user, va_t va, struct machine_trap *t)
{
	static const uint64_t fault[] = {
		CAUSE_LOAD_FAULT, CAUSE_STORE_FAULT, CAUSE_FETCH_FAULT};
	struct probe_result r;

	probe((enum probe_op)op, va, user ? MACHINE_CODE : 0, &r);
	t->faulted = r.cause == fault[op];
	t->stval = r.stval;
	t->value = r.value;
	t->odd = r.cause != PROBE_DONE && !t->faulted;
	/* Restartable: sepc is the instruction itself. */
	if (t->faulted && r.pc != 0)
		t->odd = true;
	if (r.cause == PROBE_DONE && r.pc != (op == X86_EXEC ? 0 : 4))
		t->odd = true;
}
