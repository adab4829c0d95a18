/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libc.c - what a C library asks of the system below it: picolibc's stdio and
 * sbrk, and for newlib the functions with an underscore.
 */
#include "libc.h"
#include "quire.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#ifndef __PICOLIBC__
#include <sys/stat.h>
#include <unistd.h>
#endif

/* ---- output: whole lines ---------------------------------------------- */

size_t (*libc_write)(const char *s, size_t n);
long (*libc_read)(char *to, size_t n);
void (*libc_drain)(void);

static char line[LOG_MAX];
static size_t used;

void libc_flush(void)
{
	size_t gone = used && libc_write ? libc_write(line, used) : 0;

	if (gone < used)
		log_write(line + gone, used - gone);
	used = 0;
}

static void line_put(char c)
{
	line[used++] = c;
	if (c == '\n' || used == sizeof(line))
		libc_flush();
}

/* ---- input: what is asked for by then has been said -------------------- */

static long input(char *to, size_t n)
{
	libc_flush();
	return libc_read ? libc_read(to, n) : 0;
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

/* As far above the image as the stack is below the top, modulo 4 GiB. */
static void heap_begin(void)
{
	uint64_t page = (uint64_t)__builtin_frame_address(0) >> 12;

	heap_pages += (~page & 0xfffff) << 12;
	heap_end = heap_pages;
}

void *sbrk(ptrdiff_t more)
{
	char *old;

	if (heap_end == __end)
		heap_begin();
	old = heap_end;

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
	libc_flush();
	if (libc_drain)
		libc_drain();
	task_end(SELF, status); /* all threads */
	for (;;)
		thread_exit(status);
}

#ifdef __PICOLIBC__
static int put(char c, FILE *f)
{
	(void)f;
	line_put(c);
	return (unsigned char)c;
}

static int get(FILE *f)
{
	static char got[256];
	static size_t at, end;

	(void)f;
	if (at == end) {
		long n = input(got, sizeof(got));

		at = 0;
		end = n > 0 ? (size_t)n : 0;
		if (n <= 0)
			return n < 0 ? _FDEV_ERR : _FDEV_EOF;
	}
	return (unsigned char)got[at++];
}

static FILE console = FDEV_SETUP_STREAM(put, get, NULL, _FDEV_SETUP_RW);
FILE *const stdin = &console;
FILE *const stdout = &console;
FILE *const stderr = &console;
#else
/* line[] is the buffer: one of stdio's own would be the heap's first pages. */
int __real_main(int argc, char **argv, char **envp);

int __wrap_main(int argc, char **argv, char **envp)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	return __real_main(argc, argv, envp);
}

int _write(int fd, const char *s, int n)
{
	(void)fd;
	for (int i = 0; i < n; i++)
		line_put(s[i]);
	return n;
}

int _read(int fd, char *s, int n)
{
	(void)fd;
	return (int)input(s, (size_t)n);
}

int _close(int fd)
{
	(void)fd;
	return 0;
}

off_t _lseek(int fd, off_t to, int whence)
{
	(void)fd, (void)to, (void)whence;
	errno = ESPIPE;
	return -1;
}

int _fstat(int fd, struct stat *to)
{
	(void)fd;
	*to = (struct stat){.st_mode = S_IFCHR};
	return 0;
}

int _isatty(int fd)
{
	(void)fd;
	return 1;
}

int _getpid(void)
{
	return 1;
}

/* abort() and raise(): the status is a shell's for that signal. */
int _kill(int pid, int signal)
{
	(void)pid;
	_exit(128 + signal);
}

void *_sbrk(ptrdiff_t more)
{
	return sbrk(more);
}
#endif
