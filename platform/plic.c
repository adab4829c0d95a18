/* SPDX-License-Identifier: BSD-2-Clause */
/* plic.c - priorities, and each context's threshold and enables. */
#include "platform/plic.h"
#include "arch/cpu.h"
#include "arch/kspace.h"
#include "arch/trial.h"

/* Offsets in bytes, PLIC spec chapters 4 to 8. */
#define PRIORITY(source)   ((uint64_t)(source)*4)
#define ENABLE(context)	   (0x2000 + (uint64_t)(context)*0x80)
#define THRESHOLD(context) (0x200000 + (uint64_t)(context)*0x1000)
#define CLAIM(context)	   (THRESHOLD(context) + 4)

static volatile uint8_t *registers;
static uint32_t sources;
static uint64_t size;
static uint32_t contexts[MAX_HARTS]; /* + 1; 0: none */

static volatile uint32_t *word(uint64_t offset)
{
	return (volatile uint32_t *)(volatile void *)(registers + offset);
}

INIT void plic_init(const struct board *b)
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
	if (sources >= PLIC_SOURCES)
		sources = PLIC_SOURCES - 1;
	for (uint32_t s = 1; s <= sources; s++)
		*word(PRIORITY(s)) = 0;
}

void plic_enable_hart(uint32_t context)
{
	if (!registers || context == BOARD_NO_CONTEXT ||
	    CLAIM(context) + 4 > size)
		return;
	contexts[this_cpu()->index] = context + 1;
	for (uint32_t w = 0; w <= sources / 32; w++)
		*word(ENABLE(context) + w * 4ul) = 0;
	*word(THRESHOLD(context)) = 0;
}

uint32_t plic_sources(void)
{
	return registers ? sources : 0;
}

uint32_t plic_context_here(void)
{
	uint32_t c = contexts[this_cpu()->index];

	return c ? c - 1 : PLIC_NO_CONTEXT;
}

static volatile uint32_t *enable_word(uint32_t context, uint32_t source)
{
	return word(ENABLE(context) + source / 32 * 4ul);
}

void plic_enable(uint32_t context, uint32_t source)
{
	*enable_word(context, source) |= 1u << source % 32;
	*word(PRIORITY(source)) = 1; /* after it: QEMU looks anew */
}

void plic_disable(uint32_t context, uint32_t source)
{
	*word(PRIORITY(source)) = 0;
	*enable_word(context, source) &= ~(1u << source % 32);
}

uint32_t plic_claim(uint32_t context)
{
	uint32_t source;

	if (context == PLIC_NO_CONTEXT)
		return 0;
	source = *word(CLAIM(context));
	return source <= sources ? source : 0;
}

void plic_complete(uint32_t context, uint32_t source)
{
	*word(CLAIM(context)) = source;
}
