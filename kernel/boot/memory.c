/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memory.c - from what the devicetree says to frames.
 *
 *	RAM  |firmware| image |........| archive |.......| FDT |
 *	      no-map    taken   free     taken     free    taken, until boot
 *	                                                   is done
 */
#include "sys/memory.h"
#include "abi/error.h"
#include "arch/kspace.h"
#include "arch/riscv/early.h"
#include "boot/boot.h"
#include "lib/bits.h"
#include "mm/frame_boot.h"
#include "mm/mm.h"

static struct pa_range ram[BOARD_MEMORY];
static unsigned ram_count;

static struct pa_range range_of(const struct board_range *r)
{
	return (struct pa_range){r->base, r->base + r->size};
}

/* Banks in order of address: few, so by insertion. */
static void sort_ram(void)
{
	for (unsigned i = 0; i < board.memory_count; i++) {
		struct pa_range r = range_of(&board.memory[i]);
		unsigned j = ram_count++;

		r.start = round_up(r.start, PAGE_SIZE);
		r.end = round_down(r.end, PAGE_SIZE);
		for (; j > 0 && ram[j - 1].start > r.start; j--)
			ram[j] = ram[j - 1];
		ram[j] = r;
	}
}

static void map(pa_t image)
{
	struct pa_range hidden[BOARD_RESERVED];
	unsigned n = 0;
	int err;

	for (unsigned i = 0; i < board.reserved_count; i++)
		if (board.reserved[i].no_map)
			hidden[n++] = range_of(&board.reserved[i]);
	err = kspace_init(image, ram, ram_count, hidden, n);
	if (err == -E_RANGE)
		boot_fail("RAM above 0x%lx is out of reach of the linear map",
			  128 * GiB);
	if (err)
		boot_fail("the memory map is in too many pieces");
}

void boot_memory(pa_t image, pa_t fdt, uint64_t fdt_size)
{
	struct pa_range taken[BOARD_RESERVED + 3];
	unsigned n = 0;

	sort_ram();
	map(image);
	for (; n < board.reserved_count; n++)
		taken[n] = range_of(&board.reserved[n]);
	taken[n++] = (struct pa_range){kspace_image_pa, kspace_image_end_pa};
	taken[n++] = (struct pa_range){fdt, fdt + fdt_size};
	taken[n++] = (struct pa_range){board.initrd_start, board.initrd_end};
	if (mm_init(ram, ram_count, taken, n))
		boot_fail("no room for the records of %lu MiB of RAM",
			  (unsigned long)((ram[ram_count - 1].end -
					   ram[0].start) /
					  MiB));
}
