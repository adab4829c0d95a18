/* SPDX-License-Identifier: BSD-2-Clause */
#include "proto/init.h"
#include "client.h"
#include <string.h>

static long ask(uint64_t init, uint64_t request, uint64_t word,
		const char *name)
{
	struct ipc_extra extra = {.send = (uint64_t)name,
				  .send_bytes = (uint32_t)strlen(name)};
	struct message m = {.word = {request, word}, .extra = &extra};

	if (extra.send_bytes > INIT_NAME_MAX)
		return -E_NOENT;
	return client_ask(init, &m);
}

long init_find(uint64_t init, const char *name)
{
	return ask(init, INIT_FIND, 0, name);
}

long init_count(uint64_t init, const char *name)
{
	return ask(init, INIT_COUNT, 0, name);
}

long init_end(uint64_t init, const char *name, int status)
{
	return ask(init, INIT_END, (uint64_t)status, name);
}

long init_list(uint64_t init, char *to, size_t room)
{
	struct ipc_extra extra = {.receive = (uint64_t)to,
				  .receive_bytes =
					  (uint32_t)(room < IPC_BYTES_MAX
							     ? room
							     : IPC_BYTES_MAX)};
	struct message m = {.word = {INIT_LIST, extra.receive_bytes},
			    .extra = &extra};
	long r = client_ask(init, &m);

	return r < 0 ? r : (long)IPC_BYTES(m.came);
}
