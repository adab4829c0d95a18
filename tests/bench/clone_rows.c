/* SPDX-License-Identifier: BSD-2-Clause */
/* clone_rows.c - spaces with tables in common, and what a write costs then. */
#include "quire.h"
#include "rows.h"

#define PAGE  4096ul
#define SPAN  512ul	  /* pages of a leaf table */
#define LARGE (64ul << 8) /* pages of 64 MiB */
#define AT    0x1000000000ul

static volatile char *at(uint64_t page)
{
	return (volatile char *)(AT + page * PAGE);
}

static void touch(uint64_t pages)
{
	for (uint64_t i = 0; i < pages; i++)
		*at(i) = 1;
}

static void take(uint64_t pages)
{
	must("map", space_map(SELF, (const void *)AT, pages * PAGE,
			      PROT_R | PROT_W, MAP_FIXED, NULL));
	touch(pages);
}

static uint64_t clone(void)
{
	return (uint64_t)must("clone", space_clone(SELF));
}

static void small(void)
{
	for (int i = 0; i < 8; i++) {
		uint64_t c;

		touch(100);
		BEGIN(70);
		c = (uint64_t)space_clone(SELF);
		END(70);
		handle_close(c);
	}
}

/* Every page of one table is copied; but first the table, with one page. */
static void copied(void)
{
	uint64_t c = clone();

	BEGIN(76);
	*at(0) = 1;
	END(76);
	BEGIN(72);
	for (uint64_t i = 1; i < SPAN; i++)
		*at(i) = 1;
	END(72);
	handle_close(c);
}

/* The other has gone; its table had been left to it. */
static void sole_owner(void)
{
	uint64_t c = clone();

	*at(0) = 1;
	handle_close(c);
	BEGIN(73);
	for (uint64_t i = 1; i < SPAN; i++)
		*at(i) = 1;
	END(73);
}

/* Nothing was written meanwhile: the table is as it was. */
static void alone_again(void)
{
	handle_close(clone());
	BEGIN(74);
	*at(0) = 1;
	END(74);
}

static void large(void)
{
	uint64_t c;

	take(LARGE);
	BEGIN(71);
	c = (uint64_t)space_clone(SELF);
	END(71);
	BEGIN(75);
	handle_close(c);
	END(75);
	space_unmap(SELF, (const void *)AT, LARGE * PAGE);
}

void clone_rows(void)
{
	take(SPAN);
	small();
	copied();
	sole_owner();
	alone_again();
	space_unmap(SELF, (const void *)AT, SPAN * PAGE);
	large();
}
