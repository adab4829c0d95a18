/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * state.h - what the console must not lose when it dies: text that was taken
 * and not yet shown, lines that were typed and not yet read, the line that is
 * being typed, and which write of each client came last. It lies in memory that
 * init keeps.
 *
 * Lines wait as chunks: each ends with its '\n', or with a NUL (which no line
 * has in it) where ^D ended it; so a NUL alone is the end of the input.
 */
#ifndef CONSOLE_STATE_H
#define CONSOLE_STATE_H
#include "line.h"
#include "ring.h"
#include <stddef.h>

#define STATE_OUT     0x4000u /* bytes to be shown */
#define STATE_IN      0x1000u /* bytes that were typed */
#define STATE_CLIENTS 64u

struct state {
	uint64_t magic; /* last, when all else is sound */
	struct line line;
	struct {
		uint64_t badge, serial;
		uint32_t bytes; /* that were taken of it */
	} last[STATE_CLIENTS];
	struct ring out;
	char out_bytes[STATE_OUT];
	struct ring in;
	char in_bytes[STATE_IN];
};

_Static_assert(offsetof(struct state, out_bytes) ==
		       offsetof(struct state, out) + sizeof(struct ring),
	       "behind the ring");
_Static_assert(offsetof(struct state, in_bytes) ==
		       offsetof(struct state, in) + sizeof(struct ring),
	       "behind the ring");

/*
 * What a console before left there, or a new state; whichever is the case.
 * false: what was there was damaged.
 */
bool state_begin(struct state *s);

/*
 * Takes text to be shown, '\n' as CR LF; gives how many bytes of it. The same
 * serial of the same badge as last time is not taken again.
 */
uint32_t state_write(struct state *s, uint64_t badge, uint64_t serial,
		     const char *text, uint32_t n);

/* Shows what is typed; if there is no room it is not seen, but counts. */
void state_echo(struct state *s, const char *text, uint32_t n);

/* A line waits from now on, unless too many do; `by_end`: ^D ended it. */
void state_typed(struct state *s, const char *text, uint32_t n, bool by_end);

/* Whether a read would not have to wait. */
bool state_has_line(const struct state *s);

/* The bytes of one chunk, at most `room`: 0 is the end of the input. */
uint32_t state_read(struct state *s, char *to, uint32_t room);

#endif
