/* SPDX-License-Identifier: BSD-2-Clause */
/* line.c - one character at a time. */
#include "line.h"

#define CTRL(letter) ((letter)&31)
#define DEL	     0x7f

struct echo {
	char *to;
	unsigned *used;
};

static void show(const struct echo *e, const char *s)
{
	while (*s)
		e->to[(*e->used)++] = *s++;
}

/* The bytes behind the first of a UTF-8 character (RFC 3629, section 3). */
static bool is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

static void erase_character(struct line *l, const struct echo *e)
{
	if (l->used == 0)
		return;
	do
		l->used--;
	while (l->used > 0 && is_continuation(l->text[l->used]));
	show(e, "\b \b");
}

static bool ends_in_blank(const struct line *l)
{
	return l->used > 0 && l->text[l->used - 1] == ' ';
}

static void erase_word(struct line *l, const struct echo *e)
{
	while (ends_in_blank(l))
		erase_character(l, e);
	while (l->used > 0 && !ends_in_blank(l))
		erase_character(l, e);
}

static void erase_all(struct line *l, const struct echo *e)
{
	while (l->used > 0)
		erase_character(l, e);
}

/* The last byte of the room is the newline's. */
static void insert(struct line *l, char c, const struct echo *e)
{
	char shown[2] = {c, 0};

	if (l->used >= LINE_MAX - 1) {
		show(e, "\a");
		return;
	}
	l->text[l->used++] = c;
	show(e, shown);
}

static bool is_printable(char c)
{
	unsigned char u = (unsigned char)c;

	return u >= 0x80 || (u >= ' ' && u != DEL);
}

static enum line_event finish(struct line *l, const struct echo *e)
{
	show(e, "\r\n");
	l->text[l->used++] = '\n';
	return LINE_READY;
}

static enum line_event interrupt(struct line *l, const struct echo *e)
{
	show(e, "^C\r\n");
	l->used = 0;
	return LINE_INTERRUPT;
}

static enum line_event control(struct line *l, char c, const struct echo *e)
{
	switch (c) {
	case '\r':
	case '\n':
		return finish(l, e);
	case CTRL('C'):
		return interrupt(l, e);
	case CTRL('D'):
		return l->used ? LINE_READY : LINE_END;
	case '\b':
	case DEL:
		erase_character(l, e);
		break;
	case CTRL('W'):
		erase_word(l, e);
		break;
	case CTRL('U'):
		erase_all(l, e);
		break;
	case '\t':
		insert(l, ' ', e);
		break;
	default:
		show(e, "\a");
	}
	return LINE_NOTHING;
}

enum line_event line_feed(struct line *l, char c, char *echo, unsigned *shown)
{
	struct echo e = {echo, shown};
	bool second = l->after_cr && c == '\n';

	*shown = 0;
	l->after_cr = c == '\r';
	if (second)
		return LINE_NOTHING;
	if (!is_printable(c))
		return control(l, c, &e);
	insert(l, c, &e);
	return LINE_NOTHING;
}

void line_clear(struct line *l)
{
	l->used = 0;
}
