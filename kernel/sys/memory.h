/* SPDX-License-Identifier: BSD-2-Clause */
/* memory.h - figures that boot finds out and memory_info() tells. */
#ifndef SYS_MEMORY_H
#define SYS_MEMORY_H
#include "lib/types.h"

/* Bytes of RAM that were not free when boot was done. */
extern uint64_t memory_boot_taken;

#endif
