/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libc.c - what a C library asks of the system below it: picolibc's stdio and
 * sbrk, and for newlib the functions with an underscore.
 */
#include "quire.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- output: whole lines ---------------------------------------------- */

static char line[LOG_MAX];
static size_t used;

static void line_flush(void)
{
	if (used)
		log_write(line, used);
	used = 0;
}

static void line_put(char c)
{
	line[used++] = c;
	if (c == '\n' || used == sizeof(line))
		line_flush();
}

/* ---- the heap: pages after the image, one region ---------------------- */

extern char __end[];
static char *heap_end = __end;	 /* what malloc has been given */
static char *heap_pages = __end; /* what is mapped */

static int heap_map(size_t bytes)
{
	long r = space_map(SELF, heap_pages, bytes, PROT_R | PROT_W,
			   MAP_FIXED | MAP_HEAP, NULL);

	if (r < 0)
		return -1;
	heap_pages += (bytes + 4095) & ~(size_t)4095;
	return 0;
}

void *sbrk(ptrdiff_t more)
{
	char *old = heap_end;

	if (more > 0 && heap_end + more > heap_pages &&
	    heap_map((size_t)(heap_end + more - heap_pages))) {
		errno = ENOMEM;
		return (void *)-1;
	}
	heap_end += more;
	return old;
}

void _exit(int status)
{
	line_flush();
	thread_exit(status);
}

#ifdef __PICOLIBC__
static int put(char c, FILE *f)
{
	(void)f;
	line_put(c);
	return (unsigned char)c;
}

static FILE console = FDEV_SETUP_STREAM(put, NULL, NULL, _FDEV_SETUP_WRITE);
FILE *const stdin = &console;
FILE *const stdout = &console;
FILE *const stderr = &console;
#else
int _write(int fd, const char *s, int n)
{
	(void)fd;
	for (int i = 0; i < n; i++)
		line_put(s[i]);
	return n;
}

void *_sbrk(ptrdiff_t more)
{
	return sbrk(more);
}
#endif
