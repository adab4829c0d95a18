/* SPDX-License-Identifier: BSD-2-Clause */
#include "drive.h"
#include "ipc.h"
#include "service.h"
#include "swap.h"
#include "thread.h"
#include <stdio.h>

/* Bits of the notification; transfer t is done, or has failed. */
#define LOST(d)	      (1ul << (1 + (d)->number))
#define DONE(d, t)    (1ul << (8 + 8 * (d)->number + (t)))
#define FAILED(d, t)  (DONE(d, t) << 32)
#define TRANSFERS(d)  (0xff00ul << (8 * (d)->number))
#define SHARED	      1ul /* of drive.shared */
#define WATCHER_STACK 8192u
_Static_assert(8 * (1 + DRIVES_MAX) <= 32, "bits");
_Static_assert(DRIVE_TRANSFERS == 8, "bits");

static uint64_t place(const struct drive *d, unsigned n)
{
	return d->at + n * (uint64_t)BLK_MAX;
}

static char *buffer(const struct drive *d, unsigned n)
{
	return d->memory + n * (size_t)BLK_MAX;
}

/* The page at `sector` in the transfer's part of the memory. */
static char *page_at(const struct drive *d, unsigned n, uint64_t sector)
{
	uint64_t place = (sector - d->transfer[n].first) / CLUSTER_SECTORS;

	return buffer(d, n) + place * SWAP_PAGE;
}

/* ---- the end of a transfer ---------------------------------------------- */

static void release(struct drive *d, struct transfer *t)
{
	t->count = 0;
	if (t->writes)
		d->writing--;
	else
		d->reading--;
}

static void finish(struct drive *d, unsigned n, long err)
{
	struct transfer *t = &d->transfer[n];

	for (unsigned i = 0; i < t->count; i++) {
		const struct want *w = &t->want[i];

		if (!err && !t->writes)
			// NOLINTNEXTLINE(performance-no-int-to-ptr)
			swap_copy((void *)w->address, page_at(d, n, w->sector));
		swap_answer(w, t->writes, err);
	}
	release(d, t);
}

/* One page that cannot be read must not fail its neighbours. */
static void fail(struct drive *d, unsigned n)
{
	struct transfer *t = &d->transfer[n];

	t->valid = 0;
	if (t->pages == 1) {
		finish(d, n, -E_IO);
		return;
	}
	for (unsigned i = 0; i < t->count; i++) {
		t->want[i].alone = true;
		cluster_add(t->writes ? &d->writes : &d->reads, &t->want[i]);
	}
	release(d, t);
}

static void collect(struct drive *d, uint64_t bits)
{
	for (unsigned n = 0; n < DRIVE_TRANSFERS; n++) {
		if (d->transfer[n].count == 0)
			continue;
		if (bits & DONE(d, n))
			finish(d, n, 0);
		else if (bits & FAILED(d, n))
			fail(d, n);
	}
}

static void fail_queue(struct cluster *c, bool writes)
{
	struct want w;

	while (cluster_take(c, 1, &w))
		swap_answer(&w, writes, -E_IO);
}

/* The device may still be at work in its memory: nobody uses that again. */
static void give_up(struct drive *d)
{
	d->gone = true;
	d->lost = false;
	for (unsigned n = 0; n < DRIVE_TRANSFERS; n++) {
		if (d->transfer[n].count)
			finish(d, n, -E_IO);
	}
	printf("swap: %s has ended, and what was there is lost\n", d->name);
}

/* ---- its beginning -------------------------------------------------------- */

static void begin(struct drive *d, unsigned n)
{
	const struct transfer *t = &d->transfer[n];
	struct blk_move move = {
		.request = t->writes ? BLK_STORE : BLK_FETCH,
		.sector = t->first,
		.bytes = t->pages * SWAP_PAGE,
		.at = place(d, n),
		.done = DONE(d, n),
		.failed = FAILED(d, n),
	};

	switch (blk_begin(d->endpoint, &move)) {
	case 0:
		break;
	case -E_IO:
	case -E_PERM:
	case -E_RANGE:
	case -E_INVAL:
		fail(d, n);
		break;
	default:
		d->lost = true;
	}
}

/* Reads take them in turn, writes from the end: what was read stays for long. */
static unsigned free_transfer(struct drive *d, bool writes)
{
	unsigned n = writes ? DRIVE_TRANSFERS - 1 : d->turn;

	while (d->transfer[n].count)
		n = (writes ? n - 1 : n + 1) % DRIVE_TRANSFERS;
	if (!writes)
		d->turn = (n + 1) % DRIVE_TRANSFERS;
	return n;
}

/* Whether some read has ended where this one begins. */
static bool goes_on(const struct drive *d, uint64_t sector)
{
	for (unsigned n = 0; n < DRIVE_TRANSFERS; n++) {
		const struct transfer *t = &d->transfer[n];

		if (t->valid && t->first + t->pages * CLUSTER_SECTORS == sector)
			return true;
	}
	return false;
}

/* More of the pages behind it; not what is, or waits to be, written. */
static void go_on(const struct drive *d, struct transfer *t)
{
	const struct want *last = &t->want[t->count - 1];
	const struct area *a = &swap.area[last->area];
	uint64_t slot = last->slot + 1;

	for (; t->pages < d->pages && slot < a->slots; t->pages++, slot++) {
		if (area_sector(a, slot) !=
		    t->first + t->pages * CLUSTER_SECTORS)
			break;
		if (!area_is_set(a->busy, slot))
			t->valid |= 1u << t->pages;
	}
}

static void start_read(struct drive *d, unsigned n)
{
	struct transfer *t = &d->transfer[n];
	bool more = !t->want[0].alone && goes_on(d, t->want[0].sector);

	t->writes = false;
	t->first = t->want[0].sector;
	t->pages = t->count;
	t->valid = (1u << t->count) - 1;
	if (more)
		go_on(d, t);
	d->reading++;
	begin(d, n);
}

static void start_write(struct drive *d, unsigned n)
{
	struct transfer *t = &d->transfer[n];

	t->writes = true;
	t->first = t->want[0].sector;
	t->pages = t->count;
	t->valid = 0;
	for (unsigned i = 0; i < t->count; i++)
		swap_copy(buffer(d, n) + i * SWAP_PAGE,
			  // NOLINTNEXTLINE(performance-no-int-to-ptr)
			  (const void *)t->want[i].address);
	d->writing++;
	begin(d, n);
}

/* The next run of a queue, for which there is a transfer; false: none. */
static bool start_one(struct drive *d, struct cluster *queue, bool writes)
{
	unsigned n;

	if (!queue->count)
		return false;
	n = free_transfer(d, writes);
	d->transfer[n].count =
		cluster_take(queue, d->pages, d->transfer[n].want);
	if (writes)
		start_write(d, n);
	else
		start_read(d, n);
	return true;
}

static void start_all(struct drive *d)
{
	while (!d->lost && d->reading < DRIVE_READS &&
	       d->reading + d->writing < DRIVE_TRANSFERS &&
	       start_one(d, &d->reads, false))
		;
	while (!d->lost && d->writing < DRIVE_WRITES &&
	       d->reading + d->writing < DRIVE_TRANSFERS &&
	       start_one(d, &d->writes, true))
		;
}

/* ---- drivers that die ---------------------------------------------------- */

/* Tells of the end of each; goes on when the next one has the memory. */
static void watch(void *argument)
{
	const struct drive *d = argument;
	uint64_t bits;
	long err;

	do {
		notification_wait(d->shared, SHARED, NEVER, &bits);
		err = blk_watch(d->endpoint);
		notification_signal(swap.notification, LOST(d));
	} while (err == -E_PEER || err == -E_NOENT);
}

static long share(struct drive *d)
{
	long err = blk_share(d->endpoint, swap.dma_handle, swap.dma_bytes,
			     swap.notification);

	if (!err)
		notification_signal(d->shared, SHARED);
	return err;
}

/* A request of no bytes is wrong, for a driver that has the memory. */
static bool is_known(const struct drive *d)
{
	struct blk_move none = {.request = BLK_FETCH};

	return blk_begin(d->endpoint, &none) == -E_INVAL;
}

/*
 * The next driver gets all once more. The one before is dead, so what it has
 * signalled is taken now: later the same bits mean other requests.
 */
static void recover(struct drive *d)
{
	uint64_t mask = TRANSFERS(d) | TRANSFERS(d) << 32, bits;

	d->lost = false;
	if (share(d)) {
		give_up(d);
		return;
	}
	if (notification_wait(swap.notification, mask, NOW, &bits) == 0)
		collect(d, bits);
	for (unsigned n = 0; n < DRIVE_TRANSFERS && !d->lost; n++) {
		if (d->transfer[n].count)
			begin(d, n);
	}
}

/* --------------------------------------------------------------------------- */

/* The transfer by which the page has come or comes, or DRIVE_TRANSFERS. */
static unsigned find(const struct drive *d, uint64_t sector)
{
	unsigned n = 0;

	for (; n < DRIVE_TRANSFERS; n++) {
		const struct transfer *t = &d->transfer[n];
		uint64_t place = (sector - t->first) / CLUSTER_SECTORS;

		if (place < t->pages && t->valid >> place & 1)
			break;
	}
	return n;
}

static void forget(struct drive *d, uint64_t sector)
{
	unsigned n = find(d, sector);

	for (; n < DRIVE_TRANSFERS; n = find(d, sector)) {
		struct transfer *t = &d->transfer[n];

		t->valid &= ~(1u << (sector - t->first) / CLUSTER_SECTORS);
	}
}

/* A page that is here, or comes without being asked for; false: it does not. */
static bool take_here(struct drive *d, const struct want *w)
{
	unsigned n = find(d, w->sector);
	struct transfer *t = &d->transfer[n];

	if (n == DRIVE_TRANSFERS)
		return false;
	if (t->count) {
		t->want[t->count++] = *w; /* at most one a page */
		return true;
	}
	// NOLINTNEXTLINE(performance-no-int-to-ptr)
	swap_copy((void *)w->address, page_at(d, n, w->sector));
	swap_answer(w, false, 0);
	return true;
}

void drive_add(struct drive *d, const struct want *w, bool writes)
{
	if (d->gone) {
		swap_answer(w, writes, -E_IO);
		return;
	}
	if (writes)
		forget(d, w->sector);
	if (writes || !take_here(d, w))
		cluster_add(writes ? &d->writes : &d->reads, w);
}

void drive_start(struct drive *d)
{
	do {
		if (d->lost)
			recover(d);
		if (!d->gone)
			start_all(d);
	} while (d->lost);
	if (d->gone) {
		fail_queue(&d->reads, false);
		fail_queue(&d->writes, true);
	}
}

void drive_signalled(struct drive *d, uint64_t bits)
{
	if (d->gone)
		return;
	collect(d, bits);
	if (bits & LOST(d) && !is_known(d))
		d->lost = true;
}

long drive_read(struct drive *d, uint64_t sector, void *to, uint64_t bytes)
{
	uint64_t part = d->pages * SWAP_PAGE;
	long err = 0;

	for (uint64_t at = 0; at < bytes && !err; at += part) {
		if (part > bytes - at)
			part = bytes - at;
		err = blk_read(d->endpoint, sector + at / BLK_SECTOR,
			       (char *)to + at, part);
	}
	return err;
}

static const char *begin_sharing(struct drive *d)
{
	long r = notification_create();

	if (r < 0)
		return "no memory";
	d->shared = (uint64_t)r;
	if (share(d))
		return "its driver takes no memory";
	r = thread_begin(watch, d, 1 + d->number, WATCHER_STACK);
	return r < 0 ? "no memory" : NULL;
}

const char *drive_open(struct drive *d, unsigned number, const char *name)
{
	uint64_t endpoint = service_handle(name);

	*d = (struct drive){.name = name,
			    .number = number,
			    .endpoint = endpoint,
			    .at = number * DRIVE_MEMORY,
			    .memory = swap.dma + number * DRIVE_MEMORY};
	if (!endpoint)
		return "no such service";
	if (!swap.dma || swap.dma_bytes < (number + 1) * DRIVE_MEMORY)
		return "the manifest gives too little memory for DMA";
	if (blk_info(endpoint, &d->info))
		return "no disk";
	if (d->info.flags & BLK_READ_ONLY)
		return "the disk is read-only";
	d->pages = d->info.max / (unsigned)SWAP_PAGE;
	if (d->pages > CLUSTER_MAX)
		d->pages = CLUSTER_MAX;
	if (d->pages == 0)
		return "its requests are smaller than a page";
	return begin_sharing(d);
}
