/* SPDX-License-Identifier: BSD-2-Clause */
/* board_find.c - what is asked of the board after boot, too. */
#include "lib/bits.h"
#include "platform/board.h"

struct board_cpu *board_find_cpu(struct board *b, uint64_t hartid)
{
	for (unsigned i = 0; i < b->cpu_count; i++) {
		if (b->cpus[i].hartid == hartid)
			return &b->cpus[i];
	}
	return NULL;
}

bool board_drives(const struct board *b, pa_t pa, uint64_t bytes)
{
	pa_t start = round_down(pa, PAGE_SIZE);
	pa_t end = round_up(pa + bytes, PAGE_SIZE);

	for (unsigned i = 0; i < b->own_count; i++)
		if (ranges_overlap(start, end, b->own[i].base,
				   b->own[i].base + b->own[i].size))
			return true;
	return false;
}
