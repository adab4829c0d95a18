/* SPDX-License-Identifier: BSD-2-Clause */
/* virtqueue.c - chains out, chains back. Sections are of virtio 1.1. */
#include "virtqueue.h"
#include <abi/error.h>
#include <string.h>

#define DESCRIPTOR_NEXT	 1u /* 2.6.5 */
#define DESCRIPTOR_WRITE 2u

/* ---- memory that somebody else reads and writes ------------------------- */

static uint16_t load_index(const uint16_t *p)
{
	return __atomic_load_n(p, __ATOMIC_ACQUIRE);
}

static uint32_t load_once(const uint32_t *p)
{
	return __atomic_load_n(p, __ATOMIC_RELAXED);
}

/* 2.6.13.3: what is in the ring is seen before the index that covers it. */
static void publish_index(uint16_t *p, uint16_t n)
{
	__atomic_store_n(p, n, __ATOMIC_RELEASE);
}

/* ---- the queue ---------------------------------------------------------- */

static size_t available_offset(unsigned size)
{
	return size * sizeof(struct virtqueue_descriptor);
}

/* Aligned to 4; the last two bytes of each ring are for events, unused here. */
static size_t used_offset(unsigned size)
{
	return available_offset(size) + ((4 + 2 * size + 2 + 3) & ~3u);
}

size_t virtqueue_bytes(unsigned size)
{
	return used_offset(size) + 4 + 8 * size + 2;
}

void virtqueue_init(struct virtqueue *q, unsigned size, void *memory,
		    uint64_t physical)
{
	char *at = memory;

	memset(q, 0, sizeof(*q));
	q->size = (uint16_t)size;
	q->descriptor = memory;
	q->available = (void *)(at + available_offset(size));
	q->used = (void *)(at + used_offset(size));
	q->physical[0] = physical;
	q->physical[1] = physical + available_offset(size);
	q->physical[2] = physical + used_offset(size);
	q->free = q->size;
	for (unsigned i = 0; i < size; i++)
		q->own[i].next = (uint16_t)(i + 1);
}

static void write_descriptor(struct virtqueue *q, unsigned n,
			     const struct virtqueue_part *part, bool last)
{
	unsigned flags = (part->device_writes ? DESCRIPTOR_WRITE : 0) |
			 (last ? 0 : DESCRIPTOR_NEXT);

	q->descriptor[n] = (struct virtqueue_descriptor){
		.address = part->physical,
		.bytes = part->bytes,
		.flags = (uint16_t)flags,
		.next = last ? 0 : q->own[n].next,
	};
}

int virtqueue_add(struct virtqueue *q, const struct virtqueue_part *parts,
		  unsigned count, uint32_t tag)
{
	uint16_t first = q->first_free, n = first;
	uint32_t writable = 0;

	if (count == 0 || count > q->free)
		return -E_AGAIN;
	for (unsigned i = 0; i < count; i++) {
		write_descriptor(q, n, &parts[i], i + 1 == count);
		if (parts[i].device_writes)
			writable += parts[i].bytes;
		n = q->own[n].next;
	}
	q->first_free = n;
	q->free = (uint16_t)(q->free - count);
	q->own[first].length = (uint16_t)count;
	q->own[first].writable = writable;
	q->own[first].tag = tag;

	q->available->ring[q->added & (q->size - 1)] = first;
	publish_index(&q->available->idx, ++q->added);
	return 0;
}

static void free_chain(struct virtqueue *q, unsigned first)
{
	unsigned last = first;

	for (unsigned i = 1; i < q->own[first].length; i++)
		last = q->own[last].next;
	q->free = (uint16_t)(q->free + q->own[first].length);
	q->own[first].length = 0;
	q->own[last].next = q->first_free;
	q->first_free = (uint16_t)first;
}

static int break_queue(struct virtqueue *q)
{
	q->broken = true;
	return -E_IO;
}

int virtqueue_take(struct virtqueue *q, uint32_t *tag, uint32_t *bytes)
{
	uint16_t ready = (uint16_t)(load_index(&q->used->idx) - q->taken);
	unsigned at = q->taken & (q->size - 1u);
	uint32_t id;

	if (q->broken)
		return -E_IO;
	if (ready == 0)
		return 0;
	if (ready > (uint16_t)(q->added - q->taken))
		return break_queue(q); /* more than it was given */
	id = load_once(&q->used->ring[at].id);
	*bytes = load_once(&q->used->ring[at].bytes);
	if (id >= q->size || q->own[id].length == 0 ||
	    *bytes > q->own[id].writable)
		return break_queue(q);
	*tag = q->own[id].tag;
	free_chain(q, id);
	q->taken++;
	return 1;
}
