/* SPDX-License-Identifier: BSD-2-Clause */
/* check.h - checks in a test program: the first that fails ends it with 1. */
#ifndef TESTS_USER_CHECK_H
#define TESTS_USER_CHECK_H
#include "quire.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 4096ul
#define RW   (PROT_R | PROT_W)

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

static inline struct memory_info counts(void)
{
	struct memory_info m;

	CHECK_EQ(memory_info(&m), 0);
	return m;
}

#endif
