/* SPDX-License-Identifier: BSD-2-Clause */
/* harts.c - the other harts: stacks, start, and their way into the scheduler.
 */
#include "boot/harts.h"
#include "arch/interrupt.h"
#include "arch/kspace.h"
#include "arch/riscv/early.h"
#include "arch/riscv/sbi.h"
#include "boot/boot.h"
#include "lib/log.h"
#include "mm/frame.h"
#include "platform/plic.h"
#include "task/sched.h"

extern char secondary_start[];
void secondary_main(void);

static int give_stack(struct cpu *cpu)
{
	struct frame *f = frame_alloc(1, FRAME_SLAB, 0);

	if (!f)
		return -1;
	cpu->stack_limit = kspace_stack_limit(cpu->index);
	cpu->stack_top = kspace_stack_top(cpu->index);
	return kspace_map_stack(cpu->index, frame_pa(f));
}

/* A second at most; a hart that does not come is left out, with a word. */
static void wait_for(struct cpu *cpu)
{
	uint64_t end = time_now() + time_frequency;

	while (!__atomic_load_n(&cpu->online, __ATOMIC_ACQUIRE))
		if (time_now() > end) {
			boot_fail("hart %lu was started and does not come up",
				  (unsigned long)cpu->hartid);
		}
}

static void start(const struct board_cpu *b)
{
	struct cpu *cpu = &cpus[cpu_count];
	pa_t entry = kspace_image_address(secondary_start);

	cpu->index = cpu_count;
	cpu->hartid = b->hartid;
	if (give_stack(cpu)) {
		log_print("quire: no memory for a stack for hart %lu\n",
			  (unsigned long)b->hartid);
		return;
	}
	if (sbi_hart_start(b->hartid, entry, (uint64_t)cpu)) {
		log_print("quire: the firmware does not start hart %lu\n",
			  (unsigned long)b->hartid);
		return;
	}
	cpu_count++;
	wait_for(cpu);
}

void boot_harts(void)
{
	if (!sbi_has_remote_fence())
		return; /* one hart can do without; several cannot */
	for (unsigned i = 0; i < board.cpu_count; i++)
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
	__atomic_store_n(&cpu->online, true, __ATOMIC_RELEASE);
}

void secondary_main(void)
{
	hart_init(this_cpu());
	sched_run();
}
