/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * newlib.c - snprintf() where the C library is newlib, whose own has the heap,
 * a locale and its struct _reent behind it. Of stdio.h the kernel uses no more.
 *
 * Conversions d i u x p c s %, flags - and 0, a width and a string's precision
 * (both also as *), sizes l ll z j t: 64 bits each. What is not one of these
 * appears as it is written, and takes no argument.
 */
#include "lib/types.h"
#include <stdarg.h>
#include <stdio.h>

struct format {
	char *to;
	size_t room, length; /* length counts also what found no room */
	va_list args;

	/* the conversion at hand */
	bool left, zero, wide;
	int width, precision; /* precision: -1 without one */
};

static void put(struct format *f, char c)
{
	if (f->length + 1 < f->room)
		f->to[f->length] = c;
	f->length++;
}

static void pad(struct format *f, bool wanted, char c, int n)
{
	while (wanted && n-- > 0)
		put(f, c);
}

/* A sign or "0x", then n characters, in the field's width. */
static void put_field(struct format *f, const char *sign, const char *s, int n)
{
	int fill = f->width - n;

	for (const char *c = sign; *c; c++)
		fill--;
	pad(f, !f->left && !f->zero, ' ', fill);
	while (*sign)
		put(f, *sign++);
	pad(f, !f->left && f->zero, '0', fill);
	for (int i = 0; i < n; i++)
		put(f, s[i]);
	pad(f, f->left, ' ', fill);
}

static void put_number(struct format *f, const char *sign, uint64_t value,
		       unsigned base)
{
	char digits[20]; /* 2^64 in base 10 */
	char *end = digits + sizeof(digits), *p = end;

	do {
		*--p = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	put_field(f, sign, p, (int)(end - p));
}

static void put_signed(struct format *f)
{
	int64_t v = f->wide ? va_arg(f->args, int64_t) : va_arg(f->args, int);

	put_number(f, v < 0 ? "-" : "", v < 0 ? -(uint64_t)v : (uint64_t)v, 10);
}

static void put_unsigned(struct format *f, unsigned base)
{
	put_number(f, "",
		   f->wide ? va_arg(f->args, uint64_t)
			   : va_arg(f->args, unsigned),
		   base);
}

static void put_string(struct format *f)
{
	const char *s = va_arg(f->args, const char *);
	int n = 0;

	if (!s)
		s = "(null)";
	while (n != f->precision && s[n])
		n++;
	put_field(f, "", s, n);
}

static const char *read_count(struct format *f, const char *s, int *count)
{
	if (*s == '*') {
		*count = va_arg(f->args, int);
		return s + 1;
	}
	for (*count = 0; *s >= '0' && *s <= '9'; s++)
		*count = *count * 10 + (*s - '0');
	return s;
}

/* What stands between % and the conversion's letter, which it returns. */
static const char *read_spec(struct format *f, const char *s)
{
	f->left = f->zero = f->wide = false;
	f->precision = -1;
	for (; *s == '-' || *s == '0'; s++)
		*(*s == '-' ? &f->left : &f->zero) = true;
	s = read_count(f, s, &f->width);
	if (f->width < 0) {
		f->left = true;
		f->width = -f->width;
	}
	if (*s == '.')
		s = read_count(f, s + 1, &f->precision);
	for (; *s == 'l' || *s == 'z' || *s == 'j' || *s == 't'; s++)
		f->wide = true;
	return s;
}

/* False if there is no such conversion. */
static bool convert(struct format *f, char letter)
{
	char c;

	switch (letter) {
	case 'd':
	case 'i':
		put_signed(f);
		return true;
	case 'u':
		put_unsigned(f, 10);
		return true;
	case 'x':
		put_unsigned(f, 16);
		return true;
	case 'p':
		put_number(f, "0x", (uintptr_t)va_arg(f->args, void *), 16);
		return true;
	case 'c':
		c = (char)va_arg(f->args, int);
		put_field(f, "", &c, 1);
		return true;
	case 's':
		put_string(f);
		return true;
	case '%':
		put(f, '%');
		return true;
	}
	return false;
}

int vsnprintf(char *to, size_t room, const char *fmt, va_list args)
{
	struct format f = {.to = to, .room = room};
	const char *end;

	va_copy(f.args, args);
	while (*fmt) {
		end = *fmt == '%' ? read_spec(&f, fmt + 1) : fmt;
		if (end == fmt || !convert(&f, *end))
			put(&f, *fmt++);
		else
			fmt = end + 1;
	}
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
