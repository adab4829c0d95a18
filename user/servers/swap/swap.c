/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * swap - keeps pages of programs on disks, or in memory of its own: a pager whose
 * objects' pages are the slots of swap areas, and which gives these objects to the
 * kernel (swap_add).
 *
 *	swap [plain] SOURCE...
 *
 *	SOURCE	a service that is a disk: each of its partitions on which
 *		mkswap has been, or the whole disk
 *		ram=SIZE: 4M, say
 *	plain	the kernel gets nothing; clients can have the objects
 *		(proto/swap.h)
 */
#include "swap.h"
#include "drive.h"
#include "pager.h"
#include "service.h"
#include "touch.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS CLUSTER_QUEUE
_Static_assert(SLOTS <= PAGER_SLOTS_MAX, "what the kernel allows");
#define STACK 0x4000u

struct swap swap;
static struct drive drives[DRIVES_MAX];
static struct pager ring;

/*
 * A request about a slot of which the kernel waits for another answer already.
 * The one is carried out before the other, and until then no more are taken.
 */
static struct pager_request held;
static bool holds;

__attribute__((noreturn)) static void fail(const char *why)
{
	printf("swap: %s\n", why);
	exit(1);
}

/* ---- answers ---------------------------------------------------------------- */

static void count(struct area *a, uint64_t slot, bool writes, long err)
{
	if (err) {
		if (a->info.errors++ == 0)
			printf("swap: %s: slot %lu cannot be %s\n",
			       a->info.name, (unsigned long)slot,
			       writes ? "written" : "read");
		return;
	}
	a->info.in += !writes;
	a->info.out += writes;
	if (!writes || area_is_set(a->used, slot))
		return;
	a->used[slot / 64] |= 1ul << slot % 64;
	a->info.used++;
}

static void put(unsigned slot, bool writes, long err)
{
	struct pager_answer a = {.kind = PAGER_FAIL,
				 .slot = (uint16_t)slot,
				 .error = (int32_t)-err};

	if (!err && !writes) {
		pager_supply(&ring, slot, PROT_R | PROT_W);
		return;
	}
	if (!err)
		a.kind = PAGER_DONE;
	pager_put(&ring, &a);
}

void swap_answer(const struct want *w, bool writes, long err)
{
	struct area *a = &swap.area[w->area];

	a->busy[w->slot / 64] &= ~(1ul << w->slot % 64);
	count(a, w->slot, writes, err);
	put(w->ring, writes, err);
}

/* Two instructions a word, and few others. */
void swap_copy(void *to, const void *from)
{
	const uint64_t *f = from, *end = f + SWAP_PAGE / sizeof(*f);
	uint64_t *t = to;

	for (; f < end; f += 16, t += 16) {
		uint64_t a = f[0], b = f[1], c = f[2], d = f[3], e = f[4];
		uint64_t g = f[5], h = f[6], i = f[7], j = f[8], k = f[9];
		uint64_t l = f[10], m = f[11], n = f[12], o = f[13];
		uint64_t p = f[14], q = f[15];

		t[0] = a, t[1] = b, t[2] = c, t[3] = d, t[4] = e;
		t[5] = g, t[6] = h, t[7] = i, t[8] = j, t[9] = k;
		t[10] = l, t[11] = m, t[12] = n, t[13] = o;
		t[14] = p, t[15] = q;
	}
}

/* ---- requests --------------------------------------------------------------- */

static void serve_ram(struct area *a, const struct pager_request *q)
{
	bool writes = q->kind == PAGER_WRITEBACK;
	char *at = a->ram + q->index * SWAP_PAGE;
	// NOLINTNEXTLINE(performance-no-int-to-ptr)
	void *window = (void *)q->address;

	if (writes)
		swap_copy(at, window);
	else
		swap_copy(window, at);
	count(a, q->index, writes, 0);
	put(q->slot, writes, 0);
}

/* False: not yet. */
static bool serve_disk(struct area *a, const struct pager_request *q)
{
	struct want w = {.sector = area_sector(a, q->index),
			 .address = q->address,
			 .slot = q->index,
			 .area = (uint16_t)q->key,
			 .ring = q->slot};

	if (area_is_set(a->busy, q->index))
		return false;
	a->busy[q->index / 64] |= 1ul << q->index % 64;
	drive_add(a->drive, &w, q->kind == PAGER_WRITEBACK);
	return true;
}

static bool serve(const struct pager_request *q)
{
	bool writes = q->kind == PAGER_WRITEBACK;
	struct area *a = &swap.area[q->key];

	if (q->key >= swap.areas || q->index == 0 || q->index >= a->slots)
		put(q->slot, writes, -E_IO);
	else if (a->ram)
		serve_ram(a, q);
	else
		return serve_disk(a, q);
	return true;
}

static void take_requests(void)
{
	struct pager_request q;

	if (holds && !serve(&held))
		return;
	holds = false;
	while (!holds && pager_next(&ring, &q)) {
		if (!serve(&q)) {
			held = q;
			holds = true;
		}
	}
}

__attribute__((noreturn)) static void run(void)
{
	uint64_t bits;

	for (;;) {
		take_requests();
		for (unsigned i = 0; i < swap.drives; i++)
			drive_start(&drives[i]);
		if (pager_submit(swap.pager, ~0ul, NEVER, &bits))
			continue;
		for (unsigned i = 0; i < swap.drives; i++)
			drive_signalled(&drives[i], bits);
	}
}

/* ---- the beginning ---------------------------------------------------------- */

static void open_drive(const char *name)
{
	struct drive *d = &drives[swap.drives];
	const char *why = "too many disks";

	if (swap.drives < DRIVES_MAX)
		why = drive_open(d, swap.drives, name);
	if (why) {
		printf("swap: %s: %s\n", name, why);
		return;
	}
	swap.drives++;
	areas_find(d);
}

static void open_ram(const char *name, const char *size)
{
	char *unit;
	uint64_t bytes = strtoul(size, &unit, 10);

	if (*unit == 'M')
		bytes <<= 20;
	else if (*unit == 'K')
		bytes <<= 10;
	bytes &= ~(SWAP_PAGE - 1);
	if (bytes == 0)
		printf("swap: %s: no such size\n", name);
	else
		area_in_ram(name, bytes);
}

static void open_source(const char *name)
{
	if (strcmp(name, "plain") == 0)
		swap.plain = true;
	else if (strncmp(name, "ram=", 4) == 0)
		open_ram(name, name + 4);
	else
		open_drive(name);
}

static void open_pager(void)
{
	struct pager_setup setup = {.notification = swap.notification,
				    .bits = SWAP_RING,
				    .slots = SLOTS};

	if (pager_open(&ring, &setup))
		fail("no pager can be made");
	swap.pager = ring.handle;
}

/* An area that the kernel may keep private pages in. */
static void make_object(unsigned n)
{
	struct area *a = &swap.area[n];
	long r = object_create(swap.pager, a->slots * SWAP_PAGE, n);

	if (r < 0)
		fail("no object can be made");
	a->object = (uint64_t)r;
}

static void give_all(void)
{
	uint64_t machine = service_handle("machine");

	for (unsigned i = 0; i < swap.areas; i++) {
		long err;

		make_object(i);
		err = swap_add(machine, swap.area[i].object, 1);
		if (err)
			printf("swap: %s: the kernel does not take it: error "
			       "%ld\n",
			       swap.area[i].info.name, -err);
	}
}

static void begin(void)
{
	long r = notification_create();

	if (r < 0)
		fail("no notification can be made");
	swap.notification = (uint64_t)r;
	swap.dma_handle = service_handle("dma");
	swap.dma_bytes = service_number("dma-bytes");
	if (swap.dma_handle)
		swap.dma = service_map(swap.dma_handle, swap.dma_bytes);
}

int main(int argc, char **argv, char **envp)
{
	service_begin(envp);
	begin();
	for (int i = 1; i < argc; i++)
		open_source(argv[i]);
	if (swap.areas == 0) {
		printf("swap: there is none\n");
		return 0;
	}
	touch_stack(STACK);
	touch_all();
	open_pager();
	if (!swap.plain)
		give_all();
	if (service_handle("door") && door_open(service_handle("door")))
		fail("no thread can be made");
	run();
}
