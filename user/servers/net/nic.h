/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nic.h - a virtio network device (virtio 1.1, section 5.1): a queue of empty
 * buffers for frames that come, a queue of frames to send.
 *
 *	DMA memory: | receive queue | send queue | NIC_BUFFERS each, 2 KiB |
 */
#ifndef NET_NIC_H
#define NET_NIC_H
#include "proto/net.h"
#include "virtio.h"

#define NIC_BUFFERS 32u /* each way */
#define NIC_BUFFER  2048u
#define NIC_HEADER  12u /* struct virtio_net_hdr: 5.1.6 */

struct nic {
	struct virtio device;
	struct virtqueue receive, send;
	uint8_t address[6];
	char *memory;
	uint64_t physical;
	uint32_t sending; /* send buffers that the device has, a mask */
	unsigned buffers; /* each way */
};

#define NIC_MEMORY (2 * 4096ul + 2 * NIC_BUFFERS * NIC_BUFFER)

/*
 * Resets the device and starts it: 0, or -E_IO and n->device.why. `memory` is
 * NIC_MEMORY bytes at that physical address, with whatever in it.
 */
int nic_begin(struct nic *n, volatile void *registers, void *memory,
	      uint64_t physical);

/*
 * A frame that has come: its length, and where it is until nic_return(). 0: there
 * is none; -E_RANGE: one of a wrong size, to be returned as well; -E_IO: the
 * device makes no sense.
 */
long nic_take(struct nic *n, unsigned *buffer, const char **frame);

/* The device may have the buffer again, after nic_offer(). */
void nic_return(struct nic *n, unsigned buffer);
void nic_offer(struct nic *n);

/* A free buffer to send from, or -1. Its NET_FRAME_MAX bytes are at *frame. */
int nic_room(struct nic *n, char **frame);

/* Sends what was put into that buffer. */
void nic_send(struct nic *n, unsigned buffer, uint32_t bytes);

/* Buffers that have been sent are free: 0, or -E_IO. */
int nic_collect(struct nic *n);

#endif
