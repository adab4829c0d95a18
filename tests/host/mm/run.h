/* SPDX-License-Identifier: BSD-2-Clause */
/* run.h - a run of the reference model: from nothing to nothing. */
#ifndef TESTS_HOST_MM_RUN_H
#define TESTS_HOST_MM_RUN_H
#include <stddef.h>
#include <stdint.h>

#define KINDS 8u /* of machines */

const char *run_kind_name(unsigned kind);

/*
 * `n` operations on that kind of machine, chosen by `seed`; then all ends, and as
 * many frames must be free as before. The same again gives the same.
 */
void run_by_seed(unsigned kind, uint64_t seed, uint64_t n);

/* The same with what a fuzzer has put together. */
void run_by_bytes(const uint8_t *bytes, size_t n);

/* After so many operations all is compared, when it has ended; as it is. */
extern unsigned run_every, run_now;

/* Seed, step, operation and page that it is at, for who reports a failure. */
const char *run_where(void);

#endif
