/* SPDX-License-Identifier: BSD-2-Clause */
#include "drive.h"
#include "ipc.h"
#include "partition.h"
#include "swap.h"
#include <stdarg.h>
#include <stdio.h>

#define SECTORS_A_PAGE (SWAP_PAGE / BLK_SECTOR)

/* ---- what is known of each slot ------------------------------------------- */

static uint64_t *map_bits(uint64_t n)
{
	long r = space_map(SELF, NULL, (n + 63) / 64 * 8, PROT_R | PROT_W, 0,
			   NULL);

	// NOLINTNEXTLINE(performance-no-int-to-ptr)
	return r < 0 ? NULL : (uint64_t *)r;
}

static const char *add_bits(struct area *a)
{
	if (a->slots > AREA_SLOTS_MAX)
		a->slots = AREA_SLOTS_MAX;
	a->info.slots = a->slots - 1;
	a->busy = map_bits(a->slots);
	a->used = map_bits(a->slots);
	return a->busy && a->used ? NULL : "no memory";
}

/* ---- found ------------------------------------------------------------------ */

/* The place for a next one, with that name; NULL: there are too many. */
__attribute__((format(printf, 1, 2))) static struct area *next(const char *fmt,
							       ...)
{
	struct area *a = &swap.area[swap.areas];
	va_list args;

	if (swap.areas == AREAS_MAX)
		return NULL;
	*a = (struct area){.first = 0};
	va_start(args, fmt);
	vsnprintf(a->info.name, sizeof(a->info.name), fmt, args);
	va_end(args);
	return a;
}

static void take(struct area *a, const char *why)
{
	const char *label = a->header.label;

	if (why) {
		printf("swap: %s: %s\n", a->info.name, why);
		return;
	}
	printf("swap: %s: %s%s%s%lu pages, %lu MiB\n", a->info.name,
	       label[0] ? "'" : "", label, label[0] ? "', " : "",
	       (unsigned long)a->info.slots,
	       (unsigned long)(a->info.slots * SWAP_PAGE >> 20));
	swap.areas++;
}

/* ---- on disks --------------------------------------------------------------- */

/* Whether another area lies where this one does. */
static bool overlaps(const struct area *a)
{
	uint64_t end = a->first + a->header.pages * SECTORS_A_PAGE;

	for (unsigned i = 0; i < swap.areas; i++) {
		const struct area *b = &swap.area[i];

		if (b->drive == a->drive &&
		    a->first < b->first + b->header.pages * SECTORS_A_PAGE &&
		    b->first < end)
			return true;
	}
	return false;
}

static const char *read_area(struct area *a, const char *data, uint64_t bytes,
			     uint64_t sectors)
{
	const char *why =
		header_parse(&a->header, data, bytes, sectors / SECTORS_A_PAGE);

	if (why)
		return why;
	if (overlaps(a))
		return "it lies where another one does";
	a->slots = a->header.slots;
	return add_bits(a);
}

/* Partition `number`, 0: the whole disk; whether mkswap has been there. */
static bool look(struct drive *d, const struct partition *p)
{
	uint64_t bytes = p->sectors * BLK_SECTOR;
	struct area *a;
	long err;

	if (p->number)
		a = next("%s partition %u", d->name, p->number);
	else
		a = next("%s", d->name);
	if (!a)
		return false;
	a->drive = d;
	a->first = p->first;
	if (bytes > HEADER_LOOK)
		bytes = HEADER_LOOK;
	err = drive_read(d, p->first, d->memory, bytes);
	if (err)
		take(a, "its beginning cannot be read");
	if (err || !header_find(d->memory, bytes))
		return err;
	take(a, read_area(a, d->memory, bytes, p->sectors));
	return true;
}

static long read_sector(void *context, uint64_t sector, void *to)
{
	struct drive *d = context;

	return blk_read(d->endpoint, sector, to, BLK_SECTOR);
}

void areas_find(struct drive *d)
{
	static struct partition list[PARTITIONS_MAX];
	long n = partitions_find(read_sector, d, d->info.sectors, list);
	bool any = false;

	if (n == -E_NOENT) {
		list[0] = (struct partition){0, 0, d->info.sectors};
		n = 1;
	}
	if (n < 0)
		printf("swap: %s: its partitions cannot be read\n", d->name);
	for (long i = 0; i < n; i++)
		any |= look(d, &list[i]);
	if (n >= 0 && !any)
		printf("swap: %s: no swap area on it\n", d->name);
}

/* ---- in memory ---------------------------------------------------------- */

void area_in_ram(const char *name, uint64_t bytes)
{
	struct area *a = next("%s", name);
	const char *why;
	long r;

	if (!a)
		return;
	a->slots = bytes / SWAP_PAGE + 1;
	why = add_bits(a);
	r = space_map(SELF, NULL, bytes, PROT_R | PROT_W, 0, NULL);
	if (r < 0)
		why = "no memory";
	// NOLINTNEXTLINE(performance-no-int-to-ptr)
	a->ram = (char *)r - SWAP_PAGE; /* slot 1 is the first */
	take(a, why);
}
