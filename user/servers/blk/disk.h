/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * disk.h - a virtio block device (virtio 1.1, section 5.2) with DISK_SLOTS
 * requests at once. A slot is a request and its buffer of BLK_MAX bytes:
 *
 *	DMA memory: | queue | headers and statuses | buffer 0 | buffer 1 | ...
 */
#ifndef BLK_DISK_H
#define BLK_DISK_H
#include "proto/blk.h"
#include "virtio.h"

#define DISK_SLOTS 16u
#define DISK_QUEUE 64u /* descriptors, three a request */

struct disk {
	struct virtio device;
	struct virtqueue queue;
	struct blk_info info;
	unsigned working; /* requests that the device has */
	unsigned slots;	  /* that the device's queue has room for */
	char *memory;
	uint64_t physical;
};

/* Bytes of DMA memory that a disk needs. */
#define DISK_MEMORY (2 * 4096ul + DISK_SLOTS * (uint64_t)BLK_MAX)

/*
 * Resets the device and starts it: 0, or -E_IO and d->device.why. `memory` is
 * DISK_MEMORY bytes at that physical address, with whatever in it: a driver
 * before may have died while the device was writing there.
 */
int disk_begin(struct disk *d, volatile void *registers, void *memory,
	       uint64_t physical);

char *disk_buffer(struct disk *d, unsigned slot);

/* Its physical address. */
uint64_t disk_buffer_address(const struct disk *d, unsigned slot);

/* Whether the request makes sense: 0, -E_INVAL, -E_RANGE, -E_PERM. */
int disk_check(const struct blk_info *info, unsigned request, uint64_t sector,
	       uint64_t bytes);

/*
 * A request that disk_check() likes - BLK_READ, BLK_WRITE, BLK_FLUSH - goes to the
 * device, with the memory at that physical address.
 */
void disk_submit(struct disk *d, unsigned slot, unsigned request,
		 uint64_t sector, uint64_t data, uint32_t bytes);

/*
 * A request that has been carried out: 1, with its slot and how it went, 0 or
 * -E_IO; 0: none; -E_IO: the device makes no sense.
 */
int disk_take(struct disk *d, unsigned *slot, int *result);

#endif
