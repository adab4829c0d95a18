/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * kernel_stubs.c - what kernel code expects beneath it, on the host.
 *
 * All of it is weak: a test program that links the kernel's own log.c or
 * lock.c, or has a better model of a part, gets that instead. One hart, one
 * thread: a lock that is taken twice would wait for ever, and is a failure.
 */
#include "arch/layout.h"
#include "lib/assert.h"
#include "lib/lock.h"
#include "lib/log.h"
#include "tests/host/fail.h"
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define WEAK __attribute__((weak))

/* ---- the end ---------------------------------------------------------- */

WEAK void panic(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fprintf(stderr, "# panic: ");
	vfprintf(stderr, fmt, args);
	fprintf(stderr, "\n");
	va_end(args);
	abort();
}

WEAK void assert_failed(const char *what, const char *file, int line)
{
	fprintf(stderr, "# %s:%d: assert(%s) failed\n", file, line, what);
	abort();
}

/* ---- the log ---------------------------------------------------------- */

WEAK void (*log_sink)(const char *s, size_t n);

WEAK void log_write(const char *s, size_t n)
{
	fwrite(s, 1, n, stderr);
}

WEAK void log_print(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
}

WEAK void log_panic_mode(void)
{
}

/* ---- locks ------------------------------------------------------------ */

WEAK unsigned lock_hart(void)
{
	return 0;
}

WEAK void lock_init(struct lock *l, enum lock_rank rank)
{
	*l = (struct lock)LOCK_INIT((uint8_t)rank);
}

WEAK bool lock_try(struct lock *l)
{
	if (l->held)
		return false;
	l->held = 1;
	return true;
}

WEAK void lock_take(struct lock *l)
{
	if (!lock_try(l))
		panic("a lock of rank %u is taken twice", l->rank);
}

WEAK void lock_drop(struct lock *l)
{
	assert(l->held);
	l->held = 0;
}

WEAK bool lock_is_held(const struct lock *l)
{
	return l->held;
}

WEAK uint64_t lock_waits(void)
{
	return 0;
}

/* ---- memory ----------------------------------------------------------- */

WEAK uint64_t host_linear;

static unsigned fail_left = UINT_MAX;
static bool fail_was_hit;

void fail_after(unsigned n)
{
	fail_left = n;
	fail_was_hit = false;
}

void fail_never(void)
{
	fail_after(UINT_MAX);
}

bool fail_hit(void)
{
	return fail_was_hit;
}

bool fail_now(void)
{
	if (fail_left == UINT_MAX)
		return false;
	if (fail_left > 0) {
		fail_left--;
		return false;
	}
	fail_was_hit = true;
	return true;
}
