/* SPDX-License-Identifier: BSD-2-Clause */
/* machine.c - three ways to stop, tried in turn. */
#include "arch/machine.h"
#include "arch/riscv/csr.h"
#include "arch/riscv/sbi.h"

/* SiFive test device: a word that ends the emulator. */
#define TEST_PASS 0x5555u
#define TEST_FAIL 0x3333u

static volatile uint32_t *test_device;

INIT void machine_use_test_device(volatile void *registers)
{
	test_device = registers;
}

long semihost_call(long op, const void *arg);
extern char semihost_breakpoint[];

bool machine_owns_breakpoint(va_t pc)
{
	return pc == (va_t)semihost_breakpoint;
}

/* RISC-V semihosting: SYS_EXIT_EXTENDED with ADP_Stopped_ApplicationExit. */
static void semihost_exit(int status)
{
	static uint64_t arg[2];

	arg[0] = 0x20026;
	arg[1] = (uint64_t)status;
	semihost_call(0x20, arg);
}

void machine_console_write(char c)
{
	sbi_console_write(&c, 1);
}

int machine_console_read(void)
{
	return sbi_console_read();
}

/* A failing status stays one in the eight bits that an emulator carries. */
static int eight_bits(int status)
{
	if (status && !(status & 0xff))
		return 1;
	return status & 0xff;
}

void machine_stop(int status)
{
	status = eight_bits(status);
	if (test_device)
		*test_device =
			status ? (uint32_t)status << 16 | TEST_FAIL : TEST_PASS;
	semihost_exit(status);
	sbi_system_off(status != 0);
	for (;;)
		__asm__ volatile("wfi");
}
