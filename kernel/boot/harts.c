/* SPDX-License-Identifier: BSD-2-Clause */
/* harts.c - the other harts: stacks, start, the way into the scheduler. */
#include "boot/harts.h"
#include "arch/interrupt.h"
#include "arch/kspace.h"
#include "arch/riscv/early.h"
#include "arch/riscv/sbi.h"
#include "boot/boot.h"
#include "lib/atomic.h"
#include "lib/log.h"
#include "mm/frame.h"
#include "platform/plic.h"
#include "task/sched.h"

extern char secondary_start[];
void secondary_main(void);

INIT static int give_stack(struct cpu *cpu)
{
	struct frame *f = frame_alloc(1, FRAME_SLAB, 0);

	if (!f)
		return -1;
	if (kspace_map_stack(cpu->index, frame_pa(f)))
		return -1;
	cpu->stack_limit = kspace_stack_limit(cpu->index);
	cpu->stack_top = kspace_stack_top(cpu->index);
	return 0;
}

/* Longer than any hart takes; a busy emulator is slow. */
#define START_SECONDS 10

INIT static void wait_for(struct cpu *cpu)
{
	uint64_t end = time_now() + START_SECONDS * time_frequency;

	while (!__atomic_load_n(&cpu->online, __ATOMIC_ACQUIRE))
		if (time_now() > end) {
			boot_fail("hart %lu was started and does not come up",
				  (unsigned long)cpu->hartid);
		}
}

/* A hart that is still on its way into the firmware is not startable yet. */
INIT static int start_in_time(uint64_t hartid, pa_t entry, struct cpu *cpu)
{
	uint64_t end = time_now() + START_SECONDS * time_frequency;
	int err;

	boot_starting.cpu = cpu;
	store_release(&boot_starting.hartid, hartid);
	do
		err = sbi_hart_start(hartid, entry, (uint64_t)cpu);
	while (err && time_now() < end);
	if (err)
		store_relaxed(&boot_starting.hartid, ~0ul);
	return err;
}

INIT static void start(const struct board_cpu *b)
{
	struct cpu *cpu = &cpus[cpu_count];
	pa_t entry = kspace_image_address(secondary_start);

	cpu->index = cpu_count;
	cpu->hartid = b->hartid;
	if (!cpu->stack_top && give_stack(cpu)) { /* else of one that failed */
		log_print("quire: no memory for a stack for hart %lu\n",
			  (unsigned long)b->hartid);
		return;
	}
	if (start_in_time(b->hartid, entry, cpu)) {
		log_print("quire: the firmware does not start hart %lu\n",
			  (unsigned long)b->hartid);
		return;
	}
	cpu_count++;
	wait_for(cpu);
	store_relaxed(&boot_starting.hartid, ~0ul);
}

INIT void boot_harts(void)
{
	if (!sbi_has_remote_fence())
		return; /* one hart can do without; several cannot */
	for (unsigned i = 0; i < board.cpu_count && cpu_count < MAX_HARTS; i++)
		if (board.cpus[i].hartid != cpus[0].hartid)
			start(&board.cpus[i]);
}

/* A hart's own part: also of the boot hart. */
void hart_init(struct cpu *cpu)
{
	const struct board_cpu *b = board_find_cpu(&board, cpu->hartid);

	interrupt_enable();
	if (b)
		plic_enable_hart(b->plic_context);
	store_release(&cpu->online, true);
}

void secondary_main(void)
{
	hart_init(this_cpu());
	sched_run();
}
