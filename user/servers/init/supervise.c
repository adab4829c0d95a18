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

/* scause of page faults (privileged specification, "Supervisor cause register") */
enum { FETCH_FAULT = 12, LOAD_FAULT = 13, STORE_FAULT = 15 };

static const char *kind_of(uint64_t kind, uint64_t scause)
{
	switch (kind) {
	case HANDLER_FAULT:
		return scause == FETCH_FAULT  ? "instruction page fault"
		       : scause == LOAD_FAULT ? "load page fault"
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

/*
 * What an x86 in 64-bit mode would raise for the page fault: #PF, whose error
 * code is P, W/R, U/S and I/D (Intel SDM, volume 3, "Page-Fault Exception").
 */
static void print_x86(const struct service *s, const struct message *m)
{
	uint64_t scause = m->word[1], at = m->word[2];
	struct walk_info w;
	unsigned code = 4;

	// NOLINTNEXTLINE(performance-no-int-to-ptr)
	if (space_walk(s->task, (const void *)at, &w) < 0)
		return;
	code |= w.level >= 0 ? 1 : 0;
	code |= scause == FETCH_FAULT ? 16 : scause == STORE_FAULT ? 2 : 0;
	printf(" (x86: #PF 0x%x, CR2 0x%lx)", code, (unsigned long)at);
}

/* It ends with all its threads: one that is in disorder is no use. */
void supervise_fault(unsigned n, struct message *m)
{
	struct service *s = &init.service[n];

	printf("init: %s: %s (%lu) at 0x%lx pc 0x%lx in thread %lu", s->m->name,
	       kind_of(m->word[0], m->word[1]), (unsigned long)m->word[1],
	       (unsigned long)m->word[2], (unsigned long)m->word[3],
	       (unsigned long)m->word[5]);
	if (m->word[0] == HANDLER_FAULT)
		print_x86(s, m);
	printf("\n");
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
