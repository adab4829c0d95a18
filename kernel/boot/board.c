/* SPDX-License-Identifier: BSD-2-Clause */
/* board.c - the devicetree in its window, and the boot arguments. */
#include "abi/error.h"
#include "arch/interrupt.h"
#include "arch/layout.h"
#include "arch/machine.h"
#include "arch/trial.h"
#include "boot/boot.h"
#include "lib/log.h"
#include <stdarg.h>
#include <stdio.h>

struct board board;
struct boot_args boot_args;
static uint32_t fdt_size;

void boot_fail(const char *fmt, ...)
{
	char text[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	log_print("quire: cannot boot: %s\n", text);
	machine_stop(1);
}

static void read_args(void)
{
	int err = args_read(&boot_args, board.bootargs);

	if (err == -E_NOENT)
		boot_fail("unknown boot argument \"%s\"; known: %s",
			  boot_args.bad, args_known());
	if (err)
		boot_fail("boot argument \"%s\" has a bad value; known: %s",
			  boot_args.bad, args_known());
}

void boot_read_board(pa_t fdt)
{
	/* The window is two 2 MiB leaves from the boundary below it. */
	uint64_t offset = fdt & (2 * MiB - 1);
	const void *blob = (const void *)(FDT_WINDOW + offset);
	const char *why;
	struct fdt f;

	if (!trial_load(blob))
		boot_fail("no devicetree can be read at 0x%lx (a1)",
			  (unsigned long)fdt);
	if (fdt_open(&f, blob, 4 * MiB - offset))
		boot_fail("the devicetree at 0x%lx is damaged",
			  (unsigned long)fdt);
	fdt_size = f.size;
	if (board_read(&board, &f, &why))
		boot_fail("%s", why);
	if (!board.timebase)
		boot_fail("the devicetree has no timebase-frequency");
	time_frequency = board.timebase;
	read_args();
}

uint32_t boot_fdt_size(void)
{
	return fdt_size;
}
