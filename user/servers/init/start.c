/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * start.c - one life of a service. Its environment grows with the handles that
 * it is given: one string each (user/lib/service.h).
 */
#include "init.h"
#include "service.h"
#include "spawn.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define TEXT_MAX 2048

struct life {
	unsigned n;
	struct service *s;
	struct spawn spawn;
	long err; /* the first that went wrong; nothing is done after it */
	unsigned strings;
	const char *environment[SPAWN_STRINGS + 1];
	unsigned used;
	char text[TEXT_MAX];
};

/* ---- the environment ---------------------------------------------------- */

__attribute__((format(printf, 2, 3))) static void tell(struct life *l,
						       const char *fmt, ...)
{
	size_t room = TEXT_MAX - l->used;
	va_list args;
	int n;

	if (l->err)
		return;
	va_start(args, fmt);
	n = vsnprintf(l->text + l->used, room, fmt, args);
	va_end(args);
	if (n < 0 || (size_t)n >= room || l->strings == SPAWN_STRINGS) {
		l->err = -E_RANGE;
		return;
	}
	l->environment[l->strings++] = l->text + l->used;
	l->used += (unsigned)n + 1;
}

/* A handle of init's, if there is one, becomes one of the service's. */
static void give(struct life *l, const char *name, uint64_t handle,
		 unsigned rights, uint64_t badge)
{
	long r;

	if (l->err || !handle)
		return;
	r = handle_duplicate(l->spawn.task, handle, rights, badge);
	if (r < 0)
		l->err = r;
	else
		tell(l, "%s=%ld", name, r);
}

static void give_device(struct life *l)
{
	const struct service *s = l->s;

	give(l, "registers", s->registers, RIGHT_READ | RIGHT_WRITE, 0);
	give(l, "interrupt", s->interrupt, 0, 0);
	give(l, "signal", s->signal, RIGHT_SIGNAL | RIGHT_WAIT, 0);
	give(l, "dma", s->dma,
	     RIGHT_DUPLICATE | RIGHT_READ | RIGHT_WRITE | RIGHT_DMA, 0);
	give(l, "keep", s->keep, RIGHT_READ | RIGHT_WRITE, 0);
	if (s->device[0])
		tell(l, "device=%s", s->device);
	if (s->registers)
		tell(l, "offset=%u", s->offset);
	if (s->dma)
		tell(l, "dma-bytes=%lu", (unsigned long)s->m->dma);
	if (s->keep)
		tell(l, "keep-bytes=%lu", (unsigned long)s->m->keep);
}

static void give_services(struct life *l)
{
	const struct manifest_service *m = l->s->m;
	uint64_t badge = init_badge(l->n);

	give(l, "door", l->s->endpoint, RIGHT_RECEIVE, 0);
	for (unsigned i = 0; i < init.manifest.count; i++) {
		if (m->calls >> i & 1)
			give(l, init.service[i].m->name,
			     init.service[i].endpoint, RIGHT_SEND, badge);
	}
	if (m->calls_init)
		give(l, "init", init.door, RIGHT_SEND, badge);
	if (m->stdio >= 0)
		give(l, "stdio", init.service[m->stdio].endpoint, RIGHT_SEND,
		     badge);
}

static void give_all(struct life *l)
{
	give_services(l);
	give_device(l);
	give(l, "machine", l->s->machine, l->s->m->machine, 0);
	if (l->s->m->archive) {
		give(l, "archive", HANDLE_ARCHIVE, RIGHT_READ | RIGHT_EXECUTE,
		     0);
		tell(l, "archive-bytes=%lu", (unsigned long)init.archive.bytes);
	}
}

/* ---- the life ----------------------------------------------------------- */

/* Its faults come to the door with its badge. */
static void watch_faults(struct life *l)
{
	long door;

	if (l->err)
		return;
	door = handle_duplicate(SELF, init.door, RIGHT_SEND | RIGHT_DUPLICATE,
				init_badge(l->n));
	if (door < 0) {
		l->err = door;
		return;
	}
	l->err = task_handler(l->spawn.task, (uint64_t)door);
	handle_close((uint64_t)door);
}

static void watch_end(struct life *l)
{
	if (!l->err)
		l->err = handle_watch(l->spawn.task, init.deaths, 1ul << l->n);
}

static void start_thread(struct life *l)
{
	const struct manifest_service *m = l->s->m;
	const char *arguments[MANIFEST_ARGS + 2] = {m->name};
	const char *text = m->text;

	for (unsigned i = 0; i < m->args; i++) {
		arguments[i + 1] = text;
		text += strlen(text) + 1;
	}
	if (!l->err)
		l->err = spawn_start(&l->spawn, arguments, l->environment,
				     m->priority, m->harts);
}

static int complain(const struct service *s, const char *why, long err)
{
	if (why)
		printf("init: %s: %s: %s\n", s->m->name, s->m->file, why);
	else
		printf("init: %s: %s: error %ld\n", s->m->name, s->m->file,
		       -err);
	return -1;
}

int service_start(unsigned n)
{
	static struct life l; /* too large for the stack's first page */
	struct service *s = &init.service[n];
	struct archive_file f;
	struct spawn_file file;

	l = (struct life){.n = n, .s = s};
	if (archive_find(&init.archive, s->m->file, &f))
		return complain(s, "no such file in the archive", 0);
	file = (struct spawn_file){HANDLE_ARCHIVE, f.offset, f.data, f.bytes};
	l.err = spawn_task(&l.spawn, &file, s->m->name);
	if (l.err)
		return complain(s, l.spawn.why, l.err);
	give_all(&l);
	watch_faults(&l);
	watch_end(&l);
	start_thread(&l);
	if (l.err) {
		spawn_drop(&l.spawn);
		return complain(s, NULL, l.err);
	}
	spawn_release(&l.spawn);
	s->task = l.spawn.task;
	s->state = SERVICE_RUNS;
	s->starts++;
	return 0;
}
