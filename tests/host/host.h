/* SPDX-License-Identifier: BSD-2-Clause */
/* host.h - what the stubs and the tests tell the runner on the host. */
#ifndef TESTS_HOST_HOST_H
#define TESTS_HOST_HOST_H
#include <stdint.h>

/*
 * What a test of many rounds is at; printed if the test fails or dies, unless
 * it is 0. The runner sets it to 0 before each test.
 */
extern uint64_t host_seed;

/* The same in words; NULL, as it is before each test: nothing to add. */
extern const char *(*host_where)(void);

#endif
