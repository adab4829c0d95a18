/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * paging.h - what tests of pagers share: a pager in the first thread, a client
 * in another of the same space, and somebody who hears of the client's faults.
 *
 * The first thread waits for REQUEST (the kernel's, to the pager), DONE (a job
 * of the client's is done) and FAULT (nothing permitted it; `why` says why).
 */
#ifndef TESTS_USER_PAGING_H
#define TESTS_USER_PAGING_H
#include "check.h"
#include "ipc.h"
#include "pager.h"

#define REQUEST 1ul
#define DONE	2ul
#define FAULT	4ul
#define ANY	(REQUEST | DONE | FAULT)
#define SECOND	1000000000ul
#define KEY	0xfeedul

static uint64_t bits_of_all; /* notification */
static struct pager pager;
static struct pager_setup setup;

/*
 * The pager's memory, its handle if it has one still, and its object: what maps the
 * object is the caller's to unmap.
 */
static inline void close_pager(uint64_t object)
{
	CHECK_EQ(space_unmap(SELF, (const void *)setup.ring,
			     sizeof(struct pager_ring)),
		 0);
	CHECK_EQ(space_unmap(SELF, (const void *)setup.window,
			     setup.slots * PAGE),
		 0);
	CHECK_EQ(handle_close(object), 0);
	if (pager.handle)
		CHECK_EQ(handle_close(pager.handle), 0);
}

/* ---- threads ------------------------------------------------------------ */

/* A new thread has no gp; what uses it is another function. */
#define THREAD(name, body)                                           \
	static void name(uint64_t arg)                               \
	{                                                            \
		__asm__ volatile(".option push\n.option norelax\n\t" \
				 "lla gp, __global_pointer$\n"       \
				 ".option pop");                     \
		body(arg);                                           \
		thread_exit(0);                                      \
	}

static inline long run(void (*entry)(uint64_t), char *stack_end, uint64_t arg)
{
	long t = thread_create(SELF, (const void *)(uintptr_t)entry, stack_end,
			       arg);

	CHECK(t > 0);
	CHECK_EQ(thread_control((uint64_t)t, THREAD_START), 0);
	return t;
}

/* ---- the client --------------------------------------------------------- */

struct job {
	volatile char *at;
	long (*call)(void); /* or NULL: reads, or writes, the byte */
	char value;	    /* read, or to be written */
	bool write;
	long result;
};

static struct job job;
static volatile long why; /* of the last FAULT */
static uint64_t door;	  /* the task's handler endpoint */
static char stack_of_client[8192] __attribute__((aligned(16)));
static char stack_of_handler[8192] __attribute__((aligned(16)));

static __attribute__((noinline)) void client(uint64_t arg)
{
	(void)arg;
	if (job.call)
		job.result = job.call();
	else if (job.write)
		*job.at = job.value;
	else
		job.value = *job.at;
	notification_signal(bits_of_all, DONE);
}
THREAD(client_entry, client)

/*
 * The last client may be on its way out still, on the stack of the next, and what
 * this program comes to is what its last thread says.
 */
static uint64_t last_client;

static inline void wait_for_last(void)
{
	while (last_client && handle_info(last_client) != -E_STALE)
		thread_yield();
	if (last_client)
		handle_close(last_client);
	last_client = 0;
}

static inline void begin(struct job j)
{
	wait_for_last();
	job = j;
	last_client = (uint64_t)run(
		client_entry, stack_of_client + sizeof(stack_of_client), 0);
}

/* What the newest thread of this task, the client, is doing. */
static inline unsigned client_activity(void)
{
	struct thread_info list[THREADS_MAX];
	long n = thread_list(SELF, 0, list, THREADS_MAX);

	CHECK(n > 0);
	return list[n - 1].activity;
}

static inline void begin_read(const volatile char *at)
{
	begin((struct job){.at = (volatile char *)(uintptr_t)at});
}

static inline void begin_write(volatile char *at, char value)
{
	begin((struct job){.at = at, .value = value, .write = true});
}

static inline void begin_call(long (*call)(void))
{
	begin((struct job){.call = call});
}

/* Who cannot go on ends, and `why` is set. */
static __attribute__((noinline)) void handler(uint64_t arg)
{
	struct message m = {.word = {0}};

	(void)arg;
	if (ipc_receive(door, &m))
		return;
	for (;;) {
		why = (long)m.word[4];
		notification_signal(bits_of_all, FAULT);
		m = (struct message){.word = {HANDLER_END, 0}};
		if (ipc_reply_receive(door, &m))
			return;
	}
}
THREAD(handler_entry, handler)

/* ---- the pager ------------------------------------------------------------ */

/* Asks for what is touched alone, unless `flags` has PAGER_NO_AHEAD. */
static inline void open_all(unsigned slots, uint64_t timeout, unsigned flags)
{
	if (!bits_of_all) {
		bits_of_all = (uint64_t)notification_create();
		door = (uint64_t)endpoint_create();
		CHECK((long)bits_of_all > 0 && (long)door > 0);
		CHECK_EQ(task_handler(SELF, door), 0);
		run(handler_entry, stack_of_handler + sizeof(stack_of_handler),
		    0);
	}
	setup = (struct pager_setup){.notification = bits_of_all,
				     .bits = REQUEST,
				     .timeout = timeout,
				     .slots = slots,
				     .flags = flags ^ PAGER_NO_AHEAD};
	CHECK_EQ(pager_open(&pager, &setup), 0);
}

static inline volatile char *map_pages(uint64_t object, uint64_t pages,
				       unsigned how)
{
	long at = space_map_object(SELF, NULL, pages * PAGE, how, object, 0);

	CHECK(at > 0);
	return (volatile char *)at;
}

/* Waits for one of `mask`; the answers that were put are acted on. */
static inline uint64_t submit(uint64_t mask)
{
	uint64_t got = 0;

	CHECK_EQ(pager_submit(pager.handle, mask, NEVER, &got), 0);
	return got;
}

static inline struct pager_request next_request(void)
{
	struct pager_request q;

	while (!pager_next(&pager, &q))
		submit(REQUEST);
	return q;
}

/* Puts an answer and has it acted on: the result. */
static inline long answer(struct pager_answer a)
{
	const struct pager_answer *at = pager_put(&pager, &a);

	submit(0);
	return at->result;
}

static inline long supply(const struct pager_request *q, unsigned prot)
{
	const struct pager_answer *at = pager_supply(&pager, q->slot, prot);

	submit(0);
	return at->result;
}

static inline long fail(const struct pager_request *q, int error)
{
	return answer((struct pager_answer){
		.kind = PAGER_FAIL, .slot = q->slot, .error = error});
}

static inline long done(const struct pager_request *q)
{
	return answer(
		(struct pager_answer){.kind = PAGER_DONE, .slot = q->slot});
}

static inline long wait_for(uint64_t bit)
{
	uint64_t got = 0;

	CHECK_EQ(notification_wait(bits_of_all, bit, NEVER, &got), 0);
	CHECK_EQ(got, bit);
	return why;
}

/*
 * Fails the page that the client needs until it has `bit`: on another hart it
 * may be so late to wait that it asks again.
 */
static inline void fail_until(uint64_t bit, int error)
{
	struct pager_request q = next_request();
	uint64_t got = 0;

	for (;;) {
		CHECK_EQ(fail(&q, error), 0);
		while (!pager_next(&pager, &q)) {
			got = submit(bit | REQUEST);
			if (got & bit)
				return;
		}
	}
}

static inline uint64_t faults(void)
{
	return counts().faults;
}

#endif
