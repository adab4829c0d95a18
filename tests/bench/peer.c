/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * peer.c - the other side of the rows that cross into another space
 * (task_rows.c): a server, and somebody to yield to.
 */
#include "ipc.h"
#include "rows.h"
#include "service.h"
#include <abi/space.h>

static char buffer[IPC_BYTES_MAX] __attribute__((aligned(4096)));

/* Words alone, until one is 0. */
static long echo(uint64_t door)
{
	struct message m = {.word = {0}};
	long word = ipc_receive(door, &m);

	END(30);
	for (word = 1; word > 0;)
		word = BARE(CALL_ipc_reply_receive, door, MARK_BEGIN(31),
			    MARK_END(30));
	return word;
}

static void yielder(void)
{
	for (int i = 0; i < 33; i++)
		thread_yield();
}

static void touch(const void *at, uint64_t pages)
{
	long p = space_map(SELF, at, pages * 4096, PROT_R | PROT_W,
			   at ? MAP_FIXED : 0, NULL);

	for (uint64_t i = 0; p > 0 && i < pages; i++)
		((volatile char *)p)[i * 4096] = 1;
}

/* A lot for its end to give back. */
static void fill(void)
{
	touch(NULL, PEER_PAGES);
	for (uint64_t i = 0; i < 64; i++)
		touch((const void *)((100 + i) << 30), 1);
}

/* With room for bytes. */
static void sink(uint64_t door)
{
	struct ipc_extra e = {.receive = (uint64_t)buffer,
			      .receive_bytes = sizeof(buffer)};
	struct message m = {.extra = &e};
	long err = ipc_reply_receive(door, &m);

	while (!err) {
		if (m.word[0] == PEER_FILLS)
			fill();
		m.extra = &e;
		err = ipc_reply_receive(door, &m);
	}
}

int main(int argc, char **argv, char **envp)
{
	uint64_t door;

	(void)argc;
	(void)argv;
	service_begin(envp);
	door = service_handle("door");
	for (size_t i = 0; i < sizeof(buffer); i += 4096)
		buffer[i] = 1;
	if (!echo(door)) {
		struct message m = {.word = {0}};

		ipc_reply(SELF, &m);
		yielder();
		if (!ipc_receive(door, &m))
			sink(door);
	}
	return 0;
}
