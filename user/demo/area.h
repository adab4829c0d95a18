/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * area.h - a pager that keeps pages in memory of its own, as a swap area. The space
 * that has it keeps its own pages (mm/reclaim.h), and has no clone.
 */
#ifndef DEMO_AREA_H
#define DEMO_AREA_H
#include <stdbool.h>
#include <stdint.h>

/* For so many pages, all of which have their frames at once. */
bool area_open(uint64_t pages);

/* Nobody's page may be in it. */
bool area_close(void);

/* Answers one request; false: there is none. */
bool area_serve(void);

#endif
