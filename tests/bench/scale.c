/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scale.c - the same operation beside more and more of something: what is to cost
 * the same whatever else there is, and what grows with it. A program of its own,
 * since it depends on what the space holds already; its rows are in scale.tsv.
 */
#include "quire.h"
#include "rows.h"
#include <stdio.h>
#include <stdlib.h>

#define PAGE 4096ul
#define RW   (PROT_R | PROT_W)
#define MIB  256ul /* pages */
#define GIB  (1024 * MIB)
#define SPAN 512ul /* pages of a leaf table */
#define AT   0x1000000000ul

static volatile char *at(uint64_t page)
{
	return (volatile char *)(AT + page * PAGE);
}

static void map(uint64_t page, uint64_t pages)
{
	must("map", space_map(SELF, (const void *)at(page), pages * PAGE, RW,
			      MAP_FIXED, NULL));
}

static void unmap(uint64_t pages)
{
	must("unmap", space_unmap(SELF, (const void *)AT, pages * PAGE));
}

/* A marker's number is part of its instruction. */
#define CLONED(id)                                               \
	do {                                                     \
		uint64_t c_;                                     \
                                                                 \
		BEGIN(id);                                       \
		c_ = (uint64_t)space_clone(SELF);                \
		END(id);                                         \
		handle_close((uint64_t)must("clone", (long)c_)); \
	} while (0)

static void write_each(uint64_t pages)
{
	map(0, pages);
	for (uint64_t i = 0; i < pages; i++)
		*at(i) = 1;
}

/* All leaf tables are there; of what they hold a clone looks at nothing. */
static void read_each_table(uint64_t pages)
{
	map(0, pages);
	for (uint64_t i = 0; i < pages; i += SPAN)
		(void)*at(i);
}

static void clones(void)
{
	handle_close((uint64_t)must("clone", space_clone(SELF)));
	write_each(MIB);
	CLONED(90);
	unmap(MIB);
	write_each(8 * MIB);
	CLONED(91);
	unmap(8 * MIB);
	write_each(64 * MIB);
	CLONED(92);
	unmap(64 * MIB);
	read_each_table(GIB);
	CLONED(93);
	unmap(GIB);
	read_each_table(8 * GIB);
	CLONED(94);
	unmap(8 * GIB);
	map(0, GIB);
	(void)*at(0);
	CLONED(95);
	unmap(GIB);
}

/* ---- a fault, among so many regions ---------------------------------------- */

#define ALL    200000ul /* pages that the regions lie in */
#define FAULTS 64ul
#define MANY   10000ul

/* Never the last page of a block, which is the hole that parts two regions. */
static uint64_t place(uint64_t i)
{
	return (i * (ALL / FAULTS)) & ~1ul;
}

/* Regions of equal size, and tables where the faults are to be. */
static void take_regions(uint64_t regions)
{
	uint64_t block = ALL / regions;
	struct space_info info;

	for (uint64_t i = 0; i < regions; i++)
		map(i * block, block - 1);
	for (uint64_t i = 0; i < FAULTS; i++)
		(void)*at(place(i) ^ 2);
	must("info", space_info(SELF, &info));
	must("regions", info.regions < regions ? -E_INVAL : 0);
}

#define FAULTED(id, regions)                          \
	do {                                          \
		take_regions(regions);                \
		BEGIN(id);                            \
		for (uint64_t i = 0; i < FAULTS; i++) \
			(void)*at(place(i));          \
		END(id);                              \
	} while (0)

static void regions(void)
{
	FAULTED(100, 1);
	unmap(ALL);
	FAULTED(101, 100);
	unmap(ALL);
	FAULTED(102, 10000);
	unmap(ALL);
	FAULTED(103, 100000);
	for (uint64_t i = 0; i < 8; i++) {
		void *hole = (void *)at(2 * (i * 11987) + 1);

		BEGIN(104);
		space_map(SELF, hole, PAGE, PROT_R, MAP_FIXED, NULL);
		space_unmap(SELF, hole, PAGE);
		END(104);
	}
	BEGIN(105);
	unmap(ALL);
	END(105);
}

/* One after the other, in steps; each has a page. */
static void many_at_once(void)
{
	for (uint64_t i = 0; i < MANY; i++) {
		map(2 * i, 1);
		*at(2 * i) = 1;
	}
	BEGIN(106);
	unmap(2 * MANY);
	END(106);
	for (uint64_t i = 0; i < MANY; i += 2) {
		map(i, 1);
		*at(i) = 1;
		must("map", space_map(SELF, (const void *)at(i + 1), PAGE,
				      PROT_R, MAP_FIXED, NULL));
	}
	BEGIN(107);
	space_protect(SELF, (const void *)AT, MANY * PAGE, PROT_R);
	END(107);
	unmap(MANY);
}

/* ---- a page that several spaces have ---------------------------------------- */

#define SHARERS 31u

static uint64_t space[SHARERS]; /* [0]: this one */

/* Each with a table of its own, that names the same frames. */
static void share_private(unsigned spaces)
{
	map(0, 2);
	*at(0) = *at(1) = 1;
	for (unsigned i = 1; i < spaces; i++) {
		space[i] = (uint64_t)must("clone", space_clone(SELF));
		*at(1) = 1;
	}
}

/* Are there as many as the row says? */
static void check_private(unsigned spaces)
{
	uint64_t word;

	must("a look", space_pages(SELF, (const void *)at(0), &word, 1, 0));
	must("sharers", PAGE_REFS(word) == spaces ? 0 : -E_INVAL);
}

static void let_go(unsigned spaces)
{
	for (unsigned i = 1; i < spaces; i++)
		handle_close(space[i]);
	unmap(2);
}

#define UNMAPPED(id, spaces)                                  \
	do {                                                  \
		share_private(spaces);                        \
		check_private(spaces);                        \
		BEGIN(id);                                    \
		space_unmap(SELF, (const void *)at(0), PAGE); \
		END(id);                                      \
		let_go(spaces);                               \
	} while (0)

/* A page of an object that each shows, taken from all of them. */
static uint64_t share_object(unsigned spaces)
{
	uint64_t o = (uint64_t)must("object", object_create(SELF, 2 * PAGE, 0));

	must("map", space_map_object(SELF, (const void *)AT, 2 * PAGE,
				     RW | MAP_SHARED | MAP_FIXED, o, 0));
	*at(0) = *at(1) = 1;
	for (unsigned i = 1; i < spaces; i++) {
		space[i] = (uint64_t)must("clone", space_clone(SELF));
		(void)*at(0); /* a table for it alone */
		(void)*at(1);
	}
	return o;
}

#define TAKEN(id, spaces)                           \
	do {                                        \
		uint64_t o_ = share_object(spaces); \
                                                    \
		BEGIN(id);                          \
		object_resize(o_, PAGE);            \
		END(id);                            \
		let_go(spaces);                     \
		handle_close(o_);                   \
	} while (0)

static void sharers(void)
{
	UNMAPPED(110, 1);
	UNMAPPED(111, 2);
	UNMAPPED(112, 8);
	UNMAPPED(113, SHARERS);
	TAKEN(114, 1);
	TAKEN(115, 2);
	TAKEN(116, 8);
	TAKEN(117, SHARERS);
}

int main(void)
{
	thread_schedule(SELF, PRIORITY_DEFAULT, 0xff);
	clones();
	regions();
	many_at_once();
	sharers();
	return 0;
}
