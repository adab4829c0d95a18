/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fake_virtio.h - a virtio device for host tests, as good or bad as a test wants
 * it: its registers, and the far end of its queues. Virtio 1.1, 4.2.2.
 *
 * Queue memory lies at FAKE_PHYSICAL as the device sees it; fake_at() finds it.
 */
#ifndef TESTS_HOST_USER_FAKE_VIRTIO_H
#define TESTS_HOST_USER_FAKE_VIRTIO_H
#include "user/lib/virtio.h"

#define FAKE_PHYSICAL 0x90000000ul
#define FAKE_QUEUES   2

struct fake_virtio {
	uint32_t word[64];
	uint64_t features, agreed;
	unsigned queue_max[FAKE_QUEUES];
	uint64_t queue[FAKE_QUEUES][3];	 /* addresses that it was told */
	uint32_t ready[FAKE_QUEUES + 1]; /* one too many for bad numbers */
	uint16_t seen[FAKE_QUEUES];	 /* chains that it has taken */
	bool never_resets, refuses;
	unsigned generation_changes; /* reads of it that differ */
	uint8_t config[64];
	unsigned resets, notified;
	char *memory;
	uint64_t bytes;
};

extern struct fake_virtio fake;

/* A modern device, just as a driver that died has left it. */
void fake_make(unsigned kind, uint64_t features, void *memory, uint64_t bytes);

/* The memory at a physical address. */
void *fake_at(uint64_t physical, uint64_t bytes);

/* The descriptors of the next chain on queue n: how many; 0: none is new. */
unsigned fake_take(unsigned n, uint16_t *id, struct virtqueue_descriptor *to,
		   unsigned max);

/* Queue n: the device is done with a chain. */
void fake_use(unsigned n, uint32_t id, uint32_t bytes);

#endif
