/* SPDX-License-Identifier: BSD-2-Clause */
/* service.c - reads the environment; output by way of the console's service. */
#include "service.h"
#include "libc.h"
#include "proto/console.h"
#include "quire.h"
#include <stdlib.h>
#include <string.h>

static char **given;
static uint64_t stdio;

static size_t write_out(const char *s, size_t n)
{
	long r = console_write(stdio, s, n);

	return r < 0 ? 0 : (size_t)r;
}

static long read_in(char *to, size_t n)
{
	return console_read(stdio, to, n);
}

static void flush_out(void)
{
	console_flush(stdio);
}

void service_begin(char **environment)
{
	given = environment;
	stdio = service_handle("stdio");
	if (!stdio)
		return;
	libc_write = write_out;
	libc_read = read_in;
	libc_drain = flush_out;
}

const char *service_text(const char *name)
{
	size_t n = strlen(name);

	for (char **e = given; e && *e; e++) {
		if (strncmp(*e, name, n) == 0 && (*e)[n] == '=')
			return *e + n + 1;
	}
	return NULL;
}

uint64_t service_number(const char *name)
{
	const char *text = service_text(name);

	return text ? strtoul(text, NULL, 0) : 0;
}

uint64_t service_handle(const char *name)
{
	return service_number(name);
}

void *service_map(uint64_t object, uint64_t bytes)
{
	long r = space_map_object(SELF, NULL, bytes,
				  PROT_R | PROT_W | MAP_SHARED, object, 0);

	// NOLINTNEXTLINE(performance-no-int-to-ptr)
	return r < 0 ? NULL : (void *)r;
}
