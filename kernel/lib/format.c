/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * format.c - snprintf() and vsnprintf() of stdio.h, of which the kernel uses no
 * more: a C library's own are three times as large, or have a heap behind them.
 *
 * Conversions d u x c s, flags - and 0, a width, a string's precision, the size
 * l: 64 bits. Another letter stands for itself, and takes no argument.
 */
#include "lib/types.h"
#include <stdarg.h>
#include <stdio.h>

struct format {
	char *to;
	size_t room, length; /* length counts also what found no room */
	va_list args;
};

static void put(struct format *f, char c)
{
	if (f->length + 1 < f->room)
		f->to[f->length] = c;
	f->length++;
}

/* The decimal number at *s, which moves behind it; -1 if there is none. */
static int read_count(const char **s)
{
	int n = -1;

	for (; **s >= '0' && **s <= '9'; ++*s)
		n = (n < 0 ? 0 : n * 10) + (**s - '0');
	return n;
}

/* Digits, from the back; 2^64 has 20 in base 10. Gives the first. */
static __attribute__((noinline)) char *write_digits(char *end, uint64_t value,
						    unsigned base)
{
	do {
		*--end = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	return end;
}

/* n characters in a field: after blanks or zeros, or before blanks. */
static void put_field(struct format *f, const char *s, int n, int width,
		      char fill)
{
	for (int i = n; fill != '-' && i < width; i++)
		put(f, fill);
	for (int i = 0; i < n; i++)
		put(f, s[i]);
	for (int i = n; fill == '-' && i < width; i++)
		put(f, ' ');
}

/* As many as there are, and as `most` says, if that is not negative. */
static int length_of(const char *s, int most)
{
	int n = 0;

	while (n != most && s[n])
		n++;
	return n;
}

/* The next argument in characters that end at `end`. */
static char *write_number(struct format *f, char *end, char letter,
			  bool is_long)
{
	uint64_t value;

	if (letter == 'c') {
		*--end = (char)va_arg(f->args, int);
		return end;
	}
	if (letter != 'd') {
		value = is_long ? va_arg(f->args, unsigned long)
				: va_arg(f->args, unsigned);
		return write_digits(end, value, letter == 'x' ? 16 : 10);
	}
	value = (uint64_t)(is_long ? va_arg(f->args, long)
				   : va_arg(f->args, int));
	if ((int64_t)value >= 0)
		return write_digits(end, value, 10);
	end = write_digits(end, -value, 10);
	*--end = '-';
	return end;
}

/* What follows a %; gives its last letter. */
static const char *convert(struct format *f, const char *p)
{
	char digits[24], *end = digits + sizeof(digits);
	char fill = *p == '0' || *p == '-' ? *p++ : ' ';
	int width = read_count(&p), most = -1, n = 1;
	bool is_long;
	const char *s;

	if (*p == '.') {
		p++;
		most = read_count(&p);
	}
	is_long = *p == 'l';
	p += is_long;
	s = p;
	if (*p == 's') {
		s = va_arg(f->args, const char *);
		n = length_of(s, most);
	} else if (*p == 'd' || *p == 'u' || *p == 'x' || *p == 'c') {
		s = write_number(f, end, *p, is_long);
		n = (int)(end - s);
	}
	put_field(f, s, n, width, fill);
	return p;
}

int vsnprintf(char *to, size_t room, const char *fmt, va_list args)
{
	struct format f = {.to = to, .room = room};

	va_copy(f.args, args);
	for (; *fmt; fmt++)
		if (*fmt == '%')
			fmt = convert(&f, fmt + 1);
		else
			put(&f, *fmt);
	va_end(f.args);
	if (room)
		to[f.length < room ? f.length : room - 1] = '\0';
	return (int)f.length;
}

int snprintf(char *to, size_t room, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(to, room, fmt, args);
	va_end(args);
	return n;
}
