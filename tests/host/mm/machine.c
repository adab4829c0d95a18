/* SPDX-License-Identifier: BSD-2-Clause */
/* machine.c - RAM and harts: see machine.h. */
#include "tests/host/mm/machine.h"
#include "abi/error.h"
#include "arch/riscv/tlb.h"
#include "arch/upcall.h"
#include "lib/assert.h"
#include "mm/ending.h"
#include "mm/fault.h"
#include "mm/frame_boot.h"
#include "mm/grace.h"
#include "mm/mm.h"
#include "mm/reclaim.h"
#include "mm/slab.h"
#include "tests/host/mm/choice.h"
#include "tests/host/mm/universe.h"
#include "tests/test.h"
#include <stdlib.h>

static struct space *running[HART_COUNT];
static uint32_t ahead[4];
static bool may_fail;
static uint64_t rollovers;

/* ---- RAM ---------------------------------------------------------------- */

void machine_build(void)
{
	const struct pa_range ram = {RAM_BASE, DEVICE_BASE};
	const struct pa_range taken[] = {
		{RAM_BASE, ARCHIVE_BASE},
		{ARCHIVE_BASE, ARCHIVE_BASE + ARCHIVE_PAGES * PAGE_SIZE},
	};
	size_t bytes = (RAM_PAGES + DEVICE_PAGES) * PAGE_SIZE;
	void *memory;

	if (frame_count)
		return;
	memory = aligned_alloc(2 * MiB, round_up(bytes, 2 * MiB));
	assert(memory);
	memset(memory, 0, bytes);
	host_linear = (uint64_t)memory - RAM_BASE;
	if (mm_init(&ram, 1, taken, 2))
		panic("no memory for the frame records");
	kernel_mmu.root = upcall_table_alloc();
}

/* Where the kernel thinks that parts of its image are: arch/kspace.h. */
pa_t kspace_image_address(const void *p);
pa_t kspace_image_address(const void *p)
{
	extern char zero_page_bytes[];

	return p == zero_page_bytes ? RAM_BASE + IMAGE_PAGES * PAGE_SIZE
				    : RAM_BASE;
}

void machine_fail_after(long n, bool structures)
{
	may_fail = n >= 0;
	frame_fail_after(structures ? -1 : n);
	slab_fail_after(n >= 0 && structures ? (uint64_t)n : SLAB_NEVER);
}

/* What harts keep in their caches is nobody else's. */
#define ENOUGH (HART_COUNT * 64ul + FRAME_POOL_MAX)

bool machine_may_fail(void)
{
	return may_fail || frames_free() < ENOUGH;
}

/* Taken as the kernel's own, which may have the last ones, too. */
static struct frame *squeezed[RAM_PAGES];
static unsigned squeezed_count;

void machine_squeeze(uint64_t frames)
{
	while (squeezed_count && frames_free() < frames)
		frame_put(squeezed[--squeezed_count]);
	while (frames_free() > frames &&
	       (squeezed[squeezed_count] = frame_alloc(0, FRAME_SLAB, 0)))
		squeezed_count++;
}

void machine_reclaim(unsigned steps)
{
	reclaim_up_to(UINT64_MAX);
	while (steps-- > 0)
		reclaim_step();
	reclaim_begin();
}

static bool reclaims_at_faults;

void machine_reclaim_at_faults(bool always)
{
	reclaims_at_faults = always;
}

/* ---- harts --------------------------------------------------------------- */

static bool is_table(pa_t pa)
{
	const struct frame *f = frame_of(pa);

	return f && f->state == FRAME_TABLE;
}

void machine_begin(const struct machine_kind *kind)
{
	const struct hart_model model = {
		.stale = kind->stale,
		.sets_ad = kind->sets_ad,
		.asid_bits = kind->asid_bits,
		.ahead = ahead,
		.ahead_count = 4,
		.is_table = is_table,
	};

	hart_reset(&model);
	kernel_mmu.harts = 0;
	pte_soft_ad = kind->soft_ad;
	mmu_features.full_fences_only = kind->errata;
	tlb_init(kind->asid_bits);
	rollovers = mmu_counts_read().rollovers;
	for (unsigned h = HART_COUNT; h-- > 0;) {
		machine_use(h);
		running[h] = NULL;
		mmu_switch(&kernel_mmu);
	}
}

uint64_t machine_rollovers(void)
{
	return mmu_counts_read().rollovers - rollovers;
}

void machine_end(void)
{
	bool more = true;

	while (more) {
		more = false;
		for (unsigned h = HART_COUNT; h-- > 0;) {
			machine_use(h);
			machine_run(NULL);
			machine_quiet();
			grace_work(true);
			frame_cache_drain();
			more |= ending_anywhere() || grace_has_work();
		}
	}
	frame_pool_limit(0);
	mm_trim();
	frame_cache_drain();
	frame_pool_limit(FRAME_POOL_MAX);
}

unsigned machine_hart(void)
{
	return lock_hart();
}

void machine_use(unsigned hart)
{
	hart_use(hart);
}

struct space *machine_space(unsigned hart)
{
	return running[hart];
}

void machine_run(struct space *s)
{
	for (unsigned i = 0; i < 4; i++) /* it looks ahead somewhere else */
		ahead[i] = (uint32_t)page_va(choose(PAGES - 24));
	running[machine_hart()] = s;
	mmu_switch(s ? &s->mmu : &kernel_mmu);
}

void machine_leave(const struct space *s)
{
	for (unsigned h = 0; h < HART_COUNT; h++)
		if (running[h] == s)
			running[h] = NULL;
}

void machine_quiet(void)
{
	if (!running[machine_hart()])
		machine_run(NULL);
	grace_quiet();
	ending_step();
	if (reclaim_is_wanted())
		reclaim_step();
	if (grace_is_due())
		grace_work(false);
}

void machine_end_all(void)
{
	unsigned me = machine_hart();

	while (ending_anywhere())
		for (unsigned h = 0; h < HART_COUNT; h++) {
			machine_use(h);
			ending_step();
		}
	machine_use(me);
}

/* ---- accesses ------------------------------------------------------------- */

/*
 * So often may an instruction fault: TLBs forget nothing by themselves; and so
 * often be made again while memory is short. Then others have their turn.
 */
#define FAULTS 8u
#define SHORTS 64u

/* As kernel/trap.c. */
static int resolve(struct space *s, va_t va, unsigned access, unsigned *shorts)
{
	int err = fault_resolve(s, va, access);

	if (err != -E_NOMEM)
		return err;
	++*shorts;
	return fault_resolve_short(s, va, access);
}

int machine_access(va_t va, unsigned access, uint64_t **word)
{
	struct cpu *cpu = this_cpu();
	unsigned shorts = 0;
	int err = 0;
	pa_t pa = 0;

	for (unsigned n = 0; hart_access(va, access, true, &pa); n++) {
		CHECK(n < FAULTS + shorts);
		if (reclaims_at_faults && n < 2) /* what it had is old again */
			machine_reclaim(1 + choose(2));
		cpu->fault = (va & ~PAGE_MASK) | access;
		err = resolve(running[cpu->index], va, access, &shorts);
		cpu->fault = 0;
		if (err || shorts == SHORTS)
			return err ? err : -E_NOMEM;
	}
	*word = pa_to_va(pa);
	return 0;
}
