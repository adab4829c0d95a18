/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * blk - the driver of a virtio disk: one thread, woken by a request or by the
 * device. Requests: proto/blk.h.
 *
 *	receive into a free slot's buffer -> keep the caller -> device
 *	interrupt -> answer the caller from the buffer -> the slot is free
 *
 * What a client writes is copied once, by the kernel, into memory that the
 * device reads; what he reads, once from there; nothing is copied where a client
 * has memory in common with the driver (share.h). While no slot is free requests
 * wait at the door. A device that makes no sense ends the driver: it is started
 * again, and resets it.
 */
#include "disk.h"
#include "ipc.h"
#include "service.h"
#include "share.h"
#include "waiters.h"
#include <stdio.h>
#include <stdlib.h>

/* A request that the device has; its slot is free if there is neither. */
struct slot {
	uint64_t reply;	     /* handle of the caller who waits, or ... */
	struct share *share; /* ... whose memory it is, ... */
	uint64_t bits[2];    /* ... and what he is told: done, failed */
	unsigned request;
	uint32_t bytes;
};

static struct disk disk;
static struct slot slots[DISK_SLOTS];
static struct shares shares;
static struct waiters watchers; /* of the driver's end */
static uint64_t door, interrupt, signal_bits;

__attribute__((noreturn)) static void fail(const char *why)
{
	printf("blk: %s\n", why);
	exit(1);
}

/* ---- the device --------------------------------------------------------- */

static void finish(unsigned n, int result)
{
	struct slot *s = &slots[n];
	uint32_t bytes = s->request == BLK_READ && result == 0 ? s->bytes : 0;

	if (s->share) {
		s->share->working--;
		notification_signal(s->share->notification,
				    s->bits[result != 0]);
	} else {
		waiters_answer(s->reply, (uint64_t)result,
			       disk_buffer(&disk, n), bytes);
	}
	s->reply = 0;
	s->share = NULL;
}

static void serve_device(void)
{
	unsigned n;
	int result, r;

	virtio_interrupt(&disk.device);
	while ((r = disk_take(&disk, &n, &result)) > 0)
		finish(n, result);
	if (r < 0 || virtio_is_broken(&disk.device))
		fail("the device makes no sense");
	interrupt_done(interrupt);
}

/* ---- requests ----------------------------------------------------------- */

static void answer_info(void)
{
	struct message m = {.word = {0, disk.info.sectors, disk.info.flags,
				     disk.info.max, disk.info.most}};

	ipc_reply(SELF, &m);
}

/* A request whose bytes came, or go, with messages; the caller waits for it. */
static long begin_copied(const struct message *m, unsigned n)
{
	unsigned request = (unsigned)m->word[0];
	uint64_t sector = m->word[1];
	uint64_t bytes = request == BLK_READ ? m->word[2] : IPC_BYTES(m->came);
	long reply;
	int err;

	if (m->came & IPC_CUT)
		return -E_INVAL;
	err = disk_check(&disk.info, request, sector, bytes);
	if (err)
		return err;
	reply = reply_keep();
	if (reply < 0)
		return reply;
	slots[n] = (struct slot){.reply = (uint64_t)reply,
				 .request = request,
				 .bytes = (uint32_t)bytes};
	disk_submit(&disk, n, request, sector, disk_buffer_address(&disk, n),
		    (uint32_t)bytes);
	return 0;
}

/* One whose bytes are in the memory that the caller has in common with us. */
static long begin_shared(const struct message *m, unsigned n)
{
	unsigned request = m->word[0] == BLK_FETCH ? BLK_READ : BLK_WRITE;
	uint64_t sector = m->word[1], bytes = m->word[2], data;
	struct share *s = share_find(&shares, m->badge);
	int err;

	if (!s)
		return -E_NOENT;
	err = disk_check(&disk.info, request, sector, bytes);
	if (err)
		return err;
	data = share_address(s, m->word[3], bytes);
	if (!data)
		return -E_RANGE;
	s->working++;
	slots[n] = (struct slot){.share = s,
				 .bits = {m->word[4], m->word[5]},
				 .request = request};
	disk_submit(&disk, n, request, sector, data, (uint32_t)bytes);
	return 0;
}

static void close_handles(const struct message *m)
{
	for (unsigned i = 0; i < IPC_COUNT(m->came); i++)
		handle_close(m->handle[i]);
}

static long begin_share(const struct message *m)
{
	if (IPC_COUNT(m->came) != 2)
		return -E_INVAL;
	return share_add(&shares, m->badge, m->handle[0], m->handle[1],
			 m->word[1]);
}

/* 0; 1: the caller has his answer, or waits; or an error. */
static long act(const struct message *m, unsigned n)
{
	long err;

	switch (m->word[0]) {
	case BLK_INFO:
		answer_info();
		return 1;
	case BLK_FLUSH:
		if (!(disk.info.flags & BLK_HAS_FLUSH))
			return 0;
		__attribute__((fallthrough));
	case BLK_READ:
	case BLK_WRITE:
		err = begin_copied(m, n);
		return err ? err : 1;
	case BLK_FETCH:
	case BLK_STORE:
		return begin_shared(m, n);
	case BLK_SHARE:
		return begin_share(m);
	case BLK_WATCH:
		err = share_find(&shares, m->badge) ? waiters_add(&watchers, 0)
						    : -E_NOENT;
		return err ? err : 1;
	default:
		return -E_INVAL;
	}
}

/* The request that came with slot n's buffer. */
static void serve_request(const struct message *m, unsigned n)
{
	bool asks = m->came & IPC_ASKS;
	long r = asks ? act(m, n) : -E_INVAL;

	if (r || m->word[0] != BLK_SHARE)
		close_handles(m);
	if (asks && r <= 0)
		waiters_answer(SELF, (uint64_t)r, NULL, 0);
}

static int free_slot(void)
{
	for (unsigned i = 0; i < disk.slots; i++) {
		if (!slots[i].reply && !slots[i].share)
			return (int)i;
	}
	return -1;
}

__attribute__((noreturn)) static void run(void)
{
	struct ipc_extra in;
	struct message m;
	uint64_t bits;
	int n;

	for (;;) {
		n = free_slot();
		if (n < 0) {
			notification_wait(signal_bits, SERVICE_INTERRUPT, NEVER,
					  &bits);
			serve_device();
			continue;
		}
		in = (struct ipc_extra){
			.receive = (uint64_t)disk_buffer(&disk, (unsigned)n),
			.receive_bytes = BLK_MAX,
			.accept = 2};
		m = (struct message){.extra = &in};
		if (ipc_receive(door, &m))
			continue;
		if (m.came & IPC_SIGNAL)
			serve_device();
		else
			serve_request(&m, (unsigned)n);
	}
}

/* ---- the beginning ------------------------------------------------------ */

/* In DMA memory that a driver before may have left full. */
static void begin_disk(void)
{
	uint64_t registers = service_handle("registers");
	uint64_t dma = service_handle("dma");
	volatile char *at = service_map(registers, 4096);
	void *memory = service_map(dma, DISK_MEMORY);
	long physical = object_address(dma, 0);

	if (!at || !memory || physical < 0)
		fail("its memory cannot be mapped");
	if (disk_begin(&disk, at + service_number("offset"), memory,
		       (uint64_t)physical))
		fail(disk.device.why);
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
	if (service_number("dma-bytes") < DISK_MEMORY)
		fail("the manifest gives it too little memory for DMA");
	if (notification_bind(signal_bits))
		fail("its notification cannot be bound");
	begin_disk();
	interrupt_done(interrupt); /* one may have come to the driver before */
	run();
}
