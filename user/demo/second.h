/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * second.h - a second space: a clone of the tour's, with one thread in it that
 * reads pages when it is told. One at a time.
 */
#ifndef DEMO_SECOND_H
#define DEMO_SECOND_H
#include <stdbool.h>
#include <stdint.h>

/* The caller has the clone's priority from now on: who waits yields. */
bool second_begin(void);
void second_end(void);

/* With all rights: to walk, to list, to map into. */
uint64_t second_space(void);

/* It is to read what lies at `at`. */
void second_reads(const void *at);
bool second_is_done(void);

/* It has ended: by a fault. */
bool second_has_failed(void);

#endif
