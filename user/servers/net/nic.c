/* SPDX-License-Identifier: BSD-2-Clause */
/* nic.c - buffers out and back. Sections are of virtio 1.1. */
#include "nic.h"
#include <abi/error.h>
#include <string.h>

#define F_ADDRESS (1ul << 5) /* 5.1.3 */

enum { RECEIVE = 0, SEND = 1 }; /* 5.1.2: queues */

#define PAGE	  4096u
#define BUFFERS	  (2 * PAGE)
#define ONE_ROUND ((size_t)NIC_BUFFERS * NIC_BUFFER)

_Static_assert(NIC_HEADER + NET_FRAME_MAX <= NIC_BUFFER, "a frame fits");
_Static_assert(NIC_BUFFERS <= 32, "a bit each in sending");

static uint64_t receive_offset(unsigned buffer)
{
	return BUFFERS + (uint64_t)buffer * NIC_BUFFER;
}

static uint64_t send_offset(unsigned buffer)
{
	return receive_offset(buffer) + ONE_ROUND;
}

/* ---- the beginning ------------------------------------------------------ */

static bool begin_queue(struct nic *n, unsigned number, struct virtqueue *q)
{
	unsigned size = virtio_queue_size(&n->device, number, NIC_BUFFERS);
	unsigned offset = number * PAGE;

	if (size == 0)
		return false;
	_Static_assert(NIC_BUFFERS * (16 + 2 + 8) + 16 <= PAGE, "one page");
	virtqueue_init(q, size, n->memory + offset, n->physical + offset);
	virtio_queue_start(&n->device, number, q);
	if (n->buffers > size)
		n->buffers = size;
	return true;
}

static void read_address(struct nic *n)
{
	static const uint8_t local[6] = {2, 'q', 'u', 'i', 'r', 'e'};

	if (n->device.features & F_ADDRESS)
		virtio_config(&n->device, 0, n->address, 1, 6);
	else
		memcpy(n->address, local, 6);
}

int nic_begin(struct nic *n, volatile void *registers, void *memory,
	      uint64_t physical)
{
	n->memory = memory;
	n->physical = physical;
	n->buffers = NIC_BUFFERS;
	if (virtio_start(&n->device, registers, VIRTIO_NET, F_ADDRESS))
		return -E_IO;
	memset(memory, 0, NIC_MEMORY); /* after the reset: now it is ours */
	if (!begin_queue(n, RECEIVE, &n->receive) ||
	    !begin_queue(n, SEND, &n->send)) {
		n->device.why = "it lacks a queue";
		return -E_IO;
	}
	read_address(n);
	virtio_go(&n->device);
	for (unsigned i = 0; i < n->buffers; i++)
		nic_return(n, i);
	nic_offer(n);
	return 0;
}

/* ---- frames that come --------------------------------------------------- */

void nic_return(struct nic *n, unsigned buffer)
{
	struct virtqueue_part part = {n->physical + receive_offset(buffer),
				      NIC_BUFFER, true};

	virtqueue_add(&n->receive, &part, 1, buffer);
}

void nic_offer(struct nic *n)
{
	virtio_notify(&n->device, RECEIVE);
}

long nic_take(struct nic *n, unsigned *buffer, const char **frame)
{
	uint32_t tag, bytes;
	int r = virtqueue_take(&n->receive, &tag, &bytes);

	if (r <= 0)
		return r;
	*buffer = tag;
	*frame = n->memory + receive_offset(tag) + NIC_HEADER;
	if (bytes < NIC_HEADER + NET_FRAME_MIN ||
	    bytes > NIC_HEADER + NET_FRAME_MAX)
		return -E_RANGE;
	return bytes - NIC_HEADER;
}

/* ---- frames that go ----------------------------------------------------- */

int nic_room(struct nic *n, char **frame)
{
	for (unsigned i = 0; i < n->buffers; i++) {
		if (!(n->sending >> i & 1)) {
			*frame = n->memory + send_offset(i) + NIC_HEADER;
			return (int)i;
		}
	}
	return -1;
}

/* 5.1.6.2: a header of zeros asks for nothing. */
void nic_send(struct nic *n, unsigned buffer, uint32_t bytes)
{
	struct virtqueue_part part = {n->physical + send_offset(buffer),
				      NIC_HEADER + bytes, false};

	memset(n->memory + send_offset(buffer), 0, NIC_HEADER);
	n->sending |= 1u << buffer;
	virtqueue_add(&n->send, &part, 1, buffer);
	virtio_notify(&n->device, SEND);
}

int nic_collect(struct nic *n)
{
	uint32_t tag, bytes;
	int r;

	while ((r = virtqueue_take(&n->send, &tag, &bytes)) > 0)
		n->sending &= ~(1u << tag);
	return r;
}
