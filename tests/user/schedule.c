/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * schedule.c - priorities, harts, donation. All on one hart, so that the order
 * is what priorities make it.
 */
#include "pager.h"
#include "threads.h"

static uint64_t door;
static volatile char order[32];
static volatile int n_order;

static void note(char c)
{
	order[n_order++] = c;
}

static void reset(void)
{
	n_order = 0;
	memset((void *)order, 0, sizeof(order));
}

/*
 * Threads wait at a gate, each for its bit, until all are where they should be
 * and as urgent; go() opens it for all at once.
 */
static uint64_t gate, waiting;
static unsigned starts;

static struct start {
	void (*f)(void *);
	void *argument;
	uint64_t bit;
} start[64];

static void gated(void *s)
{
	struct start *me = s;

	CHECK_EQ(notification_wait(gate, me->bit, NEVER, NULL), 0);
	me->f(me->argument);
}

static void thread_on(void (*f)(void *), void *argument, unsigned priority,
		      uint64_t harts)
{
	struct start *s = &start[starts];
	uint64_t place = (uint64_t)threads(), t;

	*s = (struct start){f, argument, 1ul << starts++};
	waiting |= s->bit;
	t = run(gated, s);
	wait_until(place, THREAD_WAITS_BITS);
	CHECK_EQ(thread_schedule(t, priority, harts), 0);
}

static void thread(void (*f)(void *), void *argument, unsigned priority)
{
	thread_on(f, argument, priority, 1);
}

static void go(void)
{
	uint64_t bits = waiting;

	waiting = 0;
	CHECK_EQ(notification_signal(gate, bits), 0);
}

static void says(void *c)
{
	note((char)(uintptr_t)c);
}

static void the_most_urgent_runs_first(void)
{
	reset();
	thread(says, (void *)'a', 3);
	thread(says, (void *)'b', 5);
	thread(says, (void *)'c', 4);
	thread(says, (void *)'d', 5);
	go();
	wait_for_threads(1);
	CHECK(!strcmp((const char *)order, "bdca") ||
	      !strcmp((const char *)order, "dbca"));
}

static void turns(void *c)
{
	for (int i = 0; i < 3; i++) {
		note((char)(uintptr_t)c);
		thread_yield();
	}
}

static void equals_take_turns(void)
{
	reset();
	thread(turns, (void *)'x', 4);
	thread(turns, (void *)'y', 4);
	thread(says, (void *)'z', 3);
	go();
	wait_for_threads(1);
	/* The end of a slice may pass a turn on, too. */
	CHECK(order[6] == 'z');
	CHECK(strncmp((const char *)order, "xxx", 3) != 0);
}

static void bad_schedules_are_refused(void)
{
	CHECK_EQ(thread_schedule(SELF, PRIORITIES, 1), -E_INVAL);
	CHECK_EQ(thread_schedule(SELF, 5, 0), -E_INVAL);
	CHECK_EQ(thread_schedule(SELF, 5, 1ul << 40), -E_INVAL);
	CHECK_EQ(thread_schedule(SELF, 10, 1), 0);
	CHECK_EQ(thread_schedule(SELF, 11, 1), -E_PERM);
}

/* ---- donation -------------------------------------------------------------------- */

static volatile int stop, served;

static unsigned my_priority(void)
{
	struct thread_info i[8];
	long n = thread_list(SELF, 0, i, 8);

	for (long k = 0; k < n; k++)
		if (i[k].activity == THREAD_IS_RUNNING)
			return i[k].priority;
	return 99;
}

static void server(void *unused)
{
	struct message m = {.word = {0}};
	long err = ipc_receive(door, &m);

	(void)unused;
	while (!err) {
		if (m.word[0] == 1) /* until it is lifted */
			while (my_priority() < 8 && !stop)
				;
		m.word[1] = my_priority();
		served++;
		err = ipc_reply_receive(door, &m);
	}
}

static void client(void *word)
{
	struct message m = {.word = {(uint64_t)word}};

	CHECK_EQ(ipc_call(door, &m), 0);
	note((char)('0' + m.word[1]));
}

/* A server runs as urgently as the one it works for, and no longer. */
static void a_server_runs_at_its_callers_priority(void)
{
	struct message m = {.word = {0}};

	reset();
	door = (uint64_t)endpoint_create();
	thread(server, NULL, 2);
	go();
	sleep_until((uint64_t)time_now() + MS);
	CHECK_EQ(ipc_call(door, &m), 0);
	CHECK_EQ(m.word[1], 10);
	thread(client, (void *)0, 6);
	thread(client, (void *)0, 7);
	go();
	wait_for_threads(2);
	CHECK(!strcmp((const char *)order, "76"));
}

static void hog(void *unused)
{
	(void)unused;
	while (!stop)
		;
}

/*
 * The server works for somebody at 3 when a hog at 5 comes, and then a caller at
 * 8: the server is lifted over the hog, and the caller is served.
 */
static void urgency_reaches_a_busy_server(void)
{
	reset();
	stop = served = 0;
	thread(client, (void *)1, 3);
	go();
	sleep_until((uint64_t)time_now() + MS);
	thread(hog, NULL, 5);
	thread(client, (void *)2, 8);
	go();
	for (int i = 0; order[0] != '8'; i++) {
		CHECK(i < 2000);
		sleep_until((uint64_t)time_now() + MS);
	}
	CHECK(!stop);
	stop = 1;
	wait_for_threads(2);
	CHECK_EQ(handle_revoke(door), 0);
	wait_for_threads(1);
	CHECK_EQ(handle_close(door), 0);
}

/* ---- harts ------------------------------------------------------------------------ */

static volatile int where[4];

static void stays(void *hart)
{
	struct thread_info i[8];
	long n = thread_list(SELF, 0, i, 8);

	for (long k = 0; k < n; k++)
		if (i[k].activity == THREAD_IS_RUNNING &&
		    i[k].harts == 1u << (uintptr_t)hart)
			where[(uintptr_t)hart] = i[k].hart;
}

static void threads_go_where_they_may(void)
{
	uint64_t harts = counts().harts;

	for (uint64_t h = 0; h < harts && h < 4; h++) {
		where[h] = -1;
		thread_on(stays, (void *)h, 1, 1ul << h);
		go();
		wait_for_threads(1);
		CHECK_EQ(where[h], h);
	}
}

/* ---- who wakes the other by a fault, or an answer --------------------------- */

static uint64_t
	told; /* 1: a request; 2: for who is in between; 4: all is done */
static struct pager filler;
static volatile char *file;

static void fills(void *unused)
{
	struct pager_request q;

	(void)unused;
	note('1');
	while (!pager_next(&filler, &q))
		CHECK_EQ(pager_submit(filler.handle, 1, NEVER, NULL), 0);
	note('p');
	pager_supply(&filler, q.slot, PROT_R);
	CHECK_EQ(pager_submit(filler.handle, 0, NEVER, NULL), 0);
	note('q');
	notification_signal(told, 4);
}

static void between(void *unused)
{
	(void)unused;
	note('0');
	CHECK_EQ(notification_wait(told, 2, NEVER, NULL), 0);
	note('m');
}

static void touches(void *unused)
{
	(void)unused;
	note('t');
	notification_signal(told, 2);
	(void)*file;
	note('c');
}

static void a_pager_is_not_before_who_is_more_urgent(void)
{
	struct pager_setup setup = {.bits = 1, .slots = 1};
	uint64_t object;

	reset();
	told = setup.notification = (uint64_t)notification_create();
	CHECK_EQ(pager_open(&filler, &setup), 0);
	object = (uint64_t)object_create(filler.handle, 4096, 1);
	file = (volatile char *)space_map_object(
		SELF, NULL, 4096, PROT_R | MAP_SHARED, object, 0);
	thread(between, NULL, 8);
	thread(fills, NULL, 7);
	go();
	for (int i = 0; i < 3 || n_order < 2; i++) /* until both wait */
		sleep_until((uint64_t)time_now() + 1000000);
	thread(touches, NULL, 9);
	go();
	CHECK_EQ(notification_wait(told, 4, NEVER, NULL), 0); /* no clock */
	CHECK(!strcmp((const char *)order, "01tmpcq"));
	wait_for_threads(1);
	CHECK_EQ(space_unmap(SELF, (const void *)file, 4096), 0);
	CHECK_EQ(handle_close(object) | handle_close(filler.handle) |
			 handle_close(told),
		 0);
}

int main(void)
{
	CHECK_EQ(thread_schedule(SELF, 12, 1), 0);
	gate = (uint64_t)notification_create();
	the_most_urgent_runs_first();
	equals_take_turns();
	bad_schedules_are_refused();
	a_server_runs_at_its_callers_priority();
	urgency_reaches_a_busy_server();
	a_pager_is_not_before_who_is_more_urgent();
	threads_go_where_they_may();
	return 0;
}
