/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * log.h - lines for a person. Whole lines go out at once, so two harts do not
 * mix theirs. Formats are what format.c knows: integers, characters, strings.
 */
#ifndef LIB_LOG_H
#define LIB_LOG_H
#include "lib/types.h"

#define LOG_LINE 256 /* longest line; the rest of a longer one is cut */

/* Where bytes go. Set once early by platform/console; NULL swallows them. */
extern void (*log_sink)(const char *s, size_t n);

__attribute__((format(printf, 1, 2))) void log_print(const char *fmt, ...);

/* Raw bytes, as they are: a user program's output. */
void log_write(const char *s, size_t n);

/* From now on nothing waits for the log's lock: the machine is dying. */
void log_panic_mode(void);

#endif
