/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * random.h - numbers that a program should not guess: where things lie. Not for
 * keys: who sees enough of them knows the next.
 *
 * Without a seed all are 0, so that everything lies where it lay last time
 * (boot argument aslr=0).
 */
#ifndef LIB_RANDOM_H
#define LIB_RANDOM_H
#include "lib/types.h"

/* Begins again from `seed`; 0: no more random numbers. */
void random_seed(uint64_t seed);

/* A number of whole pages, `bits` random bits of them, in bytes. Any hart. */
uint64_t random_pages(unsigned bits);

#endif
