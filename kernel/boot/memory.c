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

/* What of a range lies between the ends of RAM; else empty. */
static struct pa_range clipped(pa_t start, pa_t end)
{
	pa_t lo = ram[0].start, hi = ram[ram_count - 1].end;

	if (start >= hi || end <= lo)
		return (struct pa_range){0, 0};
	return (struct pa_range){start > lo ? start : lo, end < hi ? end : hi};
}

/* In one bank, and in no piece that may not be mapped? */
static bool is_mapped(pa_t start, pa_t end)
{
	bool found = false;

	for (unsigned i = 0; i < ram_count; i++)
		if (start >= ram[i].start && end <= ram[i].end && start < end)
			found = true;
	for (unsigned i = 0; i < board.reserved_count; i++) {
		struct pa_range r = range_of(&board.reserved[i]);

		if (board.reserved[i].no_map &&
		    ranges_overlap(start, end, r.start, r.end))
			found = false;
	}
	return found;
}

static void check(pa_t image)
{
	if (!is_mapped(image, image + (pa_t)(__image_end - __image_start)))
		boot_fail("the kernel at 0x%lx does not lie in RAM",
			  (unsigned long)image);
	if (board.initrd_end > board.initrd_start &&
	    !is_mapped(board.initrd_start, board.initrd_end))
		boot_fail("the boot archive at 0x%lx does not lie in RAM",
			  (unsigned long)board.initrd_start);
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
			hidden[n++] = clipped(board.reserved[i].base,
					      range_of(&board.reserved[i]).end);
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
	check(image);
	map(image);
	for (; n < board.reserved_count; n++)
		taken[n] = clipped(board.reserved[n].base,
				   range_of(&board.reserved[n]).end);
	taken[n++] = (struct pa_range){kspace_image_pa, kspace_image_end_pa};
	taken[n++] = clipped(fdt, fdt + fdt_size);
	taken[n++] = (struct pa_range){board.initrd_start, board.initrd_end};
	if (mm_init(ram, ram_count, taken, n))
		boot_fail("no room for the records of %lu MiB of RAM",
			  (unsigned long)((ram[ram_count - 1].end -
					   ram[0].start) /
					  MiB));
}

/* Another range in the pages [start, end)? */
static bool lies_in(pa_t start, pa_t end, struct pa_range r)
{
	return r.start < r.end &&
	       ranges_overlap(start, end, round_down(r.start, PAGE_SIZE),
			      round_up(r.end, PAGE_SIZE));
}

void boot_give_fdt(pa_t fdt, uint64_t size)
{
	pa_t start = round_up(fdt, PAGE_SIZE);
	pa_t end = round_down(fdt + size, PAGE_SIZE);

	if (!is_mapped(start, end) ||
	    lies_in(start, end,
		    (struct pa_range){kspace_image_pa, kspace_image_end_pa}) ||
	    lies_in(start, end,
		    (struct pa_range){board.initrd_start, board.initrd_end}))
		return;
	for (unsigned i = 0; i < board.reserved_count; i++)
		if (lies_in(start, end, range_of(&board.reserved[i])))
			return;
	frame_give(start, end);
}
