/* SPDX-License-Identifier: BSD-2-Clause */
/* log.c - formatting into a line, and handing the line on. */
#include "lib/log.h"
#include "lib/assert.h"
#include "lib/lock.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void (*log_sink)(const char *s, size_t n);
static struct lock log_lock = LOCK_INIT(LOCK_LOG);
static bool dying;

void log_panic_mode(void)
{
	dying = true;
}

void log_write(const char *s, size_t n)
{
	bool locked = false;

	if (!log_sink)
		return;
	if (!dying) {
		lock_take(&log_lock);
		locked = true;
	}
	log_sink(s, n);
	if (locked)
		lock_drop(&log_lock);
}

void log_print(const char *fmt, ...)
{
	char line[LOG_LINE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	log_write(line, strlen(line));
}

#ifdef QUIRE_DEBUG
void assert_failed(const char *what, const char *file, int line)
{
	panic("assertion \"%s\" failed at %s:%d", what, file, line);
}
#endif
