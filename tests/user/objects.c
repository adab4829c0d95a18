/* SPDX-License-Identifier: BSD-2-Clause */
/* objects.c - memory objects: what is made, who may map it, and how. */
#include "check.h"
#include <abi/machine.h>

static uint64_t anonymous(uint64_t bytes)
{
	long o = object_create(SELF, bytes, 0);

	CHECK(o > 0);
	return (uint64_t)o;
}

static volatile char *map(uint64_t object, uint64_t bytes, unsigned how)
{
	long at = space_map_object(SELF, NULL, bytes, how, object, 0);

	CHECK(at > 0);
	return (volatile char *)at;
}

static void unmap(volatile char *at, uint64_t bytes)
{
	CHECK_EQ(space_unmap(SELF, (const void *)at, bytes), 0);
}

static void two_mappings_are_one_memory(void)
{
	uint64_t o = anonymous(3 * PAGE + 1);
	volatile char *p = map(o, 4 * PAGE, RW | MAP_SHARED);
	volatile char *q = map(o, 4 * PAGE, PROT_R | MAP_SHARED);
	volatile char *mine = map(o, 4 * PAGE, RW);
	struct memory_info before = counts();

	CHECK_EQ(p[3 * PAGE], 0);
	p[3 * PAGE] = 'x'; /* it was given W at once */
	CHECK_EQ(q[3 * PAGE], 'x');
	CHECK_EQ(counts().faults - before.faults, 2);
	mine[3 * PAGE] = 'y';
	CHECK_EQ(q[3 * PAGE], 'x');
	p[0] = '0'; /* the other way round: a view sees it until it writes */
	CHECK_EQ(mine[0], '0');
	p[0] = '1';
	CHECK_EQ(mine[0], '1');
	CHECK_EQ(handle_close(o), 0); /* the mappings hold it */
	p[PAGE] = 'z';
	CHECK_EQ(q[PAGE], 'z');
	unmap(p, 4 * PAGE);
	unmap(q, 4 * PAGE);
	CHECK_EQ(mine[3 * PAGE], 'y');
	CHECK_EQ(mine[PAGE], 'z');
	unmap(mine, 4 * PAGE);
}

static void rights_limit_mappings_for_ever(void)
{
	static const struct {
		unsigned rights, how;
		long err;
	} rows[] = {
		{RIGHT_READ, PROT_R | MAP_SHARED, 0},
		{RIGHT_READ, RW | MAP_SHARED, -E_PERM},
		{RIGHT_READ, PROT_R | PROT_X | MAP_SHARED, -E_PERM},
		{RIGHT_READ, RW, 0}, /* a private view */
		{RIGHT_READ, RW | PROT_X, -E_PERM},
		{RIGHT_READ | RIGHT_WRITE, RW | MAP_SHARED, 0},
		{RIGHT_WRITE, RW | MAP_SHARED, -E_PERM}, /* W is R, too */
		{RIGHT_WRITE, PROT_W | MAP_SHARED, -E_PERM},
		{RIGHT_WRITE, RW, -E_PERM},
		{RIGHT_EXECUTE, PROT_X | MAP_SHARED, 0},
		{RIGHT_EXECUTE, PROT_X, -E_PERM},
		{0, PROT_R | MAP_SHARED, -E_PERM},
		{0, PROT_R, -E_PERM},
	};
	uint64_t o = anonymous(PAGE);

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		long weak = handle_duplicate(SELF, o, rows[i].rights, 0);
		long at = space_map_object(SELF, NULL, PAGE, rows[i].how,
					   (uint64_t)weak, 0);

		CHECK(weak > 0);
		CHECK_EQ(handle_close((uint64_t)weak), 0);
		CHECK_EQ(at > 0 ? 0 : at, rows[i].err);
		if (at < 0)
			continue;
		if (!(rows[i].rights & RIGHT_WRITE) &&
		    (rows[i].how & MAP_SHARED))
			CHECK_EQ(space_protect(SELF, (void *)at, PAGE, RW),
				 -E_ACCES);
		if (!(rows[i].rights & RIGHT_EXECUTE))
			CHECK_EQ(space_protect(SELF, (void *)at, PAGE,
					       PROT_R | PROT_X),
				 -E_ACCES);
		unmap((volatile char *)at, PAGE);
	}
	CHECK_EQ(handle_close(o), 0);
}

static void arguments_that_make_no_sense(void)
{
	uint64_t o = anonymous(PAGE), n = (uint64_t)notification_create();

	CHECK_EQ(object_create(SELF, 0, 0), -E_INVAL);
	CHECK_EQ(object_create(SELF, ~0ul, 0), -E_INVAL);
	CHECK_EQ(object_create(0x7777, PAGE, 0), -E_BADF);
	CHECK_EQ(object_create(n, PAGE, 0), -E_TYPE);
	CHECK_EQ(space_map_object(SELF, NULL, PAGE, PROT_R, n, 0), -E_TYPE);
	CHECK_EQ(space_map_object(n, NULL, PAGE, PROT_R, o, 0), -E_TYPE);
	CHECK_EQ(space_map_object(SELF, NULL, PAGE, 8, o, 0), -E_INVAL);
	CHECK_EQ(space_map_object(SELF, NULL, PAGE, PROT_R | MAP_GROW_DOWN, o,
				  0),
		 -E_INVAL);
	CHECK_EQ(space_map_object(SELF, NULL, 0, PROT_R, o, 0), -E_INVAL);
	CHECK_EQ(space_map_object(SELF, NULL, PAGE, PROT_R, o, 1), -E_INVAL);
	CHECK_EQ(space_map_object(SELF, NULL, PAGE, PROT_R, o, -PAGE),
		 -E_INVAL);
	CHECK_EQ(object_address(o, 0), -E_PERM);
	CHECK_EQ(object_sync(o, 0, PAGE), 0);
	CHECK_EQ(object_sync(o, 0, 2 * PAGE), -E_INVAL);
	CHECK_EQ(object_sync(o, PAGE, ~0ul), -E_INVAL);
	CHECK_EQ(object_sync(n, 0, PAGE), -E_TYPE);
	CHECK_EQ(handle_close(o) | handle_close(n), 0);
}

/* ---- what the machine handle permits ----------------------------------------- */

static void memory_for_devices_is_named_by_its_address(void)
{
	long o = object_create(HANDLE_MACHINE, 3 * PAGE, OBJECT_DMA);
	long weak, at;
	volatile char *p;

	CHECK(o > 0);
	p = map((uint64_t)o, 3 * PAGE, RW | MAP_SHARED);
	at = object_address((uint64_t)o, 0);
	CHECK(at > 0 && at % (long)PAGE == 0);
	for (unsigned i = 0; i < 3; i++) {
		CHECK_EQ(p[i * PAGE + 77], 0);
		p[i * PAGE] = 'd';
		CHECK_EQ(object_address((uint64_t)o, i * PAGE),
			 at + (long)(i * PAGE));
	}
	CHECK_EQ(object_address((uint64_t)o, 3 * PAGE), -E_INVAL);
	CHECK_EQ(object_address((uint64_t)o, ~0ul), -E_INVAL);
	weak = handle_duplicate(SELF, (uint64_t)o, RIGHT_READ | RIGHT_WRITE, 0);
	CHECK_EQ(object_address((uint64_t)weak, 0), -E_PERM);
	CHECK_EQ(object_create(HANDLE_MACHINE, 0, OBJECT_DMA), -E_INVAL);
	CHECK_EQ(object_create(HANDLE_MACHINE, 1ul << 40, OBJECT_DMA),
		 -E_INVAL);
	CHECK_EQ(handle_close((uint64_t)o) | handle_close((uint64_t)weak), 0);
	unmap(p, 3 * PAGE);
}

static void the_machines_rights_are_asked_for_each_kind(void)
{
	uint64_t devices = (uint64_t)handle_duplicate(SELF, HANDLE_MACHINE,
						      RIGHT_DEVICES, 0);
	uint64_t frames = (uint64_t)handle_duplicate(SELF, HANDLE_MACHINE,
						     RIGHT_FRAMES, 0);
	long o;

	CHECK((long)devices > 0 && (long)frames > 0);
	CHECK_EQ(object_create(devices, PAGE, OBJECT_DMA), -E_PERM);
	CHECK_EQ(object_create(frames, PAGE, 0x10000000), -E_PERM);
	CHECK_EQ(object_create(devices, PAGE, 0x80200000), -E_ACCES); /* RAM */
	CHECK_EQ(object_create(devices, PAGE, 1ul << 56), -E_INVAL);
	CHECK_EQ(object_create(devices, 0, 0x10000000), -E_INVAL);
	o = object_create(devices, 0x100, 0x10000000);
	CHECK(o > 0);
	CHECK_EQ(space_map_object(SELF, NULL, PAGE, RW, (uint64_t)o, 0),
		 -E_INVAL); /* registers cannot be copied */
	CHECK_EQ(space_map_object(SELF, NULL, PAGE,
				  PROT_R | PROT_X | MAP_SHARED, (uint64_t)o, 0),
		 -E_PERM);
	unmap(map((uint64_t)o, PAGE, RW | MAP_SHARED), PAGE);
	CHECK_EQ(object_address((uint64_t)o, 0), 0x10000000);
	CHECK_EQ(handle_close((uint64_t)o) | handle_close(devices) |
			 handle_close(frames),
		 0);
}

/* PLIC and CLINT lie at the same place on both kinds of machine in QEMU. */
static void what_the_kernel_drives_is_no_programs(void)
{
	static const struct {
		uint64_t at, bytes;
	} rows[] = {
		{0x0c000000, PAGE}, {0x0c201004, 4}, {0x0bffffff, 2},
		{0x0, 0x10000000},  {0x02000000, 4}, {0x0200bff8, 8},
	};
	static struct machine_info info;
	long o;

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_EQ(object_create(HANDLE_MACHINE, rows[i].bytes,
				       rows[i].at),
			 -E_ACCES);
	CHECK_EQ(machine_info(HANDLE_MACHINE, &info), 0);
	o = object_create(HANDLE_MACHINE, info.uart.bytes, info.uart.base);
	CHECK(o > 0); /* the console's driver needs them */
	CHECK_EQ(handle_close((uint64_t)o), 0);
}

int main(void)
{
	two_mappings_are_one_memory();
	rights_limit_mappings_for_ever();
	arguments_that_make_no_sense();
	memory_for_devices_is_named_by_its_address();
	the_machines_rights_are_asked_for_each_kind();
	what_the_kernel_drives_is_no_programs();
	return 0;
}
