/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * boot.h - what the kernel reads and does once.
 */
#ifndef BOOT_BOOT_H
#define BOOT_BOOT_H
#include "boot/archive.h"
#include "boot/args.h"
#include "lib/types.h"
#include "platform/board.h"

extern struct board board;
extern struct boot_args boot_args;
extern struct archive boot_archive; /* base NULL: there is none */

/*
 * The machine as given cannot be booted: prints "quire: ..." and stops with a
 * failing status.
 */
__attribute__((noreturn, format(printf, 1, 2))) void boot_fail(const char *fmt,
							       ...);

/* Reads the devicetree at physical `fdt` and the boot arguments in it. */
void boot_read_board(pa_t fdt);

/* Bytes of the devicetree, while its window is there. */
uint32_t boot_fdt_size(void);

/* All memory: the linear map, then the frames. */
void boot_memory(pa_t image, pa_t fdt, uint64_t fdt_size);

/* Its memory is free, if it is RAM that nothing else lies in. */
void boot_give_fdt(pa_t fdt, uint64_t size);

/* Starts every other usable hart and waits until it is up. */
void boot_harts(void);

/* Finds the archive that came with the kernel and checks it. */
void boot_find_archive(void);

struct task;

/*
 * What the first program finds in its handle table (abi/handle.h): the machine,
 * the archive. Ends the run if there is no memory for that.
 */
void boot_give_handles(struct task *t);

/* The first program, ready to be started. */
struct thread;
struct thread *boot_load(void);

/*
 * Boot is over: gives away what only boot needed, this function's caller among
 * it, and starts the first program; when that ends so does the run. The kernel
 * with its unit tests has them in place of the program, and keeps everything.
 */
__attribute__((noreturn)) void boot_run(struct thread *first);

#endif
