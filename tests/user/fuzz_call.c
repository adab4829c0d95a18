/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_call.c - one native call, with arguments that are wild or nearly right. */
#include "fuzz.h"
#include "ipc.h"
#include "pager.h"
#include <string.h>

#define PAGE 4096ul

uint64_t fuzz_pool[FUZZ_POOL];
char fuzz_stacks[8][8192] __attribute__((aligned(4096)));

/* ---- arguments ---------------------------------------------------------- */

/* A good one mostly; SELF; stale; of another task; nonsense. */
static uint64_t any_handle(struct random *r)
{
	uint64_t h = fuzz_pool[random_below(r, FUZZ_POOL)];

	switch (random_below(r, 20)) {
	case 0:
	case 1:
		return SELF;
	case 2:
		return random_below(r, 40);
	case 3:
		return h + 0x10000;
	case 4:
		return h ^ 1ul << random_below(r, 64);
	case 5:
		return random_word(r);
	}
	return h;
}

/* In the arena, at its edges, in text or stack, in the kernel, anywhere. */
static uint64_t any_address(struct random *r)
{
	uint64_t page = FUZZ_ARENA + random_below(r, FUZZ_PAGES) * PAGE;
	static const uint64_t wild[] = {
		0,
		1,
		PAGE,
		0x10000,
		0x3fffffe000,
		0x3ffffff000,
		0x4000000000,
		0x8000000000000000,
		0xffffffc000000000,
		0xffffffd000000000,
		0xffffffff80000000,
		~0ul,
		~7ul,
		~4095ul,
	};

	switch (random_below(r, 16)) {
	case 0:
		return wild[random_below(r, sizeof(wild) / sizeof(wild[0]))];
	case 1:
		return random_word(r) >> random_below(r, 64);
	case 2:
	case 3:
		return page + random_below(r, PAGE);
	case 4:
	case 5:
		return page + PAGE - 8 * random_below(r, 40);
	case 6:
		return (uint64_t)fuzz_pool;
	case 7:
		return 0;
	}
	return page;
}

static uint64_t any_length(struct random *r)
{
	switch (random_below(r, 12)) {
	case 0:
		return 0;
	case 1:
		return random_word(r) >> random_below(r, 64);
	case 2:
		return ~0ul - random_below(r, 2 * PAGE);
	case 3:
		return random_below(r, 16 * PAGE);
	case 4:
		return 1ul << random_below(r, 40);
	}
	return (1 + random_below(r, 8)) * PAGE;
}

static uint64_t any_word(struct random *r)
{
	return random_word(r) >> random_below(r, 64);
}

/* Mostly soon: who waits is to come back. */
static uint64_t any_deadline(struct random *r)
{
	switch (random_below(r, 16)) {
	case 0:
		return NEVER;
	case 1:
		return random_word(r);
	case 2:
	case 3:
	case 4:
		return NOW;
	}
	return (uint64_t)time_now() + random_below(r, 300000);
}

static uint64_t any_prot(struct random *r)
{
	if (random_once_in(r, 16))
		return random_word(r);
	return random_below(r, 8);
}

static uint64_t any_flags(struct random *r)
{
	if (random_once_in(r, 16))
		return random_word(r);
	return random_once_in(r, 2) ? 0 : random_below(r, 64) << 4;
}

static uint64_t any_code(struct random *r)
{
	if (random_once_in(r, 4))
		return any_address(r);
	return (uint64_t)(uintptr_t)fuzz_thread_entry;
}

static uint64_t any_stack(struct random *r)
{
	if (random_once_in(r, 8))
		return any_address(r);
	return (uint64_t)fuzz_stacks[random_below(r, 8)] +
	       sizeof(fuzz_stacks[0]);
}

/* ---- the calls ------------------------------------------------------------ */

/*
 * A letter an argument: handle, address, length, prot, flags, how (both), word,
 * number, time, rights, code, stack; '*': the result is a handle; '-': rarely,
 * because who makes it ends, or what all use.
 */
struct shape {
	const char *arguments;
	void (*make)(struct random *r); /* in place of them */
};

static void message_call(struct random *r);
static void message_send(struct random *r);
static void message_receive(struct random *r);
static void message_reply(struct random *r);
static void message_both(struct random *r);
static void wait_bits(struct random *r);
static void submit(struct random *r);
static void make_pager(struct random *r);
static void write_log(struct random *r);

#define AT(name) [CALL_##name - CALL_FIRST]

static const struct shape shapes[] = {
	AT(ipc_call) = {.make = message_call},
	AT(ipc_reply_receive) = {.make = message_both},
	AT(nothing) = {""},
	AT(thread_exit) = {"-n"},
	AT(thread_yield) = {""},
	AT(log_write) = {.make = write_log},
	AT(time_now) = {""},
	AT(space_map) = {"halpfa"},
	AT(space_unmap) = {"hal"},
	AT(space_protect) = {"halp"},
	AT(space_regions) = {"haan"},
	AT(space_walk) = {"haa"},
	AT(memory_info) = {"a"},
	AT(space_create) = {"*"},
	AT(space_map_object) = {"halohl"},
	AT(object_create) = {"*hlw"},
	AT(object_address) = {"hl"},
	AT(object_sync) = {"hll"},
	AT(pager_create) = {.make = make_pager},
	AT(pager_submit) = {.make = submit},
	AT(handle_duplicate) = {"*hhrw"},
	AT(handle_close) = {"h"},
	AT(handle_revoke) = {"-h"},
	AT(handle_info) = {"h"},
	AT(task_create) = {"*han"},
	AT(task_handler) = {"hh"},
	AT(task_watch) = {"hhw"},
	AT(task_end) = {"-hn"},
	AT(task_info) = {"ha"},
	AT(thread_create) = {"*hcsw"},
	AT(thread_control) = {"hn"},
	AT(thread_registers) = {"hna"},
	AT(thread_schedule) = {"hnw"},
	AT(thread_list) = {"hnan"},
	AT(endpoint_create) = {"*"},
	AT(ipc_send) = {.make = message_send},
	AT(ipc_receive) = {.make = message_receive},
	AT(ipc_reply) = {.make = message_reply},
	AT(reply_keep) = {"*"},
	AT(notification_create) = {"*"},
	AT(notification_signal) = {"hw"},
	AT(notification_wait) = {.make = wait_bits},
	AT(notification_timer) = {"hwt"},
	AT(notification_bind) = {"h"},
	AT(interrupt_create) = {"*hnhw"},
	AT(interrupt_done) = {"h"},
	AT(machine_info) = {"ha"},
	AT(machine_stop) = {"hn"},
};
_Static_assert(sizeof(shapes) / sizeof(shapes[0]) == CALL_END - CALL_FIRST,
	       "every call is there");

static uint64_t argument(struct random *r, char letter)
{
	switch (letter) {
	case 'h':
		return any_handle(r);
	case 'a':
		return any_address(r);
	case 'l':
		return any_length(r);
	case 'p':
		return any_prot(r);
	case 'f':
		return any_flags(r);
	case 'o':
		return any_prot(r) | any_flags(r);
	case 't':
		return any_deadline(r);
	case 'r':
		return random_once_in(r, 2) ? RIGHTS_ALL : random_word(r);
	case 'c':
		return any_code(r);
	case 's':
		return any_stack(r);
	case 'n':
		return random_once_in(r, 16) ? random_word(r)
					     : random_below(r, 20);
	}
	return any_word(r);
}

/* What it takes the place of is closed, or not. */
static void keep(struct random *r, long handle)
{
	uint64_t *place = &fuzz_pool[random_below(r, FUZZ_POOL)];

	if (handle <= 0)
		return;
	if (random_once_in(r, 2))
		handle_close(*place);
	*place = (uint64_t)handle;
}

static void by_shape(struct random *r, long number, const char *letters)
{
	uint64_t a[6] = {0};
	bool gives_handle = *letters == '*';
	long result;

	if (*letters == '-' && !random_once_in(r, 12))
		return;
	if (*letters == '*' || *letters == '-')
		letters++;
	for (unsigned i = 0; letters[i]; i++)
		a[i] = argument(r, letters[i]);
	result = quire_call(number, a[0], a[1], a[2], a[3], a[4], a[5]);
	if (gives_handle)
		keep(r, result);
}

void fuzz_call(struct random *r)
{
	uint64_t n = random_below(r, CALL_END - CALL_FIRST);

	if (shapes[n].make)
		shapes[n].make(r);
	else
		by_shape(r, (long)(CALL_FIRST + n), shapes[n].arguments);
}

/* ---- messages --------------------------------------------------------------- */

static uint32_t any_bytes(struct random *r)
{
	switch (random_below(r, 8)) {
	case 0:
		return 0;
	case 1:
		return (uint32_t)random_word(r);
	case 2:
		return IPC_BYTES_MAX;
	}
	return (uint32_t)random_below(r, 3 * PAGE);
}

static void fill_extra(struct random *r, struct ipc_extra *e)
{
	*e = (struct ipc_extra){
		.send = any_address(r),
		.receive = any_address(r),
		.send_bytes = any_bytes(r),
		.receive_bytes = any_bytes(r),
		.deadline = any_deadline(r),
		.handles = (uint32_t)random_below(r, 5),
		.accept = (uint32_t)random_below(r, 5),
	};
	if (random_once_in(r, 32))
		e->handles = (uint32_t)random_word(r);
	for (unsigned i = 0; i < IPC_HANDLES; i++)
		e->handle[i] = any_handle(r);
}

static void message(struct random *r, long number, uint64_t to)
{
	struct ipc_extra extra;
	struct message m = {.extra = NULL};
	long err;

	for (unsigned i = 0; i < IPC_WORDS; i++)
		m.word[i] = any_word(r) & 3;
	fill_extra(r, &extra);
	if (!random_once_in(r, 4))
		m.extra = &extra;
	if (random_once_in(r, 16))
		m.extra = (struct ipc_extra *)any_address(r);
	err = ipc_raw(number, to, &m);
	for (unsigned i = 0; !err && i < IPC_COUNT(m.came) && i < 4; i++)
		keep(r, (long)m.handle[i]);
}

static void message_call(struct random *r)
{
	message(r, CALL_ipc_call, any_handle(r));
}

static void message_send(struct random *r)
{
	message(r, CALL_ipc_send, any_handle(r));
}

static void message_receive(struct random *r)
{
	message(r, CALL_ipc_receive, any_handle(r));
}

static void message_reply(struct random *r)
{
	message(r, CALL_ipc_reply,
		random_once_in(r, 2) ? SELF : any_handle(r));
}

static void message_both(struct random *r)
{
	message(r, CALL_ipc_reply_receive, any_handle(r));
}

static void wait_bits(struct random *r)
{
	uint64_t bits;

	notification_wait(any_handle(r), any_word(r), any_deadline(r), &bits);
}

/* ---- pagers, and what is left ------------------------------------------------- */

/* Answers that may fit; where its ring is nobody remembers. */
static void submit(struct random *r)
{
	uint64_t bits;

	pager_submit(any_handle(r), random_once_in(r, 2) ? 0 : any_word(r),
		     any_deadline(r), &bits);
}

static void answer_something(struct random *r, struct pager_ring *ring)
{
	struct pager_answer *a = &ring->answer[random_below(r, PAGER_RING)];

	*a = (struct pager_answer){
		.kind = (uint16_t)random_below(r, 6),
		.prot = (uint16_t)random_below(r, 8),
		.slot = (uint16_t)random_below(r, 10),
		.count = (uint16_t)random_below(r, 70),
		.object = any_handle(r),
		.index = random_below(r, 8),
		.error = (int32_t)random_below(r, 130),
	};
	ring->answers_put += (uint32_t)random_below(r, 4);
	if (random_once_in(r, 16))
		ring->answers_put = (uint32_t)random_word(r);
}

static void make_pager(struct random *r)
{
	struct pager_setup s = {
		.space = any_handle(r),
		.notification = any_handle(r),
		.bits = any_word(r),
		.machine = random_once_in(r, 2) ? SELF : any_handle(r),
		.timeout = random_once_in(r, 4) ? 0 : random_below(r, 1000000),
		.slots = (uint32_t)random_below(r, 70),
		.flags = (uint32_t)random_below(r, 3),
	};
	long pager = random_once_in(r, 4)
			     ? pager_create((void *)any_address(r))
			     : pager_create(&s);
	long object;

	if (pager < 0)
		return;
	object = object_create((uint64_t)pager, any_length(r), any_word(r));
	keep(r, pager);
	keep(r, object);
	if (s.space == SELF && s.ring)
		for (unsigned i = 0; i < 4; i++)
			answer_something(r, (struct pager_ring *)s.ring);
}

/* Nothing that would be printed. */
static void write_log(struct random *r)
{
	static const uint64_t nowhere[] = {0, 8, 0x4000000000,
					   0xffffffff80000000, ~3ul};

	log_write((const char *)nowhere[random_below(r, 5)], any_length(r));
}
