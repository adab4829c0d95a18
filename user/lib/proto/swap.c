/* SPDX-License-Identifier: BSD-2-Clause */
#include "proto/swap.h"
#include "client.h"
#include <string.h>

long swap_info(uint64_t swap, unsigned area, struct swap_info *to)
{
	struct ipc_extra extra = {.receive = (uint64_t)to->name,
				  .receive_bytes = SWAP_NAME_MAX - 1};
	struct message m = {.word = {SWAP_INFO, area}, .extra = &extra};
	long err;

	memset(to, 0, sizeof(*to));
	err = client_ask(swap, &m);
	to->slots = m.word[1];
	to->used = m.word[2];
	to->in = m.word[3];
	to->out = m.word[4];
	to->errors = m.word[5];
	return err;
}

long swap_object(uint64_t swap, unsigned area)
{
	struct ipc_extra extra = {.accept = 1};
	struct message m = {.word = {SWAP_OBJECT, area}, .extra = &extra};
	long err = client_ask(swap, &m);

	if (err)
		return err;
	return IPC_COUNT(m.came) ? (long)m.handle[0] : -E_MFILE;
}
