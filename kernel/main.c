/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * main.c - the boot hart's way up, a line a step. Paging is on (entry.S,
 * arch/riscv/early.c); interrupts are off.
 */
#include "abi/space.h"
#include "arch/fpu.h"
#include "arch/interrupt.h"
#include "arch/kspace.h"
#include "arch/machine.h"
#include "arch/mmu.h"
#include "arch/page.h"
#include "arch/riscv/sbi.h"
#include "arch/riscv/tlb.h"
#include "arch/trial.h"
#include "boot/boot.h"
#include "boot/harts.h"
#include "kernel.h"
#include "lib/log.h"
#include "lib/random.h"
#include "mm/frame_boot.h"
#include "mm/huge.h"
#include "platform/console.h"
#include "platform/errata.h"
#include "platform/plic.h"
#include "sys/memory.h"
#include "task/sched.h"
#include "task/timer.h"

#define TICKS_PER_SECOND 100

void main(uint64_t hartid, pa_t fdt, pa_t image);

static void this_hart_is_first(uint64_t hartid)
{
	cpus[0].hartid = hartid;
	cpus[0].stack_limit = kspace_stack_limit(0);
	cpus[0].stack_top = kspace_stack_top(0);
	cpu_count = 1;
}

static void find_mmu_features(void)
{
	const struct core_id id = {sbi_machine.mvendorid, sbi_machine.marchid,
				   sbi_machine.mimpid};

	mmu_features.full_fences_only = errata_full_fences_only(&id);
	trap_fetch_stval_erratum = errata_fetch_stval(&id);
	mmu_features.soft_ad = boot_args.soft_ad;
	pte_soft_ad = boot_args.soft_ad;
	tlb_init(boot_args.no_asid ? 0 : tlb_probe_asid_bits());
}

/* What programs and page_zero() may use: only what every hart has. */
static void find_hart_features(void)
{
	static char trial[PAGE_SIZE] WHOLE_PAGES;
	uint32_t block = board.cpus[0].zero_block, isa = ~0u;

	for (unsigned i = 0; i < board.cpu_count; i++) {
		isa &= board.cpus[i].isa;
		if (board.cpus[i].zero_block != block)
			isa &= ~BOARD_ISA_ZICBOZ;
	}
	fpu_present = isa & BOARD_ISA_D;
	if ((isa & BOARD_ISA_ZICBOZ) && trial_cbo(trial))
		page_use_cbo(block);
	if ((isa & BOARD_ISA_SSTC) && trial_stimecmp())
		interrupt_use_stimecmp();
}

static void map_devices(void)
{
	volatile void *test;

	console_init_uart(&board.uart);
	if (board.test_device) {
		test = kspace_map_device(board.test_device, PAGE_SIZE);
		if (test && trial_load(test))
			machine_use_test_device(test);
	}
	plic_init(&board);
}

/* What the firmware gives, and what differs from one start to the next. */
static void begin_memory(void)
{
	uint64_t seed = board.rng_seed ^ time_now() << 20;

	huge_default = boot_args.huge_always ? MAP_HUGE : 0;
	random_seed(boot_args.no_aslr ? 0 : seed | 1);
}

static uint64_t ram_bytes(void)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < board.memory_count; i++)
		sum += board.memory[i].size;
	return sum;
}

/* Said even if quiet: the machine has more than is used. */
static void say_what_is_ignored(void)
{
	if (board.memory_ignored)
		log_print("quire: %u more banks of RAM are not used\n",
			  board.memory_ignored);
	if (board.cpus_ignored)
		log_print("quire: %u more harts are not used\n",
			  board.cpus_ignored);
}

static void say_hello(void)
{
	say_what_is_ignored();
	if (boot_args.quiet)
		return;
	log_print("Quire on %s\n", board.model[0] ? board.model
						  : "a board "
						    "without name");
	log_print("  %u hart%s, boot hart %lu; %lu MiB of RAM, %lu KiB taken\n",
		  cpu_count, cpu_count == 1 ? "" : "s",
		  (unsigned long)cpus[0].hartid,
		  (unsigned long)(ram_bytes() / MiB),
		  (unsigned long)(memory_boot_taken / KiB));
	log_print("  Sv39, %u ASID bits%s%s%s\n", mmu_features.asid_bits,
		  boot_args.no_asid ? " (asid=0)" : "",
		  mmu_features.soft_ad ? ", A and D by software" : "",
		  mmu_features.full_fences_only ? ", full fences only" : "");
}

void main(uint64_t hartid, pa_t fdt, pa_t image)
{
	uint32_t fdt_size;

	console_init_firmware();    /* a voice */
	this_hart_is_first(hartid); /* a name */
	sbi_init();		    /* what the firmware offers */
	boot_read_board(fdt);	    /* what the machine is */
	fdt_size = boot_fdt_size();
	boot_memory(image, fdt, fdt_size); /* linear map, frames */
	begin_memory();			   /* where programs lie */
	find_mmu_features();		   /* ASIDs, A and D, errata */
	find_hart_features();		   /* floating point, cbo.zero */
	map_devices();			   /* console, power, interrupts */
	sched_init();			   /* queues, before other harts */
	timer_init();
	timer_slice = time_frequency / TICKS_PER_SECOND;
	hart_init(&cpus[0]);
	kspace_drop_window();	      /* the devicetree is read: */
	boot_give_fdt(fdt, fdt_size); /* its memory is free */
	boot_harts();		      /* the others join */
	frame_pool_refill();	      /* zeroed frames, ahead of need */
	boot_find_archive();	      /* the first program's file */
	memory_boot_taken = ram_bytes() - frames_free() * PAGE_SIZE;
	say_hello();
	boot_run(boot_load()); /* the first program */
}
