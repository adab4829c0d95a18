/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * manifest.c - twice over the lines: the first time for the names, so that a
 * service can name one that comes later; the second time for all else.
 *
 * A line is split into words; the first says what to do with the others: one
 * row of rules[], one function.
 */
#include "manifest.h"
#include "words.h"
#include <abi/error.h>
#include <abi/handle.h>
#include <abi/thread.h>
#include <string.h>

struct parser {
	struct manifest *m;
	struct manifest_service *s; /* whose block it is; NULL before any */
	bool first;		    /* the first time over the lines */
	uint32_t seen;		    /* rows of rules[] in this block */
	struct words w;		    /* of the line */
	const char *about;	    /* the word that the error is about */
};

/* ---- errors ------------------------------------------------------------- */

static const char *error(struct parser *p, const char *word, const char *why)
{
	p->about = word;
	return why;
}

static const char *read_number(struct parser *p, const char *word, uint64_t max,
			       uint64_t *n)
{
	const char *why = words_number(word, max, n);

	return why ? error(p, word, why) : NULL;
}

static const char *read_size(struct parser *p, uint64_t *n)
{
	const char *why = words_size(p->w.word[1], n);

	return why ? error(p, p->w.word[1], why) : NULL;
}

struct choice {
	const char *word;
	unsigned value;
};

/* The value of the word in a list that ends with word NULL, or -1. */
static int choose(const struct choice *list, const char *word)
{
	for (; list->word; list++) {
		if (strcmp(list->word, word) == 0)
			return (int)list->value;
	}
	return -1;
}

/* ---- services ----------------------------------------------------------- */

static bool is_name(const char *s)
{
	size_t n = strlen(s);

	return n > 0 && n < MANIFEST_NAME && s[0] != '-' &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == n;
}

int manifest_find(const struct manifest *m, const char *name)
{
	for (unsigned i = 0; i < m->count; i++) {
		if (strcmp(m->service[i].name, name) == 0)
			return (int)i;
	}
	return MANIFEST_NO_SERVICE;
}

static const char *new_service(struct parser *p)
{
	const char *name = p->w.word[1];

	if (!is_name(name) || strcmp(name, "init") == 0)
		return error(p, name, "not a name for a service");
	if (manifest_find(p->m, name) >= 0)
		return error(p, name, "a second service of that name");
	if (p->m->count == MANIFEST_SERVICES)
		return "too many services";
	p->s = &p->m->service[p->m->count++];
	*p->s = (struct manifest_service){.stdio = MANIFEST_NO_SERVICE,
					  .priority = PRIORITY_DEFAULT,
					  .harts = ~0ul};
	strcpy(p->s->name, name);
	return NULL;
}

static const char *end_service(struct parser *p)
{
	if (p->s && !p->first && !p->s->file[0])
		return error(p, p->s->name, "the service before has no file");
	return NULL;
}

static const char *set_service(struct parser *p)
{
	const char *why = end_service(p);

	p->seen = 0;
	if (why || p->first)
		return why ? why : new_service(p);
	p->s = &p->m->service[manifest_find(p->m, p->w.word[1])];
	return NULL;
}

static const char *set_serves(struct parser *p)
{
	p->s->serves = true;
	return NULL;
}

/* A service that can be called, as 1 << number in *bit. */
static const char *find_server(struct parser *p, const char *word,
			       uint32_t *bit)
{
	int n = manifest_find(p->m, word);

	if (n < 0)
		return error(p, word, "no such service");
	if (!p->m->service[n].serves)
		return error(p, word, "that service does not serve");
	*bit = 1u << n;
	return NULL;
}

static const char *set_calls(struct parser *p)
{
	const char *why = NULL;
	uint32_t bit;

	for (unsigned i = 1; i < p->w.count && !why; i++) {
		if (strcmp(p->w.word[i], "init") == 0) {
			p->s->calls_init = true;
			continue;
		}
		why = find_server(p, p->w.word[i], &bit);
		if (!why)
			p->s->calls |= bit;
	}
	return why;
}

/* Names, or * for every service. */
static const char *read_set(struct parser *p, bool serving, uint32_t *set)
{
	for (unsigned i = 1; i < p->w.count; i++) {
		const char *word = p->w.word[i], *why = NULL;
		int n = manifest_find(p->m, word);
		uint32_t bit = n < 0 ? 0 : 1u << n;

		if (strcmp(word, "*") == 0)
			bit = MANIFEST_EVERY;
		else if (n < 0)
			why = error(p, word, "no such service");
		else if (serving)
			why = find_server(p, word, &bit);
		if (why)
			return why;
		*set |= bit;
	}
	p->s->calls_init = true;
	return NULL;
}

static const char *set_finds(struct parser *p)
{
	return read_set(p, true, &p->s->finds);
}

static const char *set_controls(struct parser *p)
{
	return read_set(p, false, &p->s->controls);
}

static const char *set_stdio(struct parser *p)
{
	const char *why;
	uint32_t bit;

	why = find_server(p, p->w.word[1], &bit);
	if (!why)
		p->s->stdio = manifest_find(p->m, p->w.word[1]);
	return why;
}

/* ---- what it is, and what it is given ----------------------------------- */

static const char *set_file(struct parser *p)
{
	if (strlen(p->w.word[1]) >= MANIFEST_PATH)
		return error(p, p->w.word[1], "too long a path");
	strcpy(p->s->file, p->w.word[1]);
	return NULL;
}

static const char *set_args(struct parser *p)
{
	char *to = p->s->text;

	for (unsigned i = 1; i < p->w.count; i++) {
		size_t n = strlen(p->w.word[i]) + 1;

		if (n > (size_t)(p->s->text + MANIFEST_TEXT - to))
			return error(p, p->w.word[i], "too long arguments");
		memcpy(to, p->w.word[i], n);
		to += n;
		p->s->args++;
	}
	return NULL;
}

static const char *set_machine(struct parser *p)
{
	static const struct choice rights[] = {
		{"devices", RIGHT_DEVICES},
		{"lines", RIGHT_LINES},
		{"frames", RIGHT_FRAMES},
		{"power", RIGHT_POWER},
		{NULL, 0},
	};

	for (unsigned i = 1; i < p->w.count; i++) {
		int right = choose(rights, p->w.word[i]);

		if (right < 0)
			return error(p, p->w.word[i],
				     "not devices, lines, frames or power");
		p->s->machine |= (unsigned)right;
	}
	return NULL;
}

static const char *set_archive(struct parser *p)
{
	p->s->archive = true;
	return NULL;
}

static const char *set_device(struct parser *p)
{
	static const struct choice devices[] = {
		{"uart", DEVICE_UART},
		{"virtio-blk", DEVICE_VIRTIO_BLK},
		{"virtio-net", DEVICE_VIRTIO_NET},
		{NULL, 0},
	};
	int device = choose(devices, p->w.word[1]);
	uint64_t index = 0;
	const char *why;

	if (device < 0)
		return error(p, p->w.word[1],
			     "not uart, virtio-blk or virtio-net");
	why = p->w.count > 2 ? read_number(p, p->w.word[2], 31, &index) : NULL;
	p->s->device = (enum manifest_device)device;
	p->s->device_index = (unsigned)index;
	return why;
}

static const char *set_dma(struct parser *p)
{
	return read_size(p, &p->s->dma);
}

static const char *set_keep(struct parser *p)
{
	return read_size(p, &p->s->keep);
}

/* ---- how it runs -------------------------------------------------------- */

static const char *set_restart(struct parser *p)
{
	uint64_t times, seconds;
	const char *why;

	if (strcmp(p->w.word[2], "in") != 0)
		return "write: restart TIMES in SECONDS";
	why = read_number(p, p->w.word[1], MANIFEST_RESTARTS, &times);
	if (!why)
		why = read_number(p, p->w.word[3], 1000000, &seconds);
	if (why)
		return why;
	if (seconds == 0)
		return error(p, p->w.word[3], "no time at all");
	p->s->restarts = (unsigned)times;
	p->s->seconds = (unsigned)seconds;
	return NULL;
}

static const char *set_priority(struct parser *p)
{
	uint64_t n;
	const char *why = read_number(p, p->w.word[1], PRIORITIES - 1, &n);

	if (!why)
		p->s->priority = (unsigned)n;
	return why;
}

static const char *set_harts(struct parser *p)
{
	const char *why = NULL;
	uint64_t n;

	p->s->harts = 0;
	for (unsigned i = 1; i < p->w.count && !why; i++) {
		why = read_number(p, p->w.word[i], 63, &n);
		if (!why)
			p->s->harts |= 1ul << n;
	}
	return why;
}

static const char *set_final(struct parser *p)
{
	p->s->final = true;
	return NULL;
}

/* ---- lines -------------------------------------------------------------- */

struct rule {
	const char *word;
	unsigned char min, max; /* words behind it */
	bool early;		/* of the first time over the lines, ... */
	bool late;		/* ... and of the second */
	const char *(*set)(struct parser *p);
};

static const struct rule rules[] = {
	{"service", 1, 1, true, true, set_service},
	{"serves", 0, 0, true, false, set_serves},
	{"file", 1, 1, false, true, set_file},
	{"args", 1, MANIFEST_ARGS, false, true, set_args},
	{"calls", 1, MANIFEST_SERVICES + 1, false, true, set_calls},
	{"finds", 1, MANIFEST_SERVICES, false, true, set_finds},
	{"controls", 1, MANIFEST_SERVICES, false, true, set_controls},
	{"stdio", 1, 1, false, true, set_stdio},
	{"machine", 1, 4, false, true, set_machine},
	{"archive", 0, 0, false, true, set_archive},
	{"device", 1, 2, false, true, set_device},
	{"dma", 1, 1, false, true, set_dma},
	{"keep", 1, 1, false, true, set_keep},
	{"restart", 3, 3, false, true, set_restart},
	{"priority", 1, 1, false, true, set_priority},
	{"harts", 1, 32, false, true, set_harts},
	{"final", 0, 0, false, true, set_final},
};
#define RULES (sizeof(rules) / sizeof(rules[0]))
_Static_assert(RULES <= 32, "a bit each in seen");

static const char *check_row(struct parser *p, unsigned row)
{
	const struct rule *r = &rules[row];
	unsigned n = p->w.count - 1;

	if (n < r->min)
		return error(p, r->word, "something is missing behind it");
	if (n > r->max)
		return error(p, p->w.word[r->max + 1], "too much in the line");
	if (row == 0)
		return NULL;
	if (!p->s)
		return error(p, r->word, "it stands before any service");
	if (p->seen & 1u << row)
		return error(p, r->word, "a second one in this service");
	p->seen |= 1u << row;
	return NULL;
}

static const char *read_line(struct parser *p, const char *text, size_t n)
{
	const char *why = words_split(&p->w, text, n);
	unsigned row = 0;

	if (why || p->w.count == 0)
		return why;
	while (row < RULES && strcmp(rules[row].word, p->w.word[0]) != 0)
		row++;
	if (row == RULES)
		return error(p, p->w.word[0], "no such word at a line's start");
	why = check_row(p, row);
	if (why || !(p->first ? rules[row].early : rules[row].late))
		return why;
	return rules[row].set(p);
}

static int fail(const struct parser *p, unsigned line, const char *why,
		struct manifest_error *e)
{
	e->line = line;
	e->why = why;
	e->word[0] = 0;
	if (p->about)
		strncat(e->word, p->about, sizeof(e->word) - 1);
	return -E_INVAL;
}

static int read_lines(struct parser *p, const char *text, size_t bytes,
		      struct manifest_error *e)
{
	const char *why, *end = text + bytes;
	unsigned line = 0;

	p->s = NULL;
	while (text < end) {
		const char *eol = memchr(text, '\n', (size_t)(end - text));
		size_t n = (size_t)((eol ? eol : end) - text);

		line++;
		why = read_line(p, text, n);
		if (why)
			return fail(p, line, why, e);
		text += n + 1;
	}
	if (p->m->count == 0)
		return fail(p, line, "no service in it", e);
	why = end_service(p);
	return why ? fail(p, line, why, e) : 0;
}

int manifest_parse(const char *text, size_t bytes, struct manifest *m,
		   struct manifest_error *e)
{
	struct parser p = {.m = m, .first = true};
	int err;

	m->count = 0;
	err = read_lines(&p, text, bytes, e);
	if (err)
		return err;
	p.first = false;
	return read_lines(&p, text, bytes, e);
}
