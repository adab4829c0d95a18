/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * listing.c - services, tasks and threads as text:
 *
 *	SERVICE          STATE    STARTS THREADS HANDLES   MEMORY   KERNEL
 *	blk              runs          2       1       6    300 K     20 K
 *	  thread 0       receives     priority 16, hart 2
 */
#include "init.h"
#include "regions.h"
#include <abi/thread.h>
#include <stdarg.h>
#include <stdio.h>

struct text {
	char *to;
	uint32_t used, room;
};

__attribute__((format(printf, 2, 3))) static void add(struct text *t,
						      const char *fmt, ...)
{
	uint32_t left = t->room - t->used;
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(t->to + t->used, left, fmt, args);
	va_end(args);
	if (n > 0 && (uint32_t)n < left) /* whole lines only */
		t->used += (uint32_t)n;
}

static const char *state_name(enum service_state state)
{
	static const char *const names[] = {
		[SERVICE_NEW] = "new",	     [SERVICE_RUNS] = "runs",
		[SERVICE_DONE] = "done",     [SERVICE_FAILED] = "failed",
		[SERVICE_ABSENT] = "absent",
	};

	return names[state];
}

static const char *activity_name(uint32_t activity)
{
	static const char *const names[] = {
		[THREAD_IS_NEW] = "new",
		[THREAD_IS_READY] = "ready",
		[THREAD_IS_RUNNING] = "runs",
		[THREAD_IS_STOPPED] = "stopped",
		[THREAD_WAITS_SEND] = "calls",
		[THREAD_WAITS_REPLY] = "waits",
		[THREAD_WAITS_RECEIVE] = "receives",
		[THREAD_WAITS_BITS] = "sleeps",
		[THREAD_WAITS_COPY] = "copies",
		[THREAD_WAITS_PAGE] = "pages",
	};

	return activity < sizeof(names) / sizeof(names[0]) ? names[activity]
							   : "?";
}

static void add_threads(struct text *t, uint64_t task)
{
	struct thread_info info[THREADS_MAX];
	uint64_t skip = 0;
	long n;

	do {
		n = thread_list(task, skip, info, THREADS_MAX);
		for (long i = 0; i < n; i++)
			add(t, "  thread %-7lu %-9s  priority %u, hart %u\n",
			    (unsigned long)info[i].name,
			    activity_name(info[i].activity), info[i].priority,
			    info[i].hart);
		skip += THREADS_MAX;
	} while (n == THREADS_MAX);
}

static void add_task(struct text *t, const char *name, const char *state,
		     unsigned starts, uint64_t task, bool runs)
{
	struct task_info info;

	if (!runs || task_info(task, &info)) {
		add(t, "%-16s %-8s %6u\n", name, state, starts);
		return;
	}
	add(t, "%-16s %-8s %6u %7u %7lu %6lu K %6lu K\n", name, state, starts,
	    info.threads, (unsigned long)info.handles,
	    (unsigned long)regions_resident(task) * 4,
	    (unsigned long)(info.kernel + 1023) / 1024);
	add_threads(t, task);
}

uint32_t listing(char *to, uint32_t room)
{
	struct text t = {to, 0, room};

	add(&t, "%-16s %-8s %6s %7s %7s %8s %8s\n", "SERVICE", "STATE",
	    "STARTS", "THREADS", "HANDLES", "MEMORY", "KERNEL");
	add_task(&t, "init", "runs", 1, SELF, true);
	for (unsigned i = 0; i < init.manifest.count; i++) {
		const struct service *s = &init.service[i];

		add_task(&t, s->m->name, state_name(s->state), s->starts,
			 s->task, s->state == SERVICE_RUNS);
	}
	return t.used;
}
