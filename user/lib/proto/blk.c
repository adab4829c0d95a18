/* SPDX-License-Identifier: BSD-2-Clause */
#include "proto/blk.h"
#include "client.h"

long blk_info(uint64_t disk, struct blk_info *to)
{
	struct message m = {.word = {BLK_INFO}};
	long err = client_ask(disk, &m);

	to->sectors = m.word[1];
	to->flags = (uint32_t)m.word[2];
	to->max = (uint32_t)m.word[3];
	to->most = (uint32_t)m.word[4];
	return err;
}

long blk_read(uint64_t disk, uint64_t sector, void *to, size_t bytes)
{
	struct ipc_extra extra = {.receive = (uint64_t)to,
				  .receive_bytes = (uint32_t)bytes};
	struct message m = {.word = {BLK_READ, sector, bytes}, .extra = &extra};

	if (bytes > BLK_MAX)
		return -E_INVAL;
	return client_ask(disk, &m);
}

long blk_write(uint64_t disk, uint64_t sector, const void *data, size_t bytes)
{
	struct ipc_extra extra = {.send = (uint64_t)data,
				  .send_bytes = (uint32_t)bytes};
	struct message m = {.word = {BLK_WRITE, sector}, .extra = &extra};

	if (bytes > BLK_MAX)
		return -E_INVAL;
	return client_ask(disk, &m);
}

long blk_flush(uint64_t disk)
{
	struct message m = {.word = {BLK_FLUSH}};

	return client_ask(disk, &m);
}

#define SHARE_RETRY 1000000ul /* ns */

long blk_share(uint64_t disk, uint64_t memory, uint64_t bytes,
	       uint64_t notification)
{
	struct ipc_extra extra = {.handles = 2,
				  .handle = {memory, notification}};
	struct message m;
	long err;

	for (;;) {
		m = (struct message){.word = {BLK_SHARE, bytes},
				     .extra = &extra};
		err = client_ask(disk, &m);
		if (err != -E_AGAIN)
			return err;
		sleep_until((uint64_t)time_now() + SHARE_RETRY);
	}
}

long blk_begin(uint64_t disk, const struct blk_move *move)
{
	struct message m = {.word = {move->request, move->sector, move->bytes,
				     move->at, move->done, move->failed}};
	long err = ipc_call(disk, &m);

	return err ? err : (long)m.word[0];
}

long blk_watch(uint64_t disk)
{
	struct message m;
	long err;

	do {
		m = (struct message){.word = {BLK_WATCH}};
		err = ipc_call(disk, &m);
		err = err ? err : (long)m.word[0];
	} while (err == -E_AGAIN || err == -E_INTR || err == -E_CANCELED);
	return err;
}
