/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * check.h - checks in a service that tests another: the first that fails ends
 * it with 1, and with it the machine (`final` in its manifest).
 */
#ifndef TESTS_SERVERS_CHECK_H
#define TESTS_SERVERS_CHECK_H
#include "ipc.h"
#include "service.h"
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(x)                                                               \
	do {                                                                   \
		if (!(x)) {                                                    \
			printf("# %s:%d: CHECK %s\n", __FILE__, __LINE__, #x); \
			exit(1);                                               \
		}                                                              \
	} while (0)

#define CHECK_EQ(a, b)                                                       \
	do {                                                                 \
		long a_ = (long)(a), b_ = (long)(b);                         \
		if (a_ != b_) {                                              \
			printf("# %s:%d: CHECK %s == %s\n#   actual   %ld\n" \
			       "#   expected %ld\n",                         \
			       __FILE__, __LINE__, #a, #b, a_, b_);          \
			exit(1);                                             \
		}                                                            \
	} while (0)

#endif
