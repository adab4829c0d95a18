/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * net - the driver of a virtio network device: one thread, woken by a request or
 * by the device. Requests: proto/net.h.
 *
 * A frame that comes goes to who waits for one; if nobody does it waits itself,
 * NET_WAITING at most. A frame to send is received into memory that the device
 * reads; while it has all of that, requests wait at the door.
 */
#include "ipc.h"
#include "nic.h"
#include "service.h"
#include "waiters.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Frames that wait for a reader, a ring. */
struct waiting {
	uint32_t bytes;
	char frame[NET_FRAME_MAX];
};

static struct nic nic;
static struct net_info info;
static struct waiting waiting[NET_WAITING];
static unsigned first, count;
static struct waiters readers;
static uint64_t door, interrupt, signal_bits;

__attribute__((noreturn)) static void fail(const char *why)
{
	printf("net: %s\n", why);
	exit(1);
}

/* ---- frames that come --------------------------------------------------- */

/* Whether a reader has it. */
static bool hand_over(const char *frame, uint32_t bytes)
{
	while (readers.count > 0) {
		uint32_t room = readers.who[0].room;

		if (waiters_answer_first(&readers, 0, frame,
					 bytes < room ? bytes : room))
			return true;
	}
	return false;
}

static void frame_came(const char *frame, uint32_t bytes)
{
	struct waiting *w = &waiting[(first + count) % NET_WAITING];

	info.received++;
	if (count == 0 && hand_over(frame, bytes))
		return;
	if (count == NET_WAITING) {
		info.dropped++;
		return;
	}
	w->bytes = bytes;
	memcpy(w->frame, frame, bytes);
	count++;
}

/* Those that wait, to those who wait. */
static void hand_out(void)
{
	while (count > 0 &&
	       hand_over(waiting[first].frame, waiting[first].bytes)) {
		first = (first + 1) % NET_WAITING;
		count--;
	}
}

static void serve_device(void)
{
	const char *frame;
	unsigned buffer;
	long n;

	virtio_interrupt(&nic.device);
	while ((n = nic_take(&nic, &buffer, &frame)) != 0) {
		if (n == -E_IO)
			fail("the device makes no sense");
		if (n < 0)
			info.refused++;
		else
			frame_came(frame, (uint32_t)n);
		nic_return(&nic, buffer);
	}
	nic_offer(&nic);
	if (nic_collect(&nic) || virtio_is_broken(&nic.device))
		fail("the device makes no sense");
	interrupt_done(interrupt);
}

/* ---- requests ----------------------------------------------------------- */

static void answer_info(void)
{
	struct message m = {.word = {0, 0, info.received, info.sent,
				     info.dropped, info.refused}};

	for (unsigned i = 0; i < 6; i++)
		m.word[1] |= (uint64_t)nic.address[i] << 8 * i;
	ipc_reply(SELF, &m);
}

static long send_frame(const struct message *m, unsigned buffer)
{
	uint32_t bytes = IPC_BYTES(m->came);

	if (bytes < NET_FRAME_MIN || m->came & IPC_CUT)
		return -E_INVAL;
	nic_send(&nic, buffer, bytes);
	info.sent++;
	return 0;
}

static void serve_request(const struct message *m, unsigned buffer)
{
	long r = -E_INVAL;

	if (!(m->came & IPC_ASKS))
		return;
	switch (m->word[0]) {
	case NET_INFO:
		answer_info();
		return;
	case NET_SEND:
		r = send_frame(m, buffer);
		break;
	case NET_RECEIVE:
		r = waiters_add(&readers, (uint32_t)m->word[1]);
		hand_out();
		if (!r)
			return;
		break;
	default:
		break;
	}
	waiters_answer(SELF, (uint64_t)r, NULL, 0);
}

__attribute__((noreturn)) static void run(void)
{
	struct ipc_extra in;
	struct message m;
	uint64_t bits;
	char *frame;
	int buffer;

	for (;;) {
		buffer = nic_room(&nic, &frame);
		if (buffer < 0) {
			notification_wait(signal_bits, SERVICE_INTERRUPT, NEVER,
					  &bits);
			serve_device();
			continue;
		}
		in = (struct ipc_extra){.receive = (uint64_t)frame,
					.receive_bytes = NET_FRAME_MAX};
		m = (struct message){.extra = &in};
		if (ipc_receive(door, &m))
			continue;
		if (m.came & IPC_SIGNAL)
			serve_device();
		else
			serve_request(&m, (unsigned)buffer);
	}
}

/* ---- the beginning ------------------------------------------------------ */

static void begin_nic(void)
{
	uint64_t dma = service_handle("dma");
	volatile char *at = service_map(service_handle("registers"), 4096);
	void *memory = service_map(dma, NIC_MEMORY);
	long physical = object_address(dma, 0);

	if (!at || !memory || physical < 0)
		fail("its memory cannot be mapped");
	if (nic_begin(&nic, at + service_number("offset"), memory,
		      (uint64_t)physical))
		fail(nic.device.why);
}

int main(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv;
	service_begin(envp);
	door = service_handle("door");
	interrupt = service_handle("interrupt");
	signal_bits = service_handle("signal");
	if (!door || !interrupt)
		fail("the manifest gives it no device, or no serves");
	if (service_number("dma-bytes") < NIC_MEMORY)
		fail("the manifest gives it too little memory for DMA");
	if (notification_bind(signal_bits))
		fail("its notification cannot be bound");
	begin_nic();
	printf("net: %02x:%02x:%02x:%02x:%02x:%02x\n", nic.address[0],
	       nic.address[1], nic.address[2], nic.address[3], nic.address[4],
	       nic.address[5]);
	interrupt_done(interrupt); /* one may have come to the driver before */
	run();
}
