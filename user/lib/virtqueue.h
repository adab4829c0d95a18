/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * virtqueue.h - a split virtqueue, the driver's side. Virtio 1.1, section 2.6.
 *
 *	memory:	| descriptors (16 each) | available ring | used ring |
 *		 the driver writes       the driver writes the device writes
 *
 * Pure: memory goes in, indices come out; who owns the device's registers tells
 * it of the queue and notifies it (virtio.h). What the driver must know of its
 * own - which descriptors are free, how a chain hangs together, what the device
 * may write - lies in struct virtqueue and not in the memory that the device
 * reaches. Of what the device says every number is read once and checked; the
 * first lie breaks the queue, for good.
 *
 * One thread uses a queue.
 */
#ifndef USER_VIRTQUEUE_H
#define USER_VIRTQUEUE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VIRTQUEUE_MAX 128u /* descriptors */

/* 2.6.5 */
struct virtqueue_descriptor {
	uint64_t address; /* physical */
	uint32_t bytes;
	uint16_t flags;
	uint16_t next;
};
_Static_assert(sizeof(struct virtqueue_descriptor) == 16, "virtq_desc");

/* 2.6.6: idx counts up for ever; the entry is at idx modulo the size. */
struct virtqueue_available {
	uint16_t flags;
	uint16_t idx;
	uint16_t ring[];
};

/* 2.6.8 */
struct virtqueue_used {
	uint16_t flags;
	uint16_t idx;
	struct {
		uint32_t id;	/* the chain's first descriptor */
		uint32_t bytes; /* that the device has written */
	} ring[];
};
_Static_assert(sizeof(((struct virtqueue_used *)0)->ring[0]) == 8,
	       "virtq_used_elem");

/* What the driver knows of a descriptor. */
struct virtqueue_own {
	uint16_t next;
	uint16_t length;   /* of the chain that begins here, 0: none does */
	uint32_t writable; /* bytes in it that the device may write */
	uint32_t tag;
};

struct virtqueue {
	struct virtqueue_descriptor *descriptor;
	struct virtqueue_available *available;
	struct virtqueue_used *used;
	uint64_t physical[3]; /* of those three */
	uint16_t size;	      /* a power of 2 */
	uint16_t free, first_free;
	uint16_t added, taken; /* chains so far, modulo 2^16 */
	bool broken;
	struct virtqueue_own own[VIRTQUEUE_MAX];
};

/* One piece of a buffer. */
struct virtqueue_part {
	uint64_t physical;
	uint32_t bytes;	    /* not 0 */
	bool device_writes; /* those that it reads stand first: 2.6.4.2 */
};

/* Bytes of memory for a queue of that many descriptors. */
size_t virtqueue_bytes(unsigned size);

/*
 * An empty queue in zeroed memory of virtqueue_bytes(size), 16-byte aligned, at
 * that physical address. `size` is a power of 2, at most VIRTQUEUE_MAX.
 */
void virtqueue_init(struct virtqueue *q, unsigned size, void *memory,
		    uint64_t physical);

/*
 * A chain of `count` parts for the device, which virtqueue_take() will name by
 * `tag`: 0, or -E_AGAIN if there are not as many free descriptors. The device
 * may see it at once, and must be notified.
 */
int virtqueue_add(struct virtqueue *q, const struct virtqueue_part *parts,
		  unsigned count, uint32_t tag);

/*
 * A chain that the device is done with: 1, with its tag and the bytes that the
 * device says it wrote, which are no more than it was given; 0 if there is
 * none; -E_IO if the device has ever said what cannot be. Its descriptors are
 * free again.
 */
int virtqueue_take(struct virtqueue *q, uint32_t *tag, uint32_t *bytes);

#endif
