/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fuzz.c - the reference model under libFuzzer: the bytes of the input are the
 * choices. A crash file is replayed by giving it as the argument.
 */
#include "tests/host/mm/run.h"
#include "tests/test.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	run_now = 1;
	run_by_bytes(bytes, n);
	return 0;
}

/* ---- what checks call -------------------------------------------------------- */

__attribute__((noreturn)) static void leave(void)
{
	fprintf(stderr, "# at %s\n", run_where());
	abort();
}

void test_fail(const char *file, int line, const char *what)
{
	fprintf(stderr, "# %s:%d: CHECK %s\n", file, line, what);
	leave();
}

void test_fail_eq(const char *file, int line, const char *what, uint64_t actual,
		  uint64_t expected)
{
	fprintf(stderr, "# %s:%d: CHECK %s: 0x%" PRIx64 ", not 0x%" PRIx64 "\n",
		file, line, what, actual, expected);
	leave();
}
