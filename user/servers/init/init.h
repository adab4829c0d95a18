/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * init.h - what init knows of the machine and of each service.
 *
 * What a service is given for all its lives is made once and is init's: the
 * endpoint at which it is called, the registers, interrupt and DMA memory of its
 * device, the memory that it keeps. A service that dies takes none of it along:
 * callers wait at the endpoint, an interrupt that came in between is there, and
 * memory that a device may still write is nobody else's.
 *
 *	start.c      one life: space, task, handles, thread
 *	device.c     registers, interrupt, memory
 *	supervise.c  faults, ends, starting again
 *	answer.c     requests (proto/init.h)
 *	listing.c    the text of a listing
 *
 * init has one thread, and calls no service: it cannot wait for one that waits
 * for it.
 */
#ifndef INIT_INIT_H
#define INIT_INIT_H
#include "archive.h"
#include "ipc.h"
#include "manifest.h"
#include <abi/machine.h>

enum service_state {
	SERVICE_NEW,
	SERVICE_RUNS,
	SERVICE_DONE,	/* it ended with status 0 */
	SERVICE_FAILED, /* it crashed more often than the manifest allows */
	SERVICE_ABSENT, /* it could not be started: no file, no device */
};

/* Handles; 0: it has none. */
struct service {
	const struct manifest_service *m;
	enum service_state state;
	uint64_t task; /* while it runs */
	unsigned starts;
	uint64_t crash[MANIFEST_RESTARTS]; /* when, a ring */
	unsigned crashes;
	uint64_t endpoint;  /* all rights */
	uint64_t machine;   /* with the rights that it gets */
	uint64_t registers; /* object */
	uint64_t interrupt, signal;
	uint64_t dma, keep; /* objects */
	char device[32];    /* what it is told about the device */
	uint32_t offset;    /* of the registers in their page */
};

struct init {
	struct archive archive;
	struct machine_info machine;
	struct manifest manifest;
	struct service service[MANIFEST_SERVICES];
	uint64_t door;	 /* endpoint: requests and faults */
	uint64_t deaths; /* notification: bit n is service n */
};

extern struct init init;

/* A message from service n: its badge at the door, and at other services. */
static inline uint64_t init_badge(unsigned n)
{
	return n + 1;
}

/* ---- device.c ----------------------------------------------------------- */

/*
 * Makes what outlives the service: 0, or -1 after a line that says what is not
 * there.
 */
int device_prepare(struct service *s);

/* ---- start.c ------------------------------------------------------------ */

/* One life: 0, or -1 after a line that says why not. */
int service_start(unsigned n);

/* ---- supervise.c -------------------------------------------------------- */

/* Starts service n for the first time. */
void supervise_start(unsigned n);

/* Services with these bits have ended. */
void supervise_ended(uint64_t bits);

/* A thread of service n did what it may not; *m is the reply after it. */
void supervise_fault(unsigned n, struct message *m);

/* ---- answer.c ----------------------------------------------------------- */

#define ANSWER_ROOM 512u

/* A request with `bytes` at `data`; *m is the reply after it. */
void answer(unsigned n, struct message *m, const char *data, uint32_t bytes);

/* ---- listing.c ---------------------------------------------------------- */

/* All there is to see, as lines; gives the bytes, at most `room`. */
uint32_t listing(char *to, uint32_t room);

#endif
