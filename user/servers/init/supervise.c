/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * supervise.c - from one life to the next.
 *
 *	NEW --start--> RUNS --ends with 0--> DONE
 *	                |  ^
 *	           crash|  |again, if the manifest allows one more
 *	                +--+--else--> FAILED
 *
 * A service that will not come back has no endpoint: who waits there is told,
 * and who calls later gets -E_STALE.
 */
#include "init.h"
#include <abi/handler.h>
#include <abi/thread.h>
#include <stdio.h>

#define SECOND 1000000000ul

/* A crash's status, as a shell would say it: 128 + SIGSEGV. */
#define FAULT_STATUS 139

static void give_up(struct service *s, enum service_state state)
{
	s->state = state;
	if (s->endpoint)
		handle_revoke(s->endpoint);
	s->endpoint = 0;
}

void supervise_start(unsigned n)
{
	struct service *s = &init.service[n];

	if (device_prepare(s) || service_start(n))
		give_up(s, SERVICE_ABSENT);
	if (s->state != SERVICE_RUNS && s->m->final)
		machine_stop(HANDLE_MACHINE, 1);
}

/* ---- faults ------------------------------------------------------------- */

/* Privileged specification, table 4.2: scause of page faults. */
static const char *kind_of(uint64_t kind, uint64_t scause)
{
	switch (kind) {
	case HANDLER_FAULT:
		return scause == 12   ? "instruction page fault"
		       : scause == 13 ? "load page fault"
				      : "store page fault";
	case HANDLER_ILLEGAL:
		return "illegal instruction";
	case HANDLER_BREAKPOINT:
		return "breakpoint";
	case HANDLER_CALL:
		return "no such call";
	default:
		return "trap";
	}
}

/* It ends with all its threads: one that is in disorder is no use. */
void supervise_fault(unsigned n, struct message *m)
{
	struct service *s = &init.service[n];

	printf("init: %s: %s (%lu) at 0x%lx pc 0x%lx in thread %lu\n",
	       s->m->name, kind_of(m->word[0], m->word[1]),
	       (unsigned long)m->word[1], (unsigned long)m->word[2],
	       (unsigned long)m->word[3], (unsigned long)m->word[5]);
	task_end(s->task, FAULT_STATUS);
	m->word[0] = HANDLER_END;
	m->word[1] = FAULT_STATUS;
}

/* ---- ends --------------------------------------------------------------- */

/* One crash more; whether the manifest allows that. */
static bool count_crash(struct service *s)
{
	uint64_t now = (uint64_t)time_now();
	uint64_t window = s->m->seconds * SECOND;
	unsigned max = s->m->restarts;
	uint64_t *oldest;

	if (max == 0)
		return false;
	oldest = &s->crash[s->crashes % max];
	if (s->crashes >= max && now - *oldest < window)
		return false;
	*oldest = now;
	s->crashes++;
	return true;
}

static void end_of(unsigned n)
{
	struct service *s = &init.service[n];
	struct task_info info;

	if (s->state != SERVICE_RUNS || task_info(s->task, &info) ||
	    !info.ended)
		return;
	handle_close(s->task);
	s->task = 0;
	if (info.status != 0 || s->m->final)
		printf("init: %s ended with status %d\n", s->m->name,
		       info.status);
	if (s->m->final)
		machine_stop(HANDLE_MACHINE, info.status);
	if (info.status == 0) {
		give_up(s, SERVICE_DONE);
		return;
	}
	if (!count_crash(s)) {
		printf("init: %s is not started again\n", s->m->name);
		give_up(s, SERVICE_FAILED);
	} else if (service_start(n)) {
		give_up(s, SERVICE_FAILED);
	}
}

void supervise_ended(uint64_t bits)
{
	for (unsigned i = 0; i < init.manifest.count; i++) {
		if (bits >> i & 1)
			end_of(i);
	}
}
