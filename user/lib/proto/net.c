/* SPDX-License-Identifier: BSD-2-Clause */
#include "proto/net.h"
#include "client.h"

long net_info(uint64_t net, struct net_info *to)
{
	struct message m = {.word = {NET_INFO}};
	long err = client_ask(net, &m);

	for (unsigned i = 0; i < 6; i++)
		to->address[i] = (uint8_t)(m.word[1] >> 8 * i);
	to->received = m.word[2];
	to->sent = m.word[3];
	to->dropped = m.word[4];
	to->refused = m.word[5];
	return err;
}

long net_send(uint64_t net, const void *frame, size_t bytes)
{
	struct ipc_extra extra = {.send = (uint64_t)frame,
				  .send_bytes = (uint32_t)bytes};
	struct message m = {.word = {NET_SEND}, .extra = &extra};

	return bytes > NET_FRAME_MAX ? -E_INVAL : client_ask(net, &m);
}

long net_receive(uint64_t net, void *to, size_t room, uint64_t deadline)
{
	struct ipc_extra extra = {
		.receive = (uint64_t)to,
		.receive_bytes =
			(uint32_t)(room < NET_FRAME_MAX ? room : NET_FRAME_MAX),
		.deadline = deadline};
	struct message m = {.word = {NET_RECEIVE, extra.receive_bytes},
			    .extra = &extra};
	long err = client_ask(net, &m);

	return err < 0 ? err : (long)IPC_BYTES(m.came);
}
