/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * board_parts.h - the steps of board_read(), private to platform/board*.c. Each
 * fills its part of *b and gives NULL, or a literal text: what is wrong.
 */
#ifndef PLATFORM_BOARD_PARTS_H
#define PLATFORM_BOARD_PARTS_H
#include "platform/board.h"

const char *board_read_cpus(struct board *b, const struct fdt *f);
const char *board_read_uart(struct board *b, const struct fdt *f);
/* After the cpus: it tells each its context. */
const char *board_read_plic(struct board *b, const struct fdt *f);
const char *board_read_test_device(struct board *b, const struct fdt *f);
/* After these: virtio slots, and what is the kernel's own, in one walk. */
const char *board_read_devices(struct board *b, const struct fdt *f);

/* The BOARD_ISA_* of a cpu node. */
uint32_t board_isa(const struct fdt *f, uint32_t cpu);

#endif
