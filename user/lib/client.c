/* SPDX-License-Identifier: BSD-2-Clause */
/* client.c - the same message again. */
#include "client.h"

/* Of a reply that broke off. */
static void close_handles(const struct message *m)
{
	for (unsigned i = 0; m->came & IPC_CUT && i < IPC_COUNT(m->came); i++)
		handle_close(m->handle[i]);
}

long client_call(uint64_t endpoint, struct message *m)
{
	const struct message first = *m;
	long err;

	for (unsigned tries = 1;; tries++) {
		err = ipc_call(endpoint, m);
		if (err != -E_PEER)
			return err;
		close_handles(m);
		if (tries == CLIENT_TRIES)
			return err;
		*m = first;
	}
}

long client_ask(uint64_t endpoint, struct message *m)
{
	long err = client_call(endpoint, m);

	return err ? err : (long)m->word[0];
}
