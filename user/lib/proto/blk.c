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
