/* SPDX-License-Identifier: BSD-2-Clause */
/* device.c - what a service is given for all its lives. */
#include "init.h"
#include "service.h"
#include "virtio.h"
#include <stdio.h>
#include <string.h>

#define PAGE 4096ul

static int complain(const struct service *s, const char *what, long err)
{
	if (err)
		printf("init: %s: %s: error %ld\n", s->m->name, what, -err);
	else
		printf("init: %s: %s\n", s->m->name, what);
	return -1;
}

/* A handle into *to, or a complaint. */
static int keep(const struct service *s, const char *what, long r, uint64_t *to)
{
	if (r < 0)
		return complain(s, what, r);
	*to = (uint64_t)r;
	return 0;
}

/* ---- finding ------------------------------------------------------------ */

static long registers_of(const struct machine_device *d)
{
	uint64_t start = d->base & ~(PAGE - 1);
	uint64_t end = (d->base + d->bytes + PAGE - 1) & ~(PAGE - 1);

	return object_create(HANDLE_MACHINE, end - start, start);
}

/* The virtio ID of what answers there, 0 if nothing does. */
static unsigned identify(const struct machine_device *d)
{
	long object = registers_of(d), at;
	unsigned id;

	if (object < 0)
		return 0;
	at = space_map_object(SELF, NULL, PAGE, PROT_R | PROT_W | MAP_SHARED,
			      (uint64_t)object, 0);
	if (at < 0) {
		handle_close((uint64_t)object);
		return 0;
	}
	// NOLINTNEXTLINE(performance-no-int-to-ptr)
	id = virtio_identify((volatile char *)at + d->base % PAGE);
	// NOLINTNEXTLINE(performance-no-int-to-ptr)
	space_unmap(SELF, (const void *)at, PAGE);
	handle_close((uint64_t)object);
	return id;
}

/*
 * From the highest address down: QEMU gives the last slot to the first -device
 * of its command line.
 */
static const struct machine_device *find_virtio(unsigned id, unsigned index)
{
	for (unsigned i = init.machine.virtio_count; i > 0; i--) {
		const struct machine_device *d = &init.machine.virtio[i - 1];

		if (identify(d) == id && index-- == 0)
			return d;
	}
	return NULL;
}

static const struct machine_device *find_uart(struct service *s)
{
	static const char *const kinds[] = {
		[MACHINE_UART_NONE] = "none",
		[MACHINE_UART_NS16550] = "ns16550",
		[MACHINE_UART_SIFIVE] = "sifive",
	};
	const struct machine_info *m = &init.machine;

	if (s->m->device_index > 0 || m->uart_kind > MACHINE_UART_SIFIVE ||
	    m->uart_kind == MACHINE_UART_NONE || !m->uart.base)
		return NULL;
	snprintf(s->device, sizeof(s->device), "%s,%u,%u", kinds[m->uart_kind],
		 m->uart_shift, m->uart_width);
	return &m->uart;
}

/* ---- making ------------------------------------------------------------- */

static int make_interrupt(struct service *s, unsigned source)
{
	if (keep(s, "a notification", notification_create(), &s->signal))
		return -1;
	if (!source)
		return 0;
	return keep(s, "its interrupt",
		    interrupt_create(HANDLE_MACHINE, source, s->signal,
				     SERVICE_INTERRUPT),
		    &s->interrupt);
}

static int make_device(struct service *s)
{
	const struct machine_device *d;

	if (s->m->device == DEVICE_UART)
		d = find_uart(s);
	else
		d = find_virtio(s->m->device & ~DEVICE_VIRTIO,
				s->m->device_index);
	if (!d)
		return complain(s, "this machine has no such device", 0);
	if (!s->device[0])
		strcpy(s->device, "virtio");
	s->offset = (uint32_t)(d->base % PAGE);
	if (keep(s, "its registers", registers_of(d), &s->registers))
		return -1;
	return make_interrupt(s, d->source);
}

int device_prepare(struct service *s)
{
	const struct manifest_service *m = s->m;

	if (m->device != DEVICE_NONE && make_device(s))
		return -1;
	if (m->dma &&
	    keep(s, "memory for the device",
		 object_create(HANDLE_MACHINE, m->dma, OBJECT_DMA), &s->dma))
		return -1;
	if (m->keep && keep(s, "memory to keep",
			    object_create(SELF, m->keep, 0), &s->keep))
		return -1;
	if (m->machine)
		return keep(s, "the machine",
			    handle_duplicate(SELF, HANDLE_MACHINE,
					     m->machine | RIGHT_DUPLICATE, 0),
			    &s->machine);
	return 0;
}
