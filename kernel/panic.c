/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * panic.c - the kernel's last words. Only the kernel's own faults lead here,
 * never bad input and never a user program.
 */
#include "arch/kspace.h"
#include "arch/layout.h"
#include "arch/machine.h"
#include "arch/mmu.h"
#include "arch/riscv/early.h"
#include "arch/upcall.h"
#include "kernel.h"
#include "lib/assert.h"
#include "lib/log.h"
#include <stdarg.h>
#include <stdio.h>

static uint32_t panicking;

/* The first hart in speaks; a panic inside the panic ends at once. */
static void begin(void)
{
	log_panic_mode();
	if (__atomic_exchange_n(&panicking, 1u, __ATOMIC_ACQ_REL))
		machine_stop(1);
}

static bool on_a_stack(va_t va)
{
	return va >= STACKS_BASE &&
	       va < STACKS_BASE + (va_t)MAX_HARTS * STACK_STRIDE &&
	       kspace_guard_of(va) < 0 && va % 8 == 0;
}

/*
 * Is `va` where a call returns to? The instruction before it is then jal or
 * jalr with ra as its link, or c.jalr.
 */
static bool is_return_address(va_t va)
{
	const uint16_t *p = (const uint16_t *)va;
	uint32_t word;

	if (va % 2 || va < (va_t)__image_start + 4 || va >= kspace_code_end)
		return false;
	word = (uint32_t)p[-2] | (uint32_t)p[-1] << 16;
	return (word & 0xfff) == 0x0ef || (word & 0x7fff) == 0x00e7 ||
	       (p[-1] & 0xf07f) == 0x9002;
}

/*
 * The calls that led here, innermost first. There are no frame pointers: every
 * word of the stack that is a return address is shown, so one left over from an
 * earlier call can be among them.
 */
static void backtrace(va_t pc, va_t sp)
{
	unsigned n = 0;

	log_print("  #%u 0x%lx\n", n++, (unsigned long)pc);
	for (sp = round_up(sp, 8); on_a_stack(sp) && n < 24; sp += 8) {
		va_t word = *(const uint64_t *)sp;

		if (is_return_address(word))
			log_print("  #%u 0x%lx\n", n++, (unsigned long)word);
	}
}

static void print_registers(const struct trap_frame *f)
{
	static const char names[31][4] = {
		"ra", "sp",  "gp",  "tp", "t0", "t1", "t2", "s0",
		"s1", "a0",  "a1",  "a2", "a3", "a4", "a5", "a6",
		"a7", "s2",  "s3",  "s4", "s5", "s6", "s7", "s8",
		"s9", "s10", "s11", "t3", "t4", "t5", "t6",
	};

	for (unsigned i = 0; i < ARRAY_LEN(names); i++)
		log_print("%4.3s 0x%016lx%s", names[i], (unsigned long)f->x[i],
			  i % 4 == 3 || i == 30 ? "\n" : "");
}

/* The way of an address through this hart's tables. */
static void print_walk(va_t va)
{
	pte_t entry[MMU_LEVELS];
	const struct mmu *m = mmu_current();
	int level = mmu_walk(m, va, entry);

	log_print("  walk of 0x%lx:", (unsigned long)va);
	for (int l = MMU_LEVELS - 1; l >= 0 && l >= level; l--) {
		log_print(" L%d[%lu]=0x%lx", l, (unsigned long)PTE_INDEX(va, l),
			  (unsigned long)entry[l]);
		if (!pte_valid(entry[l]))
			break;
	}
	log_print(level < 0 ? " - not mapped\n" : "\n");
}

void panic(const char *fmt, ...)
{
	char text[160];
	va_list ap;

	begin();
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	log_print("quire: panic on hart %lu: %s\n",
		  (unsigned long)this_cpu()->hartid, text);
	backtrace((va_t)__builtin_return_address(0),
		  (va_t)__builtin_frame_address(0));
	machine_stop(1);
}

void panic_trap(const struct trap_frame *frame, uint64_t scause, uint64_t stval)
{
	const char *name = cause_name(scause);

	begin();
	log_print("quire: panic on hart %lu: %s (%lu) at 0x%lx pc 0x%lx\n",
		  (unsigned long)this_cpu()->hartid,
		  name ? name : "reserved cause", (unsigned long)scause,
		  (unsigned long)stval, (unsigned long)frame->pc);
	print_registers(frame);
	print_walk(stval);
	backtrace(frame->pc, frame->x[X_SP]);
	machine_stop(1);
}

void upcall_stack_overflow(va_t sp, va_t pc, va_t stval)
{
	int owner = kspace_guard_of(sp);

	begin();
	if (owner < 0)
		owner = kspace_guard_of(stval);
	log_print("quire: panic on hart %lu: the kernel stack overflowed "
		  "(sp 0x%lx, guard page of cpu %d) pc 0x%lx\n",
		  (unsigned long)this_cpu()->hartid, (unsigned long)sp, owner,
		  (unsigned long)pc);
	backtrace(pc, kspace_stack_limit((unsigned)(owner < 0 ? 0 : owner)));
	machine_stop(1);
}
