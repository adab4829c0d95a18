/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * virtio.h - a virtio device behind memory-mapped registers. Virtio 1.1, section
 * 4.2 (the modern layout, version 2) and 3.1 (initialization).
 *
 *	virtio_start()		resets it, and agrees on features
 *	virtio_queue_size()	for each queue: how large it may be, ...
 *	virtio_queue_start()	... and where it is
 *	virtio_go()		from here on the device works
 *
 * A device that was at work when its driver died is silent after virtio_start():
 * the reset has been read back before anything else is done (4.2.2.2).
 *
 * On the host the registers are a test's: virtio_host_read() and _write().
 */
#ifndef USER_VIRTIO_H
#define USER_VIRTIO_H
#include "virtqueue.h"

/* 5: which kind of device. */
#define VIRTIO_NET 1u
#define VIRTIO_BLK 2u

/* 6: features that are not of one kind of device. */
#define VIRTIO_F_VERSION_1 (1ul << 32)

struct virtio {
	volatile char *registers;
	uint64_t features; /* agreed on */
	const char *why;   /* after an error: a literal text */
};

/* The device's ID, 0 if there is none or no modern device. */
unsigned virtio_identify(volatile void *registers);

/*
 * Resets the device, which must be of this kind, and agrees on VERSION_1 and
 * what it offers of `wanted`: 0, or -E_IO and v->why.
 */
int virtio_start(struct virtio *v, volatile void *registers, unsigned kind,
		 uint64_t wanted);

/*
 * The largest power of 2 that queue n can have, at most `most`; 0: there is no
 * such queue.
 */
unsigned virtio_queue_size(struct virtio *v, unsigned n, unsigned most);

/* Queue n is this one. */
void virtio_queue_start(struct virtio *v, unsigned n,
			const struct virtqueue *q);

void virtio_go(struct virtio *v);

/* Queue n has something new for the device. */
void virtio_notify(struct virtio *v, unsigned n);

/* Takes the reasons of an interrupt: VIRTIO_INTERRUPT_*. */
#define VIRTIO_INTERRUPT_USED	1u
#define VIRTIO_INTERRUPT_CONFIG 2u
unsigned virtio_interrupt(struct virtio *v);

/* Whether the device asks to be reset (2.1.2). */
bool virtio_is_broken(struct virtio *v);

/*
 * Of the device's own configuration `count` fields, each `width` bytes (1, 2 or
 * 4, as 4.2.2.2 wants them accessed), all of one moment (2.4.1).
 */
void virtio_config(struct virtio *v, unsigned offset, void *to, unsigned width,
		   unsigned count);

#ifdef QUIRE_HOST
uint32_t virtio_host_read(volatile void *registers, unsigned offset,
			  unsigned width);
void virtio_host_write(volatile void *registers, unsigned offset, uint32_t n);
#endif

#endif
