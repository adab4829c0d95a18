/* SPDX-License-Identifier: BSD-2-Clause */
/* answer.c - one request, decoded and done. */
#include "init.h"
#include "proto/init.h"
#include <string.h>

static char text[INIT_TEXT_MAX];
static struct ipc_extra reply_text;

static bool permits(uint32_t set, int n)
{
	return set >> n & 1;
}

/* The service that the bytes name, or NULL. */
static struct service *named(const char *data, uint32_t bytes)
{
	char name[MANIFEST_NAME] = "";
	int n;

	if (bytes >= sizeof(name))
		return NULL;
	memcpy(name, data, bytes);
	n = manifest_find(&init.manifest, name);
	return n < 0 ? NULL : &init.service[n];
}

static long find(unsigned asker, const struct service *s)
{
	if (!permits(init.service[asker].m->finds, (int)(s - init.service)))
		return -E_PERM;
	if (!s->m->serves)
		return -E_NOENT;
	if (!s->endpoint)
		return -E_STALE;
	return handle_duplicate(init.service[asker].task, s->endpoint,
				RIGHT_SEND, init_badge(asker));
}

static long end(unsigned asker, const struct service *s, int status)
{
	if (!permits(init.service[asker].m->controls, (int)(s - init.service)))
		return -E_PERM;
	if (s->state != SERVICE_RUNS)
		return -E_STALE;
	return task_end(s->task, status);
}

static long list(struct message *m)
{
	uint64_t room = m->word[1];
	uint32_t n = listing(text, room < sizeof(text) ? (uint32_t)room
						       : sizeof(text));

	reply_text =
		(struct ipc_extra){.send = (uint64_t)text, .send_bytes = n};
	m->extra = &reply_text;
	return n;
}

static long act(unsigned asker, struct message *m, const char *data,
		uint32_t bytes)
{
	const struct service *s;

	if (init.service[asker].state != SERVICE_RUNS)
		return -E_STALE; /* its last words */
	if (m->word[0] == INIT_LIST)
		return list(m);
	s = named(data, bytes);
	if (!s)
		return -E_NOENT;
	switch (m->word[0]) {
	case INIT_FIND:
		return find(asker, s);
	case INIT_COUNT:
		return s->starts;
	case INIT_END:
		return end(asker, s, (int)m->word[1]);
	default:
		return -E_INVAL;
	}
}

void answer(unsigned n, struct message *m, const char *data, uint32_t bytes)
{
	m->word[0] = (uint64_t)act(n, m, data, bytes);
}
