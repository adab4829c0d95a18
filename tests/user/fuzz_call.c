/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_call.c - one native call. */
#include "fuzz.h"
#include "fuzz_argument.h"
#include "ipc.h"
#include "pager.h"
#include <stdbool.h>

/* ---- the calls ------------------------------------------------------------ */

/*
 * A letter an argument: a handle (h of anything; W of a task or thread; Space,
 * Object, Task, tHread, Endpoint, Notification, Interrupt, Pager, Machine),
 * address, length, z: offset, prot, flags, how (both), word, number, time, rights, code, stack; '*': the result is a handle; '-': rarely,
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
static void make_object(struct random *r);
static void make_clone(struct random *r);
static void revoke(struct random *r);
static void write_log(struct random *r);

#define AT(name) [CALL_##name - CALL_FIRST]

static const struct shape shapes[] = {
	AT(ipc_call) = {.make = message_call},
	AT(ipc_reply_receive) = {.make = message_both},
	AT(nothing) = {.arguments = ""},
	AT(thread_exit) = {.arguments = "-n"},
	AT(thread_yield) = {.arguments = ""},
	AT(log_write) = {.make = write_log},
	AT(time_now) = {.arguments = ""},
	AT(space_map) = {.arguments = "Salpfa"},
	AT(space_unmap) = {.arguments = "Sal"},
	AT(space_protect) = {.arguments = "Salp"},
	AT(space_regions) = {.arguments = "Saan"},
	AT(space_pages) = {.arguments = "Saani"},
	AT(space_advise) = {.arguments = "Saln"},
	AT(space_info) = {.arguments = "Sa"},
	AT(space_walk) = {.arguments = "Saa"},
	AT(memory_info) = {.arguments = "a"},
	AT(space_create) = {.arguments = "*"},
	AT(space_clone) = {.make = make_clone},
	AT(space_map_object) = {.arguments = "SaloOz"},
	AT(object_create) = {.make = make_object},
	AT(object_address) = {.arguments = "Oz"},
	AT(object_sync) = {.arguments = "Ozl"},
	AT(object_resize) = {.arguments = "Ol"},
	AT(object_clone) = {.arguments = "*O"},
	AT(pager_create) = {.make = make_pager},
	AT(pager_submit) = {.make = submit},
	AT(handle_duplicate) = {.arguments = "*Thrw"},
	AT(handle_close) = {.arguments = "h"},
	AT(handle_revoke) = {.make = revoke},
	AT(handle_info) = {.arguments = "h"},
	AT(task_create) = {.arguments = "*San"},
	AT(task_handler) = {.arguments = "TE"},
	AT(handle_watch) = {.arguments = "WNw"},
	AT(task_end) = {.arguments = "-Tn"},
	AT(task_info) = {.arguments = "Ta"},
	AT(thread_create) = {.arguments = "*Tcsw"},
	AT(thread_control) = {.arguments = "Hi"},
	AT(thread_registers) = {.arguments = "Hia"},
	AT(thread_schedule) = {.arguments = "Hnw"},
	AT(thread_list) = {.arguments = "Tnan"},
	AT(endpoint_create) = {.arguments = "*"},
	AT(ipc_send) = {.make = message_send},
	AT(ipc_receive) = {.make = message_receive},
	AT(ipc_reply) = {.make = message_reply},
	AT(reply_keep) = {.arguments = "*"},
	AT(notification_create) = {.arguments = "*"},
	AT(notification_signal) = {.arguments = "Nw"},
	AT(notification_wait) = {.make = wait_bits},
	AT(notification_timer) = {.arguments = "Nwt"},
	AT(notification_bind) = {.arguments = "N"},
	AT(interrupt_create) = {.arguments = "*MnNw"},
	AT(interrupt_done) = {.arguments = "I"},
	AT(machine_info) = {.arguments = "Ma"},
	AT(machine_stop) = {.arguments = "Mn"},
	AT(swap_add) = {.arguments = "MNn"}, /* an area would stay */
	AT(swap_remove) = {.arguments = "MO"},
};
_Static_assert(sizeof(shapes) / sizeof(shapes[0]) == CALL_END - CALL_FIRST,
	       "every call is there");

static unsigned kind_of(char letter)
{
	switch (letter) {
	case 'S':
		return KIND_SPACE;
	case 'O':
		return KIND_OBJECT;
	case 'T':
		return KIND_TASK;
	case 'H':
		return KIND_THREAD;
	case 'E':
		return KIND_ENDPOINT;
	case 'N':
		return KIND_NOTIFICATION;
	case 'I':
		return KIND_INTERRUPT;
	case 'M':
		return KIND_MACHINE;
	}
	return KIND_NONE;
}

static uint64_t argument(struct random *r, char letter)
{
	if (kind_of(letter) != KIND_NONE)
		return handle_of(r, kind_of(letter));
	switch (letter) {
	case 'i':
		return random_below(r, 5);
	case 'h':
		return any_handle(r);
	case 'W':
		return handle_of(r, random_once_in(r, 2) ? KIND_TASK
							 : KIND_THREAD);
	case 'a':
		return any_address(r);
	case 'l':
		return any_length(r);
	case 'z':
		return any_offset(r);
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

static void note(long number, long result)
{
	struct fuzz_shared *shared = (struct fuzz_shared *)FUZZ_SHARED;

	if (result >= 0)
		shared->good[number - CALL_FIRST]++;
}

/* What it takes the place of is closed, or not. */
static void keep(struct random *r, long handle)
{
	unsigned i = (unsigned)random_below(r, FUZZ_POOL);

	if (handle <= 0)
		return;
	if (random_once_in(r, 2))
		handle_close(fuzz_pool[i]);
	fuzz_take(i, (uint64_t)handle);
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
	note(number, result);
	if (gives_handle)
		keep(r, result);
}

void fuzz_call(struct random *r)
{
	static const uint16_t often[] = {CALL_ipc_call, CALL_ipc_receive,
					 CALL_ipc_reply_receive, CALL_ipc_reply,
					 CALL_ipc_send};
	uint64_t n = random_below(r, CALL_END - CALL_FIRST);

	if (random_once_in(r, 4))
		n = often[random_below(r, 5)] - CALL_FIRST;
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
	return (uint32_t)random_below(r, 12288);
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
		m.word[i] = random_below(r, 4);
	fill_extra(r, &extra);
	if (!random_once_in(r, 4))
		m.extra = &extra;
	if (random_once_in(r, 16))
		m.extra = (struct ipc_extra *)any_address(r);
	err = ipc_raw(number, to, &m);
	note(number, err);
	for (unsigned i = 0; !err && i < IPC_COUNT(m.came) && i < 4; i++)
		keep(r, (long)m.handle[i]);
}

static void message_call(struct random *r)
{
	message(r, CALL_ipc_call, handle_of(r, KIND_ENDPOINT));
}

static void message_send(struct random *r)
{
	message(r, CALL_ipc_send, handle_of(r, KIND_ENDPOINT));
}

static void message_receive(struct random *r)
{
	message(r, CALL_ipc_receive, handle_of(r, KIND_ENDPOINT));
}

static void message_reply(struct random *r)
{
	message(r, CALL_ipc_reply,
		random_once_in(r, 2) ? SELF : handle_of(r, KIND_REPLY));
}

static void message_both(struct random *r)
{
	message(r, CALL_ipc_reply_receive, handle_of(r, KIND_ENDPOINT));
}

static void wait_bits(struct random *r)
{
	uint64_t bits;

	note(CALL_notification_wait,
	     notification_wait(handle_of(r, KIND_NOTIFICATION), any_word(r),
			       any_deadline(r), &bits));
}

/* ---- pagers, and what is left ------------------------------------------------- */

/* Answers that may fit; where its ring is nobody remembers. */
static void submit(struct random *r)
{
	uint64_t bits;

	note(CALL_pager_submit,
	     pager_submit(handle_of(r, KIND_PAGER),
			  random_once_in(r, 2) ? 0 : any_word(r),
			  any_deadline(r), &bits));
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
		.space = handle_of(r, KIND_SPACE),
		.notification = handle_of(r, KIND_NOTIFICATION),
		.bits = any_word(r),
		.machine = random_once_in(r, 2) ? SELF
						: handle_of(r, KIND_MACHINE),
		.timeout = random_once_in(r, 4) ? 0 : random_below(r, 1000000),
		.slots = (uint32_t)random_below(r, 70),
		.flags = (uint32_t)random_below(r, 3),
	};
	long pager = random_once_in(r, 4) ? pager_create((void *)any_address(r))
					  : pager_create(&s);
	long object;

	note(CALL_pager_create, pager);
	if (pager < 0)
		return;
	object = object_create((uint64_t)pager, any_length(r), any_word(r));
	keep(r, pager);
	keep(r, object);
	if (s.space == SELF && s.ring)
		for (unsigned i = 0; i < 4; i++)
			answer_something(r, (struct pager_ring *)s.ring);
}

/* Anonymous, for devices, of a pager. */
static void make_object(struct random *r)
{
	static const uint8_t kinds[] = {KIND_NONE, KIND_MACHINE, KIND_PAGER};
	unsigned kind = (unsigned)random_below(r, 3);
	uint64_t from = kind ? handle_of(r, kinds[kind]) : SELF;
	uint64_t where = random_once_in(r, 2) ? OBJECT_DMA : any_word(r);
	long object = object_create(from, any_length(r), where);

	note(CALL_object_create, object);
	keep(r, object);
}

/*
 * Without this program's text and constants: a thread there would be a fuzz of
 * which nobody knows, and which would not end with the others.
 */
static void make_clone(struct random *r)
{
	extern char __text_start[], __init_array_end[];
	long clone = space_clone(
		random_once_in(r, 3) ? SELF : handle_of(r, KIND_SPACE));

	note(CALL_space_clone, clone);
	if (clone < 0)
		return;
	space_unmap((uint64_t)clone, __text_start,
		    (uint64_t)(__init_array_end - __text_start));
	keep(r, clone);
}

/* Memory now and then, endpoints and others rarely: all use them. */
static void revoke(struct random *r)
{
	if (random_once_in(r, 4))
		note(CALL_handle_revoke,
		     handle_revoke(handle_of(r, KIND_OBJECT)));
	else if (random_once_in(r, 12))
		note(CALL_handle_revoke, handle_revoke(any_handle(r)));
}

/* Nothing that would be printed. */
static void write_log(struct random *r)
{
	static const uint64_t nowhere[] = {0, 8, 0x4000000000,
					   0xffffffffffe00000, ~3ul};

	log_write((const char *)nowhere[random_below(r, 5)], any_length(r));
}
