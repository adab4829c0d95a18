/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * proto/net.h - a network interface: raw Ethernet frames, without checksum (FCS).
 *
 *	request		words	bytes	reply
 *	NET_INFO	-	-	0, address, received, sent, dropped, refused
 *	NET_SEND	-	frame	0
 *	NET_RECEIVE	room	-	0; a frame
 *
 * Word 0 is the request; the reply's is 0 or an error. The address is 48 bits,
 * its first byte the lowest. A frame is sent when it is in the device's queue; a
 * frame that comes goes to who has waited longest, or waits for somebody; of
 * NET_WAITING that wait a newer one is dropped. `refused` counts those of a wrong
 * size. The medium may lose frames, and so may a restart: nothing here is sent
 * again but what was asked for.
 *
 * -E_INVAL: shorter than NET_FRAME_MIN or longer than NET_FRAME_MAX; -E_AGAIN:
 * too many wait for a frame.
 */
#ifndef PROTO_NET_H
#define PROTO_NET_H
#include <stddef.h>
#include <stdint.h>

enum net_request { NET_INFO = 1, NET_SEND, NET_RECEIVE };

#define NET_FRAME_MIN 14u
#define NET_FRAME_MAX 1514u
#define NET_WAITING   64u

struct net_info {
	uint8_t address[6];
	uint64_t received, sent, dropped, refused;
};

long net_info(uint64_t net, struct net_info *to);
long net_send(uint64_t net, const void *frame, size_t bytes);

/*
 * Waits for a frame until `deadline`: its length, cut at `room`. -E_AGAIN or
 * -E_TIMEDOUT: none came.
 */
long net_receive(uint64_t net, void *to, size_t room, uint64_t deadline);

#endif
