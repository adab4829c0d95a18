/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cut.c - bytes that break off on their way, because who sends them is gone. The
 * buffer that they go to lies in an object of a pager, so that the copy stands
 * still at its second page for as long as we like.
 */
#include "paging.h"

#define PAGES 3u

static uint64_t object, ear; /* ear: the endpoint of the messages */
static volatile char *file;
static char pages[4 * PAGE] __attribute__((aligned(4096)));
static char stack_of_server[8192] __attribute__((aligned(16)));

static struct message reply; /* what the client's call brought */
static volatile long served; /* what the server's call gave */
static struct ipc_extra offer;

/* Page 0 is there, the others are to be brought. */
static void open_file(void)
{
	struct pager_request q;

	open_all(2, 0, 0);
	object = (uint64_t)object_create(pager.handle, PAGES * PAGE, KEY);
	CHECK((long)object > 0);
	file = map_pages(object, PAGES, RW | MAP_SHARED);
	begin_write(file, 'f');
	q = next_request();
	CHECK_EQ(supply(&q, RW), 0);
	wait_for(DONE);
	ear = (uint64_t)endpoint_create();
	memset(pages, 'p', sizeof(pages));
	served = 1;
}

static void close_file(void)
{
	CHECK_EQ(space_unmap(SELF, (const void *)file, PAGES * PAGE), 0);
	close_pager(object);
	CHECK_EQ(handle_close(ear), 0);
}

/* ---- replies -------------------------------------------------------------- */

static __attribute__((noinline)) void server(uint64_t arg)
{
	struct message m = {.extra = NULL};

	(void)arg;
	if (ipc_receive(ear, &m))
		return;
	m = (struct message){.word = {77}, .extra = &offer};
	served = ipc_reply(SELF, &m);
}
THREAD(server_entry, server)

static long call(void)
{
	struct ipc_extra e = {.receive = (uint64_t)file,
			      .receive_bytes = PAGES * PAGE,
			      .accept = 1};

	reply = (struct message){.extra = &e};
	return ipc_call(ear, &reply);
}

static uint64_t begin_server(void)
{
	return (uint64_t)run(server_entry,
			     stack_of_server + sizeof(stack_of_server), 0);
}

/* The client has its error, and what came before it. */
static void check_reply(uint64_t bytes, unsigned handles)
{
	CHECK_EQ(job.result, -E_PEER);
	CHECK(reply.came & IPC_CUT);
	CHECK_EQ(IPC_BYTES(reply.came), bytes);
	CHECK_EQ(IPC_COUNT(reply.came), handles);
	CHECK_EQ(reply.word[0], 77);
	CHECK_EQ(file[PAGE - 1], 'p');
	if (handles)
		CHECK_EQ(handle_close(reply.handle[0]), 0);
}

/* Whatever happens to the server while the client waits for its page. */
static void reply_breaks_off(unsigned operation)
{
	struct pager_request q;
	uint64_t t;

	open_file();
	offer = (struct ipc_extra){.send = (uint64_t)pages,
				   .send_bytes = PAGES * PAGE,
				   .handles = 1,
				   .handle = {object}};
	t = begin_server();
	begin_call(call);
	q = next_request();
	CHECK_EQ(q.index, 1);
	while (thread_control(t, operation) == -E_AGAIN)
		;
	CHECK_EQ(supply(&q, RW), 0);
	wait_for(DONE);
	check_reply(PAGE, 1);
	if (operation == THREAD_CANCEL)
		while (served == 1)
			thread_yield();
	CHECK_EQ(served, operation == THREAD_CANCEL ? -E_CANCELED : 1);
	if (operation == THREAD_STOP)
		CHECK_EQ(thread_control(t, THREAD_END), 0);
	CHECK_EQ(handle_close(t), 0);
	close_file();
}

static void a_bad_buffer_breaks_a_reply_off(void)
{
	uint64_t t;

	open_file();
	CHECK_EQ(space_unmap(SELF, pages + 2 * PAGE, PAGE), 0);
	offer = (struct ipc_extra){.send = (uint64_t)pages + PAGE,
				   .send_bytes = 2 * PAGE};
	t = begin_server();
	begin_call(call);
	wait_for(DONE);
	check_reply(PAGE, 0);
	while (served == 1)
		thread_yield();
	CHECK_EQ(served, -E_FAULT);
	CHECK(space_map(SELF, pages + 2 * PAGE, PAGE, RW, MAP_FIXED, NULL) > 0);
	CHECK_EQ(handle_close(t), 0);
	close_file();
}

/* The server goes before it has answered at all. */
static void no_reply_is_told_from_half_of_one(void)
{
	open_file();
	CHECK_EQ(handle_revoke(ear), 0);
	CHECK_EQ(call(), -E_STALE);
	CHECK_EQ(handle_close(ear), 0);
	ear = (uint64_t)endpoint_create();
	begin_call(call);
	while (client_activity() != THREAD_WAITS_SEND)
		thread_yield();
	CHECK_EQ(handle_revoke(ear), 0);
	wait_for(DONE);
	CHECK_EQ(job.result, -E_PEER);
	CHECK(!(reply.came & IPC_CUT));
	close_file();
}

/* ---- requests ------------------------------------------------------------- */

static __attribute__((noinline)) void asker(uint64_t arg)
{
	struct message m = {.extra = &offer};

	(void)arg;
	served = ipc_call(ear, &m);
}
THREAD(asker_entry, asker)

static long receive(void)
{
	struct ipc_extra e = {.receive = (uint64_t)file,
			      .receive_bytes = PAGES * PAGE};
	struct message m = {.extra = NULL};
	long err;

	reply = (struct message){.extra = &e};
	err = ipc_receive(ear, &reply);
	return err ? err : ipc_reply(SELF, &m);
}

/* Who asks gives up: the server has a part, and nobody to answer. */
static void a_request_that_breaks_off_asks_nothing(void)
{
	struct pager_request q;
	uint64_t t;

	open_file();
	offer = (struct ipc_extra){.send = (uint64_t)pages,
				   .send_bytes = PAGES * PAGE};
	t = (uint64_t)run(asker_entry,
			  stack_of_server + sizeof(stack_of_server), 0);
	begin_call(receive);
	q = next_request();
	CHECK_EQ(thread_control(t, THREAD_CANCEL), 0);
	CHECK_EQ(supply(&q, RW), 0);
	wait_for(DONE);
	CHECK_EQ(reply.came, PAGE | IPC_CUT);
	CHECK_EQ(job.result, -E_INVAL);
	while (served == 1)
		thread_yield();
	CHECK_EQ(served, -E_CANCELED);
	CHECK_EQ(handle_close(t), 0);
	close_file();
}

int main(void)
{
	reply_breaks_off(THREAD_END);
	reply_breaks_off(THREAD_CANCEL);
	reply_breaks_off(THREAD_STOP);
	a_bad_buffer_breaks_a_reply_off();
	no_reply_is_told_from_half_of_one();
	a_request_that_breaks_off_asks_nothing();
	return 0;
}
