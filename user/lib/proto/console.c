/* SPDX-License-Identifier: BSD-2-Clause */
#include "proto/console.h"
#include "client.h"

/* Any that differs from the one before will do, also from another program's. */
static uint64_t next_serial(void)
{
	static uint64_t serial;

	if (!serial)
		serial = (uint64_t)time_now();
	return __atomic_add_fetch(&serial, 1, __ATOMIC_RELAXED);
}

long console_write(uint64_t console, const char *s, size_t n)
{
	size_t done = 0;

	while (done < n) {
		size_t part = n - done;
		struct ipc_extra extra = {.send = (uint64_t)(s + done)};
		struct message m = {.word = {CONSOLE_WRITE, next_serial()},
				    .extra = &extra};
		long r;

		extra.send_bytes = (uint32_t)(part < CONSOLE_WRITE_MAX
						      ? part
						      : CONSOLE_WRITE_MAX);
		r = client_ask(console, &m);
		if (r <= 0)
			return r ? r : -E_IO;
		done += (size_t)r < part ? (size_t)r : part;
	}
	return (long)n;
}

long console_read(uint64_t console, char *to, size_t room)
{
	struct ipc_extra extra = {.receive = (uint64_t)to,
				  .receive_bytes =
					  (uint32_t)(room < IPC_BYTES_MAX
							     ? room
							     : IPC_BYTES_MAX)};
	struct message m = {.word = {CONSOLE_READ, extra.receive_bytes},
			    .extra = &extra};
	long r = client_ask(console, &m);

	return r < 0 ? r : (long)IPC_BYTES(m.came);
}

long console_flush(uint64_t console)
{
	struct message m = {.word = {CONSOLE_FLUSH}};

	return client_ask(console, &m);
}

long console_watch(uint64_t console, uint64_t notification, uint64_t bits)
{
	struct ipc_extra extra = {.handles = 1, .handle = {notification}};
	struct message m = {.word = {CONSOLE_WATCH, bits}, .extra = &extra};

	return client_ask(console, &m);
}
