/* SPDX-License-Identifier: BSD-2-Clause */
/* client.c - the same message again. */
#include "client.h"

long client_call(uint64_t endpoint, struct message *m)
{
	const struct message first = *m;
	long err;

	for (unsigned tries = 1;; tries++) {
		err = ipc_call(endpoint, m);
		if (!err && m->came & IPC_CUT)
			err = -E_PEER;
		if (err != -E_PEER || tries == CLIENT_TRIES)
			return err;
		*m = first;
	}
}

long client_ask(uint64_t endpoint, struct message *m)
{
	long err = client_call(endpoint, m);

	return err ? err : (long)m->word[0];
}
