/* SPDX-License-Identifier: BSD-2-Clause */
/* disk.c - requests as chains of three descriptors. Sections of virtio 1.1. */
#include "disk.h"
#include <abi/error.h>
#include <string.h>

/* 5.2.3 */
#define F_SIZE_MAX  (1ul << 1)
#define F_READ_ONLY (1ul << 5)
#define F_FLUSH	    (1ul << 9)

/* 5.2.4: offsets in the configuration */
enum { CONFIG_CAPACITY = 0, CONFIG_SIZE_MAX = 8 };

/* 5.2.6 */
enum { TYPE_IN = 0, TYPE_OUT = 1, TYPE_FLUSH = 4 };
enum { STATUS_OK = 0, STATUS_NONE = 0xff };

struct header {
	uint32_t type;
	uint32_t zero;
	uint64_t sector;
};
_Static_assert(sizeof(struct header) == 16, "virtio_blk_req");

#define PAGE	4096u
#define HEADERS PAGE /* the queue has the first page */
#define STATUS	(HEADERS + DISK_SLOTS * sizeof(struct header))
#define BUFFERS (2 * PAGE)

static void read_info(struct disk *d)
{
	struct virtio *v = &d->device;
	uint32_t size_max = BLK_MAX;

	virtio_config(v, CONFIG_CAPACITY, &d->info.sectors, 4, 2);
	if (v->features & F_SIZE_MAX)
		virtio_config(v, CONFIG_SIZE_MAX, &size_max, 4, 1);
	if (size_max > BLK_MAX)
		size_max = BLK_MAX;
	d->info.max = size_max & ~(BLK_SECTOR - 1);
	d->info.flags = (v->features & F_READ_ONLY ? BLK_READ_ONLY : 0) |
			(v->features & F_FLUSH ? BLK_HAS_FLUSH : 0);
}

int disk_begin(struct disk *d, volatile void *registers, void *memory,
	       uint64_t physical)
{
	unsigned size;

	if (virtio_start(&d->device, registers, VIRTIO_BLK,
			 F_SIZE_MAX | F_READ_ONLY | F_FLUSH))
		return -E_IO;
	read_info(d);
	size = virtio_queue_size(&d->device, 0, DISK_QUEUE);
	if (size < 3 || d->info.max == 0) {
		d->device.why = "its queue or segments are too small";
		return -E_IO;
	}
	d->slots = size / 3 < DISK_SLOTS ? size / 3 : DISK_SLOTS;
	d->memory = memory;
	d->physical = physical;
	_Static_assert(DISK_QUEUE * (16 + 2 + 8) + 16 <= PAGE, "one page");
	memset(memory, 0, BUFFERS); /* after the reset: now it is ours alone */
	virtqueue_init(&d->queue, size, memory, physical);
	virtio_queue_start(&d->device, 0, &d->queue);
	virtio_go(&d->device);
	return 0;
}

char *disk_buffer(struct disk *d, unsigned slot)
{
	return d->memory + BUFFERS + (size_t)slot * BLK_MAX;
}

uint64_t disk_buffer_address(const struct disk *d, unsigned slot)
{
	return d->physical + BUFFERS + (uint64_t)slot * BLK_MAX;
}

int disk_check(const struct blk_info *info, unsigned request, uint64_t sector,
	       uint64_t bytes)
{
	uint64_t count = bytes / BLK_SECTOR;

	if (request == BLK_FLUSH)
		return 0;
	if (bytes == 0 || bytes % BLK_SECTOR || bytes > info->max)
		return -E_INVAL;
	if (sector > info->sectors || count > info->sectors - sector)
		return -E_RANGE;
	if (request == BLK_WRITE && info->flags & BLK_READ_ONLY)
		return -E_PERM;
	return 0;
}

static uint32_t type_of(unsigned request)
{
	return request == BLK_READ    ? TYPE_IN
	       : request == BLK_WRITE ? TYPE_OUT
				      : TYPE_FLUSH;
}

void disk_submit(struct disk *d, unsigned slot, unsigned request,
		 uint64_t sector, uint64_t data, uint32_t bytes)
{
	uint64_t header = HEADERS + slot * sizeof(struct header);
	uint64_t status = STATUS + slot;
	struct virtqueue_part parts[3] = {
		{d->physical + header, sizeof(struct header), false},
		{data, bytes, request == BLK_READ},
		{d->physical + status, 1, true},
	};
	unsigned count = 3;

	*(struct header *)(void *)(d->memory + header) = (struct header){
		.type = type_of(request),
		.sector = request == BLK_FLUSH ? 0 : sector,
	};
	d->memory[status] = (char)STATUS_NONE;
	if (request == BLK_FLUSH) {
		parts[1] = parts[2];
		count = 2;
	}
	/* Slots are fewer than a third of the descriptors: there is room. */
	virtqueue_add(&d->queue, parts, count, slot);
	if (++d->working > d->info.most)
		d->info.most = d->working;
	virtio_notify(&d->device, 0);
}

int disk_take(struct disk *d, unsigned *slot, int *result)
{
	uint32_t tag, bytes;
	int r = virtqueue_take(&d->queue, &tag, &bytes);

	if (r <= 0)
		return r;
	d->working--;
	*slot = tag;
	*result = d->memory[STATUS + tag] == STATUS_OK ? 0 : -E_IO;
	return 1;
}
