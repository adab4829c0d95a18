/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * proto/console.h - a terminal that several programs share.
 *
 *	request		words		bytes	reply
 *	CONSOLE_WRITE	serial		text	bytes taken, at least 1
 *	CONSOLE_READ	room		-	0; a line, or nothing at the end
 *	CONSOLE_FLUSH	-		-	0, when all has been shown
 *	CONSOLE_WATCH	bits		-	0; a notification comes along
 *
 * A write has been taken when its bytes are in the buffer. '\n' is shown as CR
 * and LF. Its serial number is another one than that of the writer's write
 * before: so a write that was taken just before the console died is not shown
 * twice when it comes again (the console remembers the number by the handle's
 * badge). A read waits for a line, of which what does not fit stays for the
 * next; ^C ends it with -E_INTR. A line on its way to a reader at the moment when
 * the console dies is lost. Who reads first is served first. From
 * CONSOLE_WATCH on ^C signals the bits; the watcher that came last counts.
 *
 * -E_INVAL; -E_AGAIN: too many are waiting for a line.
 */
#ifndef PROTO_CONSOLE_H
#define PROTO_CONSOLE_H
#include <stddef.h>
#include <stdint.h>

enum console_request {
	CONSOLE_WRITE = 1,
	CONSOLE_READ,
	CONSOLE_FLUSH,
	CONSOLE_WATCH
};

#define CONSOLE_WRITE_MAX 4096u /* bytes in one request */

/* All of the text; gives its length. */
long console_write(uint64_t console, const char *s, size_t n);

/* A line with its '\n', or what fits of it: bytes, 0 at the end of the input. */
long console_read(uint64_t console, char *to, size_t room);

long console_flush(uint64_t console);

/* ^C signals these bits (DUPLICATE, SIGNAL) from now on. */
long console_watch(uint64_t console, uint64_t notification, uint64_t bits);

#endif
