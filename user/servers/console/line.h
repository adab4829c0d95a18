/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * line.h - the line that a person is typing. Pure: characters go in, what is to
 * be shown and what has happened come out.
 *
 *	Backspace, DEL	takes a character away (all bytes of a UTF-8 one)
 *	^W		the word before
 *	^U		the whole line
 *	^C		drops the line: LINE_INTERRUPT
 *	^D		on an empty line the end of the input: LINE_END; else the
 *			line is ready as it is, without a newline
 *	Return		CR, LF or both: the line is ready, with '\n' at its end
 */
#ifndef CONSOLE_LINE_H
#define CONSOLE_LINE_H
#include <stdbool.h>
#include <stdint.h>

#define LINE_MAX  256		 /* bytes, the newline included */
#define LINE_ECHO (3 * LINE_MAX) /* the most that one character shows */

struct line {
	uint16_t used;
	bool after_cr; /* an LF that comes next belongs to it */
	char text[LINE_MAX];
};

enum line_event { LINE_NOTHING, LINE_READY, LINE_END, LINE_INTERRUPT };

/*
 * One character. *shown bytes of echo[LINE_ECHO] are for the terminal. After
 * LINE_READY text[0..used) is the line, until line_clear().
 */
enum line_event line_feed(struct line *l, char c, char *echo, unsigned *shown);

void line_clear(struct line *l);

#endif
