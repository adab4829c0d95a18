/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rig_host.c - a model hart: {Svade, Svadu} x {hardware entries, ad=soft} x
 * {a TLB that is fresh, half stale, stale, stale and walking ahead} x {ASIDs,
 * none}.
 */
#include "arch/layout.h"
#include "arch/riscv/tlb.h"
#include "arch/upcall.h"
#include "lib/bits.h"
#include "tests/host/arena.h"
#include "tests/host/fail.h"
#include "tests/host/hart.h"
#include "tests/test.h"
#include "tests/unit/compat/rig.h"
#include "tests/unit/probe.h"
#include "tests/x86/seq.h"
#include <stdio.h>

static unsigned used_before;

unsigned rig_modes(void)
{
	return 32;
}

const char *rig_mode_name(unsigned mode)
{
	static const char *const stale[] = {"fresh", "half stale", "stale",
					    "stale and ahead"};
	static char s[64];

	snprintf(s, sizeof(s), "%s, ad=%s, %s, %s",
		 mode & 1 ? "Svadu" : "Svade", mode & 2 ? "soft" : "hard",
		 stale[mode >> 2 & 3], mode & 16 ? "no ASIDs" : "ASIDs");
	return s;
}

pa_t rig_start(unsigned mode)
{
	static const unsigned stale[] = {0, 50, 100, 100};
	bool ahead = (mode >> 2 & 3) == 3;
	struct hart_model model = {
		.stale = stale[mode >> 2 & 3],
		.sets_ad = mode & 1,
		.asid_bits = mode & 16 ? 0 : 16,
		.ahead = seq_pages,
		.ahead_count = ahead ? SEQ_PAGES : 0,
	};

	hart_reset(&model);
	used_before = arena_used();
	kernel_mmu.root = upcall_table_alloc();
	kernel_mmu.harts = 0;
	pte_soft_ad = mode & 2;
	tlb_init(model.asid_bits);
	mmu_switch(&kernel_mmu);
	return ARENA_BASE;
}

void rig_others_leave(void)
{
	for (unsigned h = HART_COUNT; h-- > 0;) {
		hart_use(h);
		x86_leave();
	}
}

bool rig_stop(void)
{
	upcall_table_free(kernel_mmu.root);
	pte_soft_ad = false;
	return arena_used() == used_before;
}

bool rig_keeps_old(unsigned mode)
{
	return (mode >> 2 & 3) >= 2;
}

void rig_fail_after(long n)
{
	if (n < 0)
		fail_never();
	else
		fail_after((unsigned)n);
}

bool rig_sum(void)
{
	return hart_allows_user();
}

void rig_copy_code(void *page)
{
	(void)page;
}

void rig_try(enum x86_op op, bool user, va_t va, struct rig_trap *t)
{
	static const unsigned access[] = {MMU_R, MMU_W, MMU_X};
	uint64_t *word;
	pa_t pa = 0;

	*t = (struct rig_trap){.stval = va};
	t->faulted = hart_access(va, access[op], user, &pa) != 0;
	if (t->faulted)
		return;
	word = pa_to_va(pa);
	if (op == X86_READ)
		t->value = *word;
	else if (op == X86_WRITE)
		*word = va;
	else
		t->odd = (uint32_t)*word != PROBE_STOP;
}
