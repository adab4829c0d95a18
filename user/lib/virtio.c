/* SPDX-License-Identifier: BSD-2-Clause */
/* virtio.c - registers of virtio over MMIO. Sections are of virtio 1.1. */
#include "virtio.h"
#include <abi/error.h>
#include <string.h>

/* 4.2.2: the layout; offsets in bytes. */
enum {
	MAGIC = 0x00,
	VERSION = 0x04,
	DEVICE_ID = 0x08,
	DEVICE_FEATURES = 0x10,
	DEVICE_FEATURES_SELECT = 0x14,
	DRIVER_FEATURES = 0x20,
	DRIVER_FEATURES_SELECT = 0x24,
	QUEUE_SELECT = 0x30,
	QUEUE_SIZE_MAX = 0x34,
	QUEUE_SIZE = 0x38,
	QUEUE_READY = 0x44,
	QUEUE_NOTIFY = 0x50,
	INTERRUPT_STATUS = 0x60,
	INTERRUPT_ACK = 0x64,
	STATUS = 0x70,
	QUEUE_DESCRIPTORS = 0x80, /* low word, then the high one */
	QUEUE_AVAILABLE = 0x90,
	QUEUE_USED = 0xa0,
	CONFIG_GENERATION = 0xfc,
	CONFIG = 0x100,
};

#define MAGIC_VALUE 0x74726976u /* "virt" */

/* 2.1 */
enum {
	STATUS_ACKNOWLEDGE = 1,
	STATUS_DRIVER = 2,
	STATUS_DRIVER_OK = 4,
	STATUS_FEATURES_OK = 8,
	STATUS_NEEDS_RESET = 64,
};

#define RESET_READS 100000u /* a device that is there is done long before */

/* ---- access ------------------------------------------------------------- */

/*
 * The fences order registers against memory that the device reads and writes:
 * a queue's index is there before the notification, and an interrupt's reason
 * is read before the queue is.
 */
#ifdef QUIRE_HOST
static uint32_t read(struct virtio *v, unsigned offset, unsigned width)
{
	return virtio_host_read(v->registers, offset, width);
}

static void set(struct virtio *v, unsigned offset, uint32_t n)
{
	virtio_host_write(v->registers, offset, n);
}
#else
static uint32_t read(struct virtio *v, unsigned offset, unsigned width)
{
	volatile void *at = v->registers + offset;
	uint32_t n = width == 1	  ? *(volatile uint8_t *)at
		     : width == 2 ? *(volatile uint16_t *)at
				  : *(volatile uint32_t *)at;

	__asm__ volatile("fence i, rw" ::: "memory");
	return n;
}

static void set(struct virtio *v, unsigned offset, uint32_t n)
{
	__asm__ volatile("fence rw, o" ::: "memory");
	*(volatile uint32_t *)(v->registers + offset) = n;
}
#endif

static uint32_t get(struct virtio *v, unsigned offset)
{
	return read(v, offset, 4);
}

static int fail(struct virtio *v, const char *why)
{
	v->why = why;
	return -E_IO;
}

/* ---- initialization: 3.1.1 ---------------------------------------------- */

unsigned virtio_identify(volatile void *registers)
{
	struct virtio v = {.registers = registers};

	if (get(&v, MAGIC) != MAGIC_VALUE || get(&v, VERSION) != 2)
		return 0;
	return get(&v, DEVICE_ID);
}

static uint64_t offered(struct virtio *v)
{
	uint64_t low;

	set(v, DEVICE_FEATURES_SELECT, 0);
	low = get(v, DEVICE_FEATURES);
	set(v, DEVICE_FEATURES_SELECT, 1);
	return low | (uint64_t)get(v, DEVICE_FEATURES) << 32;
}

static void add_status(struct virtio *v, uint32_t bits)
{
	set(v, STATUS, get(v, STATUS) | bits);
}

static int reset(struct virtio *v)
{
	set(v, STATUS, 0);
	for (unsigned i = 0; i < RESET_READS; i++) {
		if (get(v, STATUS) == 0)
			return 0;
	}
	return fail(v, "the device does not end its reset");
}

static int agree(struct virtio *v, uint64_t wanted)
{
	uint64_t has = offered(v);

	if (!(has & VIRTIO_F_VERSION_1))
		return fail(v, "a legacy device");
	v->features = has & (wanted | VIRTIO_F_VERSION_1);
	set(v, DRIVER_FEATURES_SELECT, 0);
	set(v, DRIVER_FEATURES, (uint32_t)v->features);
	set(v, DRIVER_FEATURES_SELECT, 1);
	set(v, DRIVER_FEATURES, (uint32_t)(v->features >> 32));
	add_status(v, STATUS_FEATURES_OK);
	if (!(get(v, STATUS) & STATUS_FEATURES_OK))
		return fail(v, "the device refuses what it offered");
	return 0;
}

int virtio_start(struct virtio *v, volatile void *registers, unsigned kind,
		 uint64_t wanted)
{
	*v = (struct virtio){.registers = registers};
	if (virtio_identify(registers) != kind)
		return fail(v, "no modern virtio device of that kind");
	if (reset(v))
		return -E_IO;
	add_status(v, STATUS_ACKNOWLEDGE);
	add_status(v, STATUS_DRIVER);
	return agree(v, wanted);
}

void virtio_go(struct virtio *v)
{
	add_status(v, STATUS_DRIVER_OK);
}

/* ---- queues: 4.2.3.2 ---------------------------------------------------- */

unsigned virtio_queue_size(struct virtio *v, unsigned n, unsigned most)
{
	uint32_t max;

	set(v, QUEUE_SELECT, n);
	max = get(v, QUEUE_SIZE_MAX);
	if (max == 0 || get(v, QUEUE_READY) != 0)
		return 0;
	while (most > max)
		most /= 2;
	return most;
}

static void set_address(struct virtio *v, unsigned offset, uint64_t physical)
{
	set(v, offset, (uint32_t)physical);
	set(v, offset + 4, (uint32_t)(physical >> 32));
}

void virtio_queue_start(struct virtio *v, unsigned n, const struct virtqueue *q)
{
	set(v, QUEUE_SELECT, n);
	set(v, QUEUE_SIZE, q->size);
	set_address(v, QUEUE_DESCRIPTORS, q->physical[0]);
	set_address(v, QUEUE_AVAILABLE, q->physical[1]);
	set_address(v, QUEUE_USED, q->physical[2]);
	set(v, QUEUE_READY, 1);
}

/* ---- at work ------------------------------------------------------------ */

void virtio_notify(struct virtio *v, unsigned n)
{
	set(v, QUEUE_NOTIFY, n);
}

unsigned virtio_interrupt(struct virtio *v)
{
	uint32_t reasons = get(v, INTERRUPT_STATUS);

	if (reasons)
		set(v, INTERRUPT_ACK, reasons);
	return reasons;
}

bool virtio_is_broken(struct virtio *v)
{
	return get(v, STATUS) & STATUS_NEEDS_RESET;
}

#define CONFIG_TRIES 1000u /* it cannot change for ever */

void virtio_config(struct virtio *v, unsigned offset, void *to, unsigned width,
		   unsigned count)
{
	uint32_t before, field;

	for (unsigned tries = 0; tries < CONFIG_TRIES; tries++) {
		before = get(v, CONFIG_GENERATION);
		for (unsigned i = 0; i < count; i++) {
			field = read(v, CONFIG + offset + i * width, width);
			memcpy((char *)to + (size_t)i * width, &field, width);
		}
		if (get(v, CONFIG_GENERATION) == before)
			return;
	}
}
