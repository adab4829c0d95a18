/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * frames.h - physical memory for host tests that do not test frame.c itself.
 *
 * Stands in for kernel/mm/frame.c: the functions of mm/frame.h over one arena
 * of the host's memory, taken at the first use. Under AddressSanitizer a free
 * frame may not be touched, so use after free is found at frame granularity.
 * frame_alloc() knows order 0 only, and fails when fail_after() says so.
 */
#ifndef TESTS_HOST_FRAMES_H
#define TESTS_HOST_FRAMES_H
#include "mm/frame.h"

#define HOST_FRAMES   8192u	   /* 32 MiB */
#define HOST_RAM_BASE 0x80000000ul /* the physical address of the first */

#endif
