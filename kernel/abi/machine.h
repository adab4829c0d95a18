/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * machine.h - what the kernel knows of the board, for who holds the machine
 * handle: what drivers need, as the devicetree says it.
 */
#ifndef ABI_MACHINE_H
#define ABI_MACHINE_H
#include <stdint.h>

#define MACHINE_VIRTIO 8
#define MACHINE_TEXT   64

enum machine_uart {
	MACHINE_UART_NONE,
	MACHINE_UART_NS16550,
	MACHINE_UART_SIFIVE
};

struct machine_device {
	uint64_t base; /* physical; 0: there is none */
	uint64_t bytes;
	uint32_t source; /* interrupt source, 0: none */
	uint32_t zero;
};

struct machine_info {
	char model[MACHINE_TEXT];
	char arguments[512]; /* the boot arguments */
	struct machine_device uart;
	uint32_t uart_kind;  /* enum machine_uart */
	uint32_t uart_shift; /* register n lies at base + (n << shift) */
	uint32_t uart_width; /* of an access, bytes */
	uint32_t harts;
	uint32_t sources;      /* interrupt sources are 1 .. sources */
	uint32_t virtio_count; /* virtio-mmio slots, by address */
	struct machine_device virtio[MACHINE_VIRTIO];
	uint64_t
		archive_bytes; /* of the object HANDLE_ARCHIVE, from its start */
	uint64_t time_frequency; /* of rdtime, in hertz */
};

#endif
