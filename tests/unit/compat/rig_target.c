/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rig_target.c - this hart: A and D by the hardware, if it does that, and
 * by software (as ad=soft).
 */
#include "arch/kspace.h"
#include "arch/mmu.h"
#include "arch/riscv/csr.h"
#include "lib/bits.h"
#include "mm/frame_boot.h"
#include "tests/unit/compat/rig.h"
#include "tests/unit/probe.h"
#include <string.h>

static bool was_soft;

unsigned rig_modes(void)
{
	return 2;
}

const char *rig_mode_name(unsigned mode)
{
	return mode ? "A and D by software" : "A and D as the hart does";
}

pa_t rig_start(unsigned mode)
{
	was_soft = pte_soft_ad;
	pte_soft_ad = mode;
	return round_down(kspace_image_pa, GiB);
}

void rig_others_leave(void)
{
}

/* The runner counts frames. */
bool rig_stop(void)
{
	pte_soft_ad = was_soft;
	return true;
}

/* A hart may forget at any time. */
bool rig_keeps_old(unsigned mode)
{
	(void)mode;
	return false;
}

void rig_fail_after(long n)
{
	frame_fail_after(n);
}

bool rig_sum(void)
{
	return csr_read(sstatus) & SSTATUS_SUM;
}

void rig_copy_code(void *page)
{
	memcpy(page, probe_code, PAGE_SIZE);
}

void rig_try(enum x86_op op, bool user, va_t va, struct rig_trap *t)
{
	static const uint64_t fault[] = {CAUSE_LOAD_FAULT, CAUSE_STORE_FAULT,
					 CAUSE_FETCH_FAULT};
	struct probe_result r;

	probe((enum probe_op)op, va, user ? RIG_CODE : 0, &r);
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
