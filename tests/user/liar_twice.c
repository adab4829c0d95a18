/* SPDX-License-Identifier: BSD-2-Clause */
/* liar_twice.c - a liar's pages on which two things go wrong at once. */
#include "liar.h"

/* It cannot go, and who waits for it to be brought again has it as it was. */
static void a_revoked_page_that_cannot_be_written_is_there_again(void)
{
	struct pager_request q;

	open_liar(2, 0);
	dirty_a_page();
	CHECK_EQ(revoke_of(object), 1);
	q = next_request();
	CHECK_EQ(q.kind, PAGER_WRITEBACK);
	begin_read(file);
	while (client_activity() != THREAD_WAITS_PAGE)
		thread_yield();
	CHECK_EQ(fail(&q, E_IO), 0);
	wait_for(DONE);
	CHECK_EQ(job.value, 'd');
	close_liar();
}

static volatile bool go;

static long write_once(void)
{
	return file[0] = 'e';
}

static long write_and_read(void)
{
	file[0] = 'e';
	notification_signal(bits_of_all, OTHER);
	while (!go) /* no other wait may come in between */
		thread_yield();
	return file[0];
}

/* It is being written, asked for once more by a writer, and revoked again. */
static struct pager_request write_back_and_ask_anew(long (*writer)(void))
{
	struct pager_request out;

	dirty_a_page();
	CHECK_EQ(answer((struct pager_answer){.kind = PAGER_REVOKE,
					      .object = object,
					      .count = 1,
					      .prot = PROT_R}),
		 1);
	out = next_request();
	CHECK_EQ(out.kind, PAGER_WRITEBACK);
	begin_call(writer);
	while (client_activity() != THREAD_WAITS_PAGE)
		thread_yield();
	CHECK_EQ(revoke_of(object), 0);
	return out;
}

/* Both requests fail, in either order: it holds what was written to it still. */
static void a_page_that_fails_both_ways_is_there_again(void)
{
	struct pager_request out;

	open_liar(4, 0);
	out = write_back_and_ask_anew(write_once);
	CHECK_EQ(fail(&out, E_IO), 0);
	fail_until(DONE, E_IO); /* it is there, so the writer goes on */
	CHECK_EQ(file[0], 'e');
	CHECK_EQ(sync_all(), -E_IO);
	close_liar();

	open_liar(4, 0);
	out = write_back_and_ask_anew(write_once);
	fail_until(FAULT, E_IO);
	CHECK_EQ(why, E_IO);
	CHECK_EQ(fail(&out, E_IO), 0);
	begin_read(file);
	wait_for(DONE);
	CHECK_EQ(job.value, 'd');
	close_liar();
}

/* It was there when it looked again: the error is not for its next wait. */
static void an_error_that_came_to_nothing_is_forgotten(void)
{
	struct pager_request q;

	open_liar(4, 0);
	q = write_back_and_ask_anew(write_and_read);
	CHECK_EQ(fail(&q, E_IO), 0);
	do /* it looks, and waits on */
		thread_yield();
	while (client_activity() != THREAD_WAITS_PAGE);
	fail_until(OTHER, E_IO);
	CHECK_EQ(revoke_of(object), 1);
	q = next_request();
	CHECK_EQ(done(&q), 0);
	go = true;
	CHECK_EQ(submit(REQUEST | FAULT), REQUEST);
	q = next_request();
	*(volatile char *)q.address = 'n';
	CHECK_EQ(supply(&q, RW), 0);
	wait_for(DONE);
	CHECK_EQ(job.result, 'n');
	close_liar();
}

static uint64_t same_object;
static volatile long first;

static long sync_by_another_handle(void)
{
	first = sync_all();
	file[0] = 'f';
	return object_sync(same_object, 0, PAGES * PAGE);
}

/* A call that is broken off leaves nothing for the next to go on from. */
static void a_sync_that_loses_its_handle_is_over(void)
{
	struct pager_request q;

	open_liar(2, 0);
	same_object = (uint64_t)handle_duplicate(SELF, object, RIGHTS_ALL, 0);
	CHECK((long)same_object > 0);
	dirty_a_page();
	begin_call(sync_by_another_handle);
	q = next_request();
	while (client_activity() != THREAD_WAITS_PAGE)
		thread_yield();
	CHECK_EQ(handle_close(object), 0);
	CHECK_EQ(done(&q), 0);
	CHECK_EQ(submit(REQUEST | DONE), REQUEST);
	CHECK_EQ(first, -E_STALE);
	q = next_request();
	CHECK_EQ(q.kind, PAGER_WRITEBACK);
	CHECK_EQ(*(volatile char *)q.address, 'f');
	CHECK_EQ(done(&q), 0);
	wait_for(DONE);
	CHECK_EQ(job.result, 0);
	object = same_object;
	close_liar();
}

int main(void)
{
	a_revoked_page_that_cannot_be_written_is_there_again();
	a_page_that_fails_both_ways_is_there_again();
	an_error_that_came_to_nothing_is_forgotten();
	a_sync_that_loses_its_handle_is_over();
	return 0;
}
