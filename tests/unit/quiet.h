/* SPDX-License-Identifier: BSD-2-Clause */
/* quiet.h - looking at all memory while other harts may be zeroing some. */
#ifndef TESTS_UNIT_QUIET_H
#define TESTS_UNIT_QUIET_H
#include <stdint.h>

/* Free frames once nothing is in flight; kernel caches are trimmed first. */
uint64_t quiet_frames(void);

/* mm_check(), unless a test failed and kept frames. */
void quiet_check(void);

#endif
