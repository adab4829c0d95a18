/* SPDX-License-Identifier: BSD-2-Clause */
/* plic.c - priorities, and each context's threshold and enables. */
#include "platform/plic.h"
#include "arch/kspace.h"
#include "arch/trial.h"

/* Offsets in bytes, PLIC spec chapters 4 to 8. */
#define PRIORITY(source)   ((uint64_t)(source)*4)
#define ENABLE(context)	   (0x2000 + (uint64_t)(context)*0x80)
#define THRESHOLD(context) (0x200000 + (uint64_t)(context)*0x1000)

static volatile uint8_t *registers;
static uint32_t sources;
static uint64_t size;

static volatile uint32_t *word(uint64_t offset)
{
	return (volatile uint32_t *)(volatile void *)(registers + offset);
}

void plic_init(const struct board *b)
{
	size = b->plic.size;
	if (!b->plic.base || size < PRIORITY(b->plic.sources + 1))
		return;
	registers = kspace_map_device(b->plic.base, b->plic.size);
	if (!registers || !trial_load(registers)) {
		registers = NULL;
		return;
	}
	sources = b->plic.sources;
	for (uint32_t s = 1; s <= sources; s++)
		*word(PRIORITY(s)) = 0;
}

void plic_enable_hart(uint32_t context)
{
	if (!registers || context == BOARD_NO_CONTEXT ||
	    THRESHOLD(context) + 4 > size)
		return;
	for (uint32_t w = 0; w <= sources / 32; w++)
		*word(ENABLE(context) + w * 4ul) = 0;
	*word(THRESHOLD(context)) = 0;
}
