/* SPDX-License-Identifier: BSD-2-Clause */
/* show.h - addresses, regions and faults, printed for a person. */
#ifndef DEMO_SHOW_H
#define DEMO_SHOW_H
#include <stdint.h>

/* A numbered headline. */
void show_step(const char *what);

/* The bits of an entry as letters: 8 in Sv39, 7 in x86-64. */
#define SHOW_BITS 16
void show_sv39(char to[SHOW_BITS], uint64_t entry);
void show_x86(char to[SHOW_BITS], uint64_t entry);

/* One line: address, frame, entry in Sv39 and in x86-64, what kind of page. */
void show(const char *what, const void *address);

/* The space's regions, as in /proc/self/maps. */
void show_regions(void);

/* Those that have this label: MAP_HEAP, MAP_STACK. */
void show_region_with(unsigned flag);

/* The one at the address. */
void show_region_at(const void *address);

/* What page faults have done so far. */
void show_faults(void);

#endif
