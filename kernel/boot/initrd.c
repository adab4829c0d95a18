/* SPDX-License-Identifier: BSD-2-Clause */
/* initrd.c - where the boot archive is. */
#include "arch/layout.h"
#include "boot/boot.h"

struct archive boot_archive;

void boot_find_archive(void)
{
	const char *why;

	if (board.initrd_end <= board.initrd_start)
		return;
	boot_archive.base = pa_to_va(board.initrd_start);
	boot_archive.size = board.initrd_end - board.initrd_start;
	if (archive_check(&boot_archive, &why))
		boot_fail("the boot archive at 0x%lx is damaged: %s",
			  (unsigned long)board.initrd_start, why);
}
