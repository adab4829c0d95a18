/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libc.h - where a program's standard output goes, and its input comes from:
 * the kernel's log and nowhere, until somebody knows better (service.c).
 */
#ifndef USER_LIBC_H
#define USER_LIBC_H
#include <stddef.h>

/* Gives how many of the bytes it took; the rest goes to the kernel's log. */
extern size_t (*libc_write)(const char *s, size_t n);
/* Waits for input: how many bytes, 0 at its end, or an error. */
extern long (*libc_read)(char *to, size_t n);
/* Waits until all that was written has been shown; before the end. */
extern void (*libc_drain)(void);

/* What is printed and has not gone out yet, goes out. */
void libc_flush(void);

#endif
