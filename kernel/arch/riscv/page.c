/* SPDX-License-Identifier: BSD-2-Clause */
/* page.c - whether cbo.zero is there. */
#include "arch/page.h"
#include "lib/assert.h"
#include "lib/bits.h"

uint32_t page_cbo_block; /* read by page.S */

void page_use_cbo(unsigned block)
{
	assert(block == 0 || (is_aligned(block, 8) && block <= PAGE_SIZE));
	page_cbo_block = block;
}
