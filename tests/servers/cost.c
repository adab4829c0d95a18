/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cost - what a page costs that goes through the swap server: a client that maps
 * areas itself (the server is `plain`), between markers (tests/bench/README.md).
 * Area 0 is a disk, area 1 memory.
 */
#include "../bench/rows.h"
#include "check.h"
#include "proto/swap.h"

#define PAGE  4096ul
#define PAGES 512ul

static uint64_t swap;
static volatile char *at;

static uint64_t view_open(unsigned area)
{
	long object = swap_object(swap, area), r;

	CHECK(object > 0);
	r = space_map_object(SELF, NULL, PAGES * PAGE,
			     PROT_R | PROT_W | MAP_SHARED, (uint64_t)object,
			     PAGE);
	CHECK(r > 0);
	at = (volatile char *)r;
	return (uint64_t)object;
}

static void view_close(uint64_t object)
{
	CHECK_EQ(space_unmap(SELF, (const void *)at, PAGES * PAGE), 0);
	CHECK_EQ(handle_close(object), 0);
}

static void read_all(void)
{
	for (uint64_t i = 0; i < PAGES; i++)
		(void)at[i * PAGE];
}

static void write_all(void)
{
	for (uint64_t i = 0; i < PAGES; i++)
		at[i * PAGE] = (char)i;
}

/* Never a neighbour of a page that was read lately. */
static void read_far(void)
{
	for (uint64_t i = 0; i < PAGES; i++)
		(void)at[i * 37 % PAGES * PAGE];
}

/* Not all in one call, which takes long before it looks at interrupts. */
static void sync_all(uint64_t object)
{
	for (uint64_t i = 1; i <= PAGES; i += 32)
		CHECK_EQ(object_sync(object, i * PAGE, 32 * PAGE), 0);
}

static void disk_rows(void)
{
	uint64_t object = view_open(0);

	BEGIN(80);
	read_all();
	END(80);
	write_all();
	BEGIN(81);
	sync_all(object);
	END(81);
	view_close(object);
	object = view_open(0);
	BEGIN(82);
	read_far();
	END(82);
	view_close(object);
}

static void ram_rows(void)
{
	uint64_t object = view_open(1);

	BEGIN(83);
	read_all();
	END(83);
	write_all();
	BEGIN(84);
	sync_all(object);
	END(84);
	view_close(object);
}

int main(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv;
	service_begin(envp);
	swap = service_handle("swap");
	disk_rows();
	ram_rows();
	return 0;
}
