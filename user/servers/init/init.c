/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * init - the first program: starts the services of etc/manifest in their order,
 * each with the handles that it lists and no others, and stays.
 *
 *	init	[the manifest's name]
 */
#include "init.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MANIFEST "etc/manifest"

struct init init;

/* ---- the beginning ------------------------------------------------------ */

__attribute__((noreturn)) static void give_up(const char *what, long err)
{
	printf("init: %s: error %ld\n", what, -err);
	exit(1);
}

static uint64_t must(const char *what, long r)
{
	if (r < 0)
		give_up(what, r);
	return (uint64_t)r;
}

static void map_archive(void)
{
	size_t bytes = init.machine.archive_bytes;

	init.archive.bytes = bytes;
	init.archive.base = (const void *)must(
		"the archive",
		space_map_object(SELF, NULL, bytes, PROT_R, HANDLE_ARCHIVE, 0));
}

static void read_manifest(const char *name)
{
	struct manifest_error e;
	struct archive_file f;

	if (archive_find(&init.archive, name, &f)) {
		printf("init: no %s in the archive\n", name);
		exit(1);
	}
	if (manifest_parse(f.data, f.bytes, &init.manifest, &e)) {
		printf("init: %s:%u: %s%s%s\n", name, e.line, e.word,
		       e.word[0] ? ": " : "", e.why);
		exit(1);
	}
}

static void prepare(unsigned n)
{
	struct service *s = &init.service[n];

	s->m = &init.manifest.service[n];
	if (s->m->serves)
		s->endpoint = must("an endpoint", endpoint_create());
}

static void begin(const char *manifest)
{
	must("the machine", machine_info(HANDLE_MACHINE, &init.machine));
	map_archive();
	read_manifest(manifest);
	init.door = must("an endpoint", endpoint_create());
	init.deaths = must("a notification", notification_create());
	must("binding", notification_bind(init.deaths));
	for (unsigned i = 0; i < init.manifest.count; i++)
		prepare(i);
	for (unsigned i = 0; i < init.manifest.count; i++)
		supervise_start(i);
}

/* ---- and all the rest --------------------------------------------------- */

static char received[ANSWER_ROOM];

/* Whose message it is, or -1. */
static int sender(const struct message *m)
{
	return m->badge >= 1 && m->badge <= init.manifest.count
		       ? (int)m->badge - 1
		       : -1;
}

/* *m is the reply after it; false: nobody waits for one. */
static bool serve(struct message *m)
{
	struct message got = *m;
	int n = sender(m);

	*m = (struct message){.extra = NULL};
	if (got.came & IPC_SIGNAL) {
		supervise_ended(got.word[0]);
		return false;
	}
	memcpy(m->word, got.word, sizeof(m->word));
	if (n >= 0 && (got.came & IPC_KERNEL))
		supervise_fault((unsigned)n, m);
	else if (n >= 0)
		answer((unsigned)n, m, received, IPC_BYTES(got.came));
	return got.came & IPC_ASKS;
}

static void wait_for(struct message *m, bool reply_first)
{
	static struct ipc_extra in = {.receive = (uint64_t)received,
				      .receive_bytes = sizeof(received)};
	long err;

	if (reply_first)
		ipc_reply(SELF, m); /* who asked may be gone: so be it */
	do {
		*m = (struct message){.extra = &in};
		err = ipc_receive(init.door, m);
	} while (err == -E_INTR || err == -E_CANCELED || err == -E_PEER);
	if (err)
		give_up("receiving", err);
}

int main(int argc, char **argv)
{
	struct message m;
	bool replies = false;

	begin(argc > 1 ? argv[1] : MANIFEST);
	for (;;) {
		wait_for(&m, replies);
		replies = serve(&m);
	}
}
