/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * liar.c - a pager that answers wrongly, late, or not at all. Its clients get
 * errors; the kernel refuses, counts, and goes on.
 */
#include "liar.h"

/* ---- wrong answers ------------------------------------------------------ */

static void answers_that_are_wrong_are_refused(void)
{
	struct pager_request q;
	uint32_t n = 0;

	open_liar(4, 0);
	begin_read(file + PAGE);
	q = next_request();
	CHECK_EQ(answer((struct pager_answer){
			 .kind = PAGER_SUPPLY, .slot = 3, .prot = RW}),
		 -E_NOENT);
	CHECK_EQ(refused(), ++n);
	CHECK_EQ(answer((struct pager_answer){
			 .kind = PAGER_SUPPLY, .slot = 60000, .prot = RW}),
		 -E_NOENT);
	CHECK_EQ(refused(), ++n);
	CHECK_EQ(done(&q), -E_TYPE);
	CHECK_EQ(refused(), ++n);
	CHECK_EQ(supply(&q, PROT_X), -E_INVAL);
	CHECK_EQ(refused(), ++n);
	CHECK_EQ(answer((struct pager_answer){.kind = 99, .slot = q.slot}),
		 -E_INVAL);
	CHECK_EQ(refused(), ++n);
	*(volatile char *)q.address = 'g';
	CHECK_EQ(supply(&q, RW), 0);
	wait_for(DONE);
	CHECK_EQ(job.value, 'g');
	CHECK_EQ(supply(&q, RW), -E_NOENT); /* twice */
	CHECK_EQ(fail(&q, E_IO), -E_NOENT);
	CHECK_EQ(refused(), n + 2);
	CHECK_EQ(file[PAGE], 'g');
	close_liar();
}

static void objects_of_others_are_out_of_reach(void)
{
	struct pager_setup other = {
		.notification = bits_of_all, .bits = REQUEST, .slots = 1};
	struct pager second;
	uint64_t theirs, shared, weak;

	open_liar(4, 0);
	dirty_a_page();
	CHECK_EQ(pager_open(&second, &other), 0);
	theirs = (uint64_t)object_create(second.handle, PAGE, KEY);
	shared = (uint64_t)object_create(SELF, PAGE, 0);
	weak = (uint64_t)handle_duplicate(SELF, object, RIGHT_READ, 0);
	CHECK((long)theirs > 0 && (long)shared > 0 && (long)weak > 0);
	CHECK_EQ(revoke_of(theirs), -E_PERM);
	CHECK_EQ(revoke_of(shared), -E_PERM);
	CHECK_EQ(revoke_of(weak), -E_PERM);
	CHECK_EQ(revoke_of(bits_of_all), -E_TYPE);
	CHECK_EQ(revoke_of(0x7777), -E_BADF);
	CHECK_EQ(refused(), 5);
	CHECK_EQ(file[0], 'd');
	CHECK_EQ(revoke_of(object), 1);
	CHECK_EQ(handle_close(theirs) | handle_close(shared) |
			 handle_close(weak) | handle_close(second.handle),
		 0);
	CHECK_EQ(space_unmap(SELF, (const void *)other.ring,
			     sizeof(struct pager_ring)),
		 0);
	CHECK_EQ(space_unmap(SELF, (const void *)other.window, PAGE), 0);
	close_liar();
}

static void errors_reach_the_client_and_no_other(void)
{
	static const struct {
		int said, told;
	} rows[] = {{E_IO, E_IO},	{E_NOMEM, E_NOMEM},
		    {E_ACCES, E_ACCES}, {E_TIMEDOUT, E_TIMEDOUT},
		    {0, E_IO},		{-5, E_IO},
		    {4096, E_IO}};
	struct pager_request q;

	open_liar(2, 0);
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin_read(file);
		fail_until(FAULT, rows[i].said);
		CHECK_EQ(why, rows[i].told);
	}
	begin_read(file); /* it may work again */
	q = next_request();
	CHECK_EQ(supply(&q, RW), 0);
	wait_for(DONE);
	close_liar();
}

static char stack_of_other[8192] __attribute__((aligned(16)));
static volatile char seen_by_other;

static __attribute__((noinline)) void other(uint64_t arg)
{
	(void)arg;
	seen_by_other = file[PAGE];
	notification_signal(bits_of_all, OTHER);
}
THREAD(other_entry, other)

static void who_waits_for_another_page_waits_on(void)
{
	struct pager_request mine, his;
	uint64_t t;

	open_liar(2, 0);
	t = (uint64_t)run(other_entry, stack_of_other + sizeof(stack_of_other),
			  0);
	his = next_request();
	CHECK_EQ(his.index, 1);
	begin_read(file);
	mine = next_request();
	CHECK_EQ(mine.index, 0);
	CHECK_EQ(fail(&mine, E_IO), 0);
	CHECK_EQ(submit(FAULT | OTHER), FAULT);
	CHECK_EQ(why, E_IO);
	*(volatile char *)his.address = 'o';
	CHECK_EQ(supply(&his, RW), 0);
	while (handle_info(t) != -E_STALE) /* one way or the other */
		thread_yield();
	CHECK_EQ(seen_by_other, 'o');
	CHECK_EQ(submit(FAULT | OTHER), OTHER);
	handle_close(t);
	close_liar();
}

static long info_into_file(void)
{
	return memory_info((struct memory_info *)(uintptr_t)file);
}

/* The second time the page comes. */
static volatile long first;

static long info_twice(void)
{
	first = info_into_file();
	return info_into_file();
}

static void a_call_gives_the_pagers_error_once(void)
{
	struct pager_request q;
	uint64_t got = 0;

	open_liar(2, 0);
	first = 1;
	begin_call(info_twice);
	while (!(got & DONE)) {
		while (pager_next(&pager, &q))
			CHECK_EQ(first == 1 ? fail(&q, E_IO) : supply(&q, RW),
				 0);
		got = submit(DONE | REQUEST);
	}
	CHECK_EQ(first, -E_IO);
	CHECK_EQ(job.result, 0);
	close_liar();
}

static void a_page_that_cannot_be_written_is_told_to_who_syncs(void)
{
	struct pager_request q;

	open_liar(2, 0);
	dirty_a_page();
	begin_call(sync_all);
	q = next_request();
	CHECK_EQ(q.kind, PAGER_WRITEBACK);
	CHECK_EQ(fail(&q, E_IO), 0);
	wait_for(DONE);
	CHECK_EQ(job.result, -E_IO);
	begin_call(sync_all); /* dirty still */
	q = next_request();
	CHECK_EQ(done(&q), 0);
	wait_for(DONE);
	CHECK_EQ(job.result, 0);
	close_liar();
}

/* ---- no answer ----------------------------------------------------------- */

static void who_waits_too_long_is_told(void)
{
	struct pager_request q;

	open_liar(2, SECOND / 100);
	begin_read(file);
	q = next_request();
	CHECK_EQ(wait_for(FAULT), E_TIMEDOUT);
	begin_read(file);
	CHECK_EQ(wait_for(FAULT), E_TIMEDOUT); /* again, by one request */
	CHECK(!pager_next(&pager, &q));
	begin_call(info_into_file);
	wait_for(DONE);
	CHECK_EQ(job.result, -E_TIMEDOUT);
	CHECK_EQ(supply(&q, RW), 0); /* better late */
	begin_write(file, 't');
	wait_for(DONE);
	begin_call(sync_all);
	wait_for(DONE);
	CHECK_EQ(job.result, -E_TIMEDOUT);
	q = next_request();
	CHECK_EQ(done(&q), 0);
	CHECK_EQ(object_sync(object, 0, PAGE), 0);
	close_liar();
}

static void a_pager_that_ends_fails_who_waits(void)
{
	open_liar(1, 0);
	dirty_a_page();
	begin_read(file + PAGE);
	next_request();
	CHECK_EQ(handle_close(pager.handle), 0);
	pager.handle = 0;
	CHECK_EQ(wait_for(FAULT), E_IO);
	begin_read(file + 2 * PAGE);
	CHECK_EQ(wait_for(FAULT), E_IO);
	CHECK_EQ(file[0], 'd');
	file[0] = 'e';
	CHECK_EQ(object_sync(object, 0, PAGES * PAGE), -E_IO);
	close_liar();
}

static void a_pager_that_is_revoked_fails_who_syncs(void)
{
	struct pager_request q;

	open_liar(1, 0);
	dirty_a_page();
	begin_call(sync_all);
	q = next_request();
	CHECK_EQ(*(volatile char *)q.address, 'd');
	CHECK_EQ(handle_revoke(pager.handle), 0);
	wait_for(DONE);
	CHECK_EQ(job.result, -E_IO);
	CHECK_EQ(pager_submit(pager.handle, 0, NOW, NULL), -E_STALE);
	CHECK_EQ(object_create(pager.handle, PAGE, KEY), -E_STALE);
	CHECK_EQ(file[0], 'd');
	begin_read((volatile char *)q.address);
	CHECK_EQ(wait_for(FAULT), E_FAULT);
	close_liar();
}

/* ---- the window, and the ring ---------------------------------------------- */

static void the_window_is_there_for_the_request_alone(void)
{
	volatile char *window;
	struct pager_request q;

	open_liar(2, 0);
	window = (volatile char *)setup.window;
	begin_read(window);
	CHECK_EQ(wait_for(FAULT), E_FAULT);
	dirty_a_page();
	begin_read(window);
	CHECK_EQ(wait_for(FAULT), E_FAULT);
	close_liar();
	open_liar(2, SECOND / 100);
	dirty_a_page();
	begin_call(sync_all);
	q = next_request();
	wait_for(DONE); /* out of time */
	begin_write((volatile char *)q.address, 'x');
	CHECK_EQ(wait_for(FAULT), E_ACCES);
	CHECK_EQ(space_protect(SELF, (const void *)setup.window, PAGE,
			       PROT_R | PROT_X),
		 -E_ACCES);
	CHECK_EQ(done(&q), 0);
	CHECK_EQ(file[0], 'd');
	close_liar();
}

static void a_ring_scribbled_on_is_the_pagers_own_trouble(void)
{
	struct pager_request q;
	uint32_t put;

	open_liar(2, 0);
	begin_read(file);
	q = next_request();
	put = pager.ring->answers_put;
	pager.ring->answers_put = put + PAGER_RING + 1;
	CHECK_EQ(pager_submit(pager.handle, REQUEST, NEVER, NULL), -E_INVAL);
	pager.ring->answers_put = put - 1;
	CHECK_EQ(pager_submit(pager.handle, 0, NEVER, NULL), -E_INVAL);
	memset(pager.ring, 0xff, sizeof(*pager.ring));
	pager.ring->answers_put = put; /* all else is not read */
	CHECK_EQ(supply(&q, RW), 0);
	wait_for(DONE);
	pager.seen = pager.ring->requests_put;
	begin_read(file + PAGE);
	while (pager.ring->requests_put != 2) /* the kernel's own count */
		submit(REQUEST);
	CHECK_EQ(pager.ring->request[1].index, 1);
	/* A full ring of rubbish: all refused, none waits. */
	for (unsigned i = 0; i < PAGER_RING; i++) {
		const struct pager_answer rubbish = {.kind = (uint16_t)(i * 7),
						     .slot = 9};

		pager_put(&pager, &rubbish);
	}
	CHECK_EQ(submit(REQUEST), 0);
	CHECK_EQ(refused(), PAGER_RING);
	pager.seen = 1;
	fail_until(FAULT, E_IO);
	CHECK_EQ(why, E_IO);
	close_liar();
}

/* ---- pager_create ----------------------------------------------------------- */

static void setups_that_make_no_sense_are_refused(void)
{
	const struct pager_setup good = {
		.notification = bits_of_all, .bits = REQUEST, .slots = 1};
	uint64_t deaf =
		(uint64_t)handle_duplicate(SELF, bits_of_all, RIGHT_SIGNAL, 0);
	uint64_t mute =
		(uint64_t)handle_duplicate(SELF, bits_of_all, RIGHT_WAIT, 0);
	uint64_t weak;
	struct pager_setup s;
	struct pager p;

#define REFUSED(field, value, err) \
	s = good;                  \
	s.field = (value);         \
	CHECK_EQ(pager_create(&s), -(long)(err))
	REFUSED(slots, 0, E_INVAL);
	REFUSED(slots, PAGER_SLOTS_MAX + 1, E_INVAL);
	REFUSED(flags, 4, E_INVAL);
	REFUSED(bits, 0, E_INVAL);
	REFUSED(notification, 0x7777, E_BADF);
	REFUSED(notification, door, E_TYPE);
	REFUSED(notification, mute, E_PERM);
	REFUSED(space, door, E_TYPE);
	REFUSED(machine, door, E_TYPE);
	CHECK_EQ(pager_create(NULL), -E_FAULT);
	s = good; /* it may signal, but its program not wait */
	s.notification = deaf;
	CHECK_EQ(pager_open(&p, &s), 0);
	CHECK_EQ(pager_submit(p.handle, REQUEST, NOW, NULL), -E_PERM);
	CHECK_EQ(pager_submit(p.handle, 0, NOW, NULL), 0);
	weak = (uint64_t)handle_duplicate(SELF, p.handle, RIGHT_DUPLICATE, 0);
	CHECK_EQ(pager_submit(weak, 0, NOW, NULL), -E_PERM);
	CHECK_EQ(handle_close(weak) | handle_close(p.handle), 0);
	CHECK_EQ(space_unmap(SELF, (const void *)s.ring,
			     sizeof(struct pager_ring)),
		 0);
	CHECK_EQ(space_unmap(SELF, (const void *)s.window, PAGE), 0);
}

int main(void)
{
	answers_that_are_wrong_are_refused();
	objects_of_others_are_out_of_reach();
	errors_reach_the_client_and_no_other();
	who_waits_for_another_page_waits_on();
	a_call_gives_the_pagers_error_once();
	a_page_that_cannot_be_written_is_told_to_who_syncs();
	who_waits_too_long_is_told();
	a_pager_that_ends_fails_who_waits();
	a_pager_that_is_revoked_fails_who_syncs();
	the_window_is_there_for_the_request_alone();
	a_ring_scribbled_on_is_the_pagers_own_trouble();
	setups_that_make_no_sense_are_refused();
	return 0;
}
