/* SPDX-License-Identifier: BSD-2-Clause */
/* messages.c - bytes and handles in messages, kept replies, badges. */
#include "threads.h"

#define BUFFER IPC_BYTES_MAX

static uint64_t door;
static char *here, *there; /* the client's buffer, the server's */

static char *buffer(void)
{
	long r = space_map(SELF, NULL, BUFFER + PAGE, RW, 0, NULL);

	CHECK(r > 0);
	return (char *)r;
}

static char pattern(size_t i, uint64_t seed)
{
	return (char)(i * 7 + i / 251 + seed);
}

/* ---- bytes ---------------------------------------------------------------- */

/* Gives back what it got, turned round in each byte, at the same length. */
static void turner(void *unused)
{
	struct ipc_extra e = {0};
	struct message m = {.extra = &e};
	long err;

	(void)unused;
	e.receive = (uint64_t)there;
	e.receive_bytes = BUFFER;
	err = ipc_receive(door, &m);
	while (!err) {
		uint32_t n = IPC_BYTES(m.came);

		for (uint32_t i = 0; i < n; i++)
			there[i] = (char)~there[i];
		e.send = (uint64_t)there;
		e.send_bytes = n;
		m.extra = &e;
		m.word[1] = m.came & IPC_CUT;
		err = ipc_reply_receive(door, &m);
	}
	CHECK(err == -E_PEER || err == -E_STALE);
}

static void go_there_and_back(uint32_t bytes, uint32_t offset)
{
	struct ipc_extra e = {.send = (uint64_t)here + offset,
			      .send_bytes = bytes,
			      .receive = (uint64_t)here + offset,
			      .receive_bytes = bytes};
	struct message m = {.word = {bytes}, .extra = &e};

	for (uint32_t i = 0; i < bytes; i++)
		here[offset + i] = pattern(i, bytes);
	CHECK_EQ(ipc_call(door, &m), 0);
	CHECK_EQ(IPC_BYTES(m.came), bytes);
	CHECK(!(m.came & IPC_CUT));
	CHECK_EQ(m.word[0], bytes);
	CHECK_EQ(m.word[1], 0);
	for (uint32_t i = 0; i < bytes; i++)
		CHECK_EQ(here[offset + i], (char)~pattern(i, bytes));
}

/* Buffers begin untouched: both sides' pages are brought by the copy. */
static void bytes_arrive_whatever_pages_they_lie_on(void)
{
	static const uint32_t sizes[] = {1,    7,    8,	   255,	  4095, 4096,
					 4097, 8192, 8193, 65535, 65536};

	here = buffer();
	there = buffer();
	door = (uint64_t)endpoint_create();
	run(turner, NULL);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		for (uint32_t offset = 0; offset <= 4095; offset += 1365)
			if (sizes[i] + offset <= BUFFER + PAGE)
				go_there_and_back(sizes[i], offset);
}

static void what_has_no_room_is_cut(void)
{
	struct ipc_extra e = {.send = (uint64_t)here,
			      .send_bytes = 5000,
			      .receive = (uint64_t)here,
			      .receive_bytes = 100};
	struct message m = {.extra = &e};

	CHECK_EQ(ipc_call(door, &m), 0);
	CHECK_EQ(IPC_BYTES(m.came), 100);
	CHECK(m.came & IPC_CUT);
	m = (struct message){.word = {1}};
	CHECK_EQ(ipc_call(door, &m), 0);
	CHECK_EQ(m.came, IPC_CUT & m.came); /* no room at all */
}

static void bad_buffers_are_the_senders_error(void)
{
	struct ipc_extra e = {.send = 0xffffffffffe00000, .send_bytes = 64};
	struct message m = {.extra = &e};

	CHECK_EQ(ipc_call(door, &m), -E_FAULT);
	e.send = 0x3000000000;
	m.extra = &e;
	CHECK_EQ(ipc_call(door, &m), -E_FAULT);
	e.send_bytes = IPC_BYTES_MAX + 1;
	m.extra = &e;
	CHECK_EQ(ipc_call(door, &m), -E_INVAL);
	m.extra = (struct ipc_extra *)0x3000000000;
	CHECK_EQ(ipc_call(door, &m), -E_FAULT);
	m.extra = (struct ipc_extra *)1;
	CHECK_EQ(ipc_call(door, &m), -E_FAULT);
	/* The end of the buffer is not there: the beginning may have gone. */
	CHECK_EQ(space_unmap(SELF, here + 2 * PAGE, PAGE), 0);
	e = (struct ipc_extra){.send = (uint64_t)here, .send_bytes = 3 * PAGE};
	m.extra = &e;
	CHECK_EQ(ipc_call(door, &m), -E_FAULT);
	CHECK(space_map(SELF, here + 2 * PAGE, PAGE, RW, MAP_FIXED, NULL) > 0);
	go_there_and_back(3 * PAGE, 0); /* the server is there still */
	/* Room that may not be written: nothing comes, and it is said. */
	CHECK_EQ(space_protect(SELF, here + PAGE, PAGE, PROT_R), 0);
	e = (struct ipc_extra){.send = (uint64_t)here,
			       .send_bytes = 3 * PAGE,
			       .receive = (uint64_t)here,
			       .receive_bytes = 3 * PAGE};
	m.extra = &e;
	CHECK_EQ(ipc_call(door, &m), 0);
	CHECK_EQ(IPC_BYTES(m.came), PAGE);
	CHECK(m.came & IPC_CUT);
	CHECK_EQ(space_protect(SELF, here + PAGE, PAGE, RW), 0);
	CHECK_EQ(handle_revoke(door), 0);
	wait_for_threads(1);
	CHECK_EQ(handle_close(door), 0);
}

/*
 * A caller that ends while the reply's bytes are on their way, page by page, does
 * not end the server's call: it goes on to receive.
 */
static void short_lived(void *room)
{
	struct ipc_extra e = {.send = (uint64_t)here,
			      .send_bytes = BUFFER,
			      .receive = (uint64_t)room,
			      .receive_bytes = BUFFER};
	struct message m = {.extra = &e};

	ipc_call(door, &m);
}

static void callers_that_end_in_a_reply_do_no_harm(void)
{
	door = (uint64_t)endpoint_create();
	run(turner, NULL);
	for (int i = 0; i < 40; i++) {
		char *room = buffer();
		uint64_t t = run(short_lived, room);

		for (int k = 0; k < i * 100; k++)
			__asm__ volatile("");
		if (i % 3)
			thread_yield();
		thread_control(t, THREAD_END); /* or it has its answer */
		wait_for_threads(2);
		CHECK_EQ(handle_close(t), 0);
		CHECK_EQ(space_unmap(SELF, room, BUFFER + PAGE), 0);
		go_there_and_back(100, 0); /* the server is there still */
	}
	CHECK_EQ(handle_revoke(door), 0);
	wait_for_threads(1);
	CHECK_EQ(handle_close(door), 0);
}

/* ---- handles ---------------------------------------------------------------- */

/* Sends back what it got, and closes it. */
static void returner(void *unused)
{
	struct ipc_extra e = {.accept = IPC_HANDLES};
	struct message m = {.extra = &e};
	long err = ipc_receive(door, &m);

	(void)unused;
	while (!err) {
		unsigned n = IPC_COUNT(m.came);

		for (unsigned i = 0; i < n; i++)
			e.handle[i] = m.handle[n - 1 - i];
		e.handles = n;
		m.extra = &e;
		m.word[0] = m.badge;
		err = ipc_reply_receive(door, &m);
		for (unsigned i = 0; i < e.handles; i++)
			CHECK_EQ(handle_close(e.handle[i]), 0);
		e.handles = 0;
	}
}

static void handles_travel(void)
{
	long n = notification_create(), ep, marked;
	struct ipc_extra e = {.accept = IPC_HANDLES, .handles = 2};
	struct message m = {.extra = &e};

	door = (uint64_t)endpoint_create();
	marked = handle_duplicate(SELF, door, RIGHT_SEND | RIGHT_DUPLICATE, 77);
	ep = endpoint_create();
	run(returner, NULL);
	e.handle[0] = (uint64_t)n;
	e.handle[1] = (uint64_t)marked;
	CHECK_EQ(ipc_call((uint64_t)marked, &m), 0);
	CHECK_EQ(m.word[0], 77);
	CHECK_EQ(IPC_COUNT(m.came), 2);
	CHECK_EQ(HANDLE_KIND(handle_info(m.handle[0])), KIND_ENDPOINT);
	CHECK_EQ(HANDLE_RIGHTS(handle_info(m.handle[0])),
		 RIGHT_SEND | RIGHT_DUPLICATE);
	CHECK_EQ(HANDLE_KIND(handle_info(m.handle[1])), KIND_NOTIFICATION);
	CHECK_EQ(handle_close(m.handle[1]), 0);
	/* The badge went along: it is the old one's, whoever sends by it. */
	e.handles = 0;
	m.extra = &e;
	CHECK_EQ(ipc_call(m.handle[0], &m), 0);
	CHECK_EQ(m.word[0], 77);
	/* No room: cut. A bad one: an error, and nothing is sent. */
	e.handles = 2;
	e.accept = 1;
	m.extra = &e;
	CHECK_EQ(ipc_call(door, &m), 0);
	CHECK_EQ(IPC_COUNT(m.came), 1);
	CHECK(m.came & IPC_CUT);
	CHECK_EQ(handle_close(m.handle[0]), 0);
	e.handle[1] = 0x3000;
	m.extra = &e;
	CHECK_EQ(ipc_call(door, &m), -E_BADF);
	CHECK_EQ(handle_close((uint64_t)marked), 0);
	e.handle[1] = (uint64_t)marked;
	m.extra = &e;
	CHECK_EQ(ipc_call(door, &m), -E_STALE);
	e.handle[1] =
		(uint64_t)handle_duplicate(SELF, (uint64_t)n, RIGHT_WAIT, 0);
	m.extra = &e;
	CHECK_EQ(ipc_call(door, &m), -E_PERM);
	e.handles = IPC_HANDLES + 1;
	m.extra = &e;
	CHECK_EQ(ipc_call(door, &m), -E_INVAL);
	/* An endpoint sent over itself. */
	e = (struct ipc_extra){.accept = 1, .handles = 1, .handle = {door}};
	m.extra = &e;
	CHECK_EQ(ipc_call(door, &m), 0);
	CHECK_EQ(handle_close(m.handle[0]), 0);
	CHECK_EQ(handle_revoke(door), 0);
	wait_for_threads(1);
	CHECK_EQ(handle_close((uint64_t)ep) | handle_close(door), 0);
}

/* ---- kept replies ------------------------------------------------------------ */

static volatile uint64_t answers;

static void asker(void *word)
{
	struct message m = {.word = {(uint64_t)word}};
	long err = ipc_call(door, &m);

	CHECK(err == -E_PEER || m.word[0] == (uint64_t)word + 100);
	__atomic_fetch_add(&answers, err ? 1000 : 1, __ATOMIC_RELAXED);
}

static void callers_can_be_kept(void)
{
	uint64_t kept[3], words[3];
	struct message m = {.word = {0}};

	answers = 0;
	door = (uint64_t)endpoint_create();
	CHECK_EQ(reply_keep(), -E_INVAL);
	CHECK_EQ(ipc_reply(SELF, &m), -E_INVAL);
	for (uint64_t i = 0; i < 3; i++) {
		run(asker, (void *)(i + 1));
		CHECK_EQ(ipc_receive(door, &m), 0);
		words[i] = m.word[0];
		kept[i] = (uint64_t)reply_keep();
		CHECK_EQ(HANDLE_KIND(handle_info(kept[i])), KIND_REPLY);
	}
	CHECK_EQ(ipc_reply(SELF, &m), -E_INVAL); /* it was kept */
	m.word[0] = words[2] + 100;
	CHECK_EQ(ipc_reply(kept[2], &m), 0);
	CHECK_EQ(ipc_reply(kept[2], &m), -E_STALE); /* once */
	m.word[0] = words[0] + 100;
	CHECK_EQ(ipc_reply(kept[0], &m), 0);
	CHECK_EQ(handle_close(kept[1]), 0); /* he has no answer */
	wait_for_threads(1);
	CHECK_EQ(answers, 1002);
	CHECK_EQ(handle_close(door), 0);
}

int main(void)
{
	bytes_arrive_whatever_pages_they_lie_on();
	what_has_no_room_is_cut();
	bad_buffers_are_the_senders_error();
	callers_that_end_in_a_reply_do_no_harm();
	handles_travel();
	callers_can_be_kept();
	return 0;
}
