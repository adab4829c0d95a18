/* SPDX-License-Identifier: BSD-2-Clause */
/* types.h - the three address-like types; everything else is a plain struct. */
#ifndef LIB_TYPES_H
#define LIB_TYPES_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint64_t va_t;	/* a virtual address */
typedef uint64_t pa_t;	/* a physical address */
typedef uint64_t pte_t; /* a page-table entry; read it with arch/mmu.h only */

struct pa_range {
	pa_t start, end; /* [start, end) */
};

#define PAGE_SHIFT 12
#define PAGE_SIZE  4096ul
#define PAGE_MASK  (PAGE_SIZE - 1)

/* A function that is seldom run, beside others that often are: made small. */
#define COLD __attribute__((cold))

/*
 * A function that nobody calls once boot is over, beside others that stay: its
 * memory is given away (linker/kernel.ld). Whole files: INIT in the Makefile.
 */
#ifndef QUIRE_HOST
#define INIT __attribute__((section(".init.text"), cold))
#else
#define INIT
#endif

/*
 * Variables that start as zero, at a place of their own (arch/layout.h): NEAR, a
 * larger one that is used from many places; WHOLE_PAGES, whole pages whose
 * physical address is asked for.
 */
#ifndef QUIRE_HOST
#define NEAR	    __attribute__((section(".bss.near")))
#define WHOLE_PAGES __attribute__((section(".bss.pages"), aligned(4096)))
#else
#define NEAR
#define WHOLE_PAGES __attribute__((aligned(4096)))
#endif

#define KiB 1024ul
#define MiB (1024ul * KiB)
#define GiB (1024ul * MiB)

#endif
