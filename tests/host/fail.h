/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fail.h - allocation that fails when a test wants it to.
 *
 *	for (unsigned n = 0;; n++) {
 *		fail_after(n);
 *		err = operation();
 *		if (!fail_hit())
 *			break;		  // it needs n allocations
 *		CHECK_EQ(err, -E_NOMEM);  // ... and nothing may be lost
 *	}
 *	fail_never();
 *
 * The stub of an allocator asks fail_now() on each call. The runner calls
 * fail_never() before each test.
 */
#ifndef TESTS_HOST_FAIL_H
#define TESTS_HOST_FAIL_H
#include <stdbool.h>

void fail_after(unsigned n); /* n allocations succeed, those after fail */
void fail_never(void);	     /* all succeed */
bool fail_hit(void);	     /* one has failed since fail_after() */

/* For the stubs: whether this allocation is to fail. */
bool fail_now(void);

#endif
