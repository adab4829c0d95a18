/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * kspace.h - the kernel half: what arch/layout.h draws, made real.
 *
 * Nothing in it is both writable and executable, also not by way of the linear
 * map: there the image's text and constants are read-only.
 */
#ifndef ARCH_KSPACE_H
#define ARCH_KSPACE_H
#include "lib/types.h"

/*
 * Builds the linear map over `ram` (page aligned, in order, disjoint) but for
 * what lies in `hidden` (the firmware's), with the largest leaves that fit, and
 * drops what was mapped for boot alone but the devicetree window. 0, or
 * -E_NOMEM when the pieces need more tables than there are, -E_RANGE when RAM
 * lies outside the linear map.
 */
int kspace_init(pa_t image, const struct pa_range *ram, unsigned n,
		const struct pa_range *hidden, unsigned hidden_n);

/* Drops the devicetree window. The boot hart's tables alone; before others run.
 */
void kspace_drop_window(void);

/*
 * Maps a device's registers into the linear map; gives their address or NULL.
 * Mapping the same registers twice is fine.
 */
volatile void *kspace_map_device(pa_t pa, uint64_t len);

/* A stack for hart `index` from two frames at `pa`: 0 or -E_NOMEM. */
int kspace_map_stack(unsigned index, pa_t pa);

/* Highest address of hart `index`'s stack, and the lowest above its guard. */
va_t kspace_stack_top(unsigned index);
va_t kspace_stack_limit(unsigned index);

/* The guard page's owner if `va` lies in one: the hart's index, or -1. */
int kspace_guard_of(va_t va);

/*
 * Boot is over: its code and constants are no longer mapped on any hart, and
 * what they lay in is RAM as any other. For one who does not return there.
 */
struct pa_range kspace_drop_init(void);

/* Where the code ends that can be run. */
extern va_t kspace_code_end;

/* Where the image's physical copy begins and ends. */
extern pa_t kspace_image_pa, kspace_image_end_pa;

/* Physical address of code or of WHOLE_PAGES in the image. */
pa_t kspace_image_address(const void *p);

#endif
