/* SPDX-License-Identifier: BSD-2-Clause */
/* golden.h - reads the answers of x86 MMUs, line by line. Host only. */
#ifndef TESTS_X86_GOLDEN_H
#define TESTS_X86_GOLDEN_H
#include <stdbool.h>

/* Opens tests/x86/vectors/`name`; run from the top folder. Fails the test. */
void golden_open(const char *name);

/* Is `line` the next one? Else prints both; false, too, at the end. */
bool golden_is_next(const char *line);

/* All lines were asked for. Closes the file. */
bool golden_at_end(void);

#endif
