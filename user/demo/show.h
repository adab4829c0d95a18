/* SPDX-License-Identifier: BSD-2-Clause */
/* show.h - addresses, regions and faults, printed for a person. */
#ifndef DEMO_SHOW_H
#define DEMO_SHOW_H

/* A numbered headline. */
void show_step(const char *what);

/* One line: address, frame, entry in Sv39 and in x86-64, what kind of page. */
void show(const char *what, const void *address);

/* The space's regions, as in /proc/self/maps. */
void show_regions(void);

/* Those that have this label: MAP_HEAP, MAP_STACK. */
void show_region_with(unsigned flag);

/* What page faults have done so far. */
void show_faults(void);

#endif
