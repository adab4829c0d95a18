/* SPDX-License-Identifier: BSD-2-Clause */
/* watch.c - being told of the end of a task, or of one thread. */
#include "threads.h"

static uint64_t bell;

static uint64_t notification(void)
{
	long n = notification_create();

	CHECK(n > 0);
	return (uint64_t)n;
}

/* What came, 0 if nothing did. */
static uint64_t bits_of(uint64_t n)
{
	uint64_t bits = 0;

	return notification_wait(n, ~0ul, NOW, &bits) ? 0 : bits;
}

static uint64_t new_task(void)
{
	long s = space_create(), t = task_create((uint64_t)s, "t", 1);

	CHECK(s > 0 && t > 0);
	CHECK_EQ(handle_close((uint64_t)s), 0);
	return (uint64_t)t;
}

static uint64_t weaker(uint64_t handle, unsigned rights)
{
	long h = handle_duplicate(SELF, handle, rights, 0);

	CHECK(h > 0);
	return (uint64_t)h;
}

/* ---- tasks ---------------------------------------------------------------- */

/* A supervisor is told, however many others watch, with what rights they have. */
static void nobody_takes_anothers_notice(void)
{
	uint64_t t = new_task(), look = weaker(t, RIGHT_INSPECT), other;
	uint64_t n[TASK_WATCHERS];

	CHECK_EQ(handle_watch(t, bell, 1), 0);
	for (unsigned i = 1; i < TASK_WATCHERS; i++) {
		n[i] = notification();
		CHECK_EQ(handle_watch(i & 1 ? look : t, n[i], 1ul << i), 0);
	}
	other = notification();
	CHECK_EQ(handle_watch(look, other, 1), -E_BUSY);
	CHECK_EQ(handle_watch(t, other, 1), -E_BUSY);
	CHECK_EQ(handle_watch(t, other, 0), 0); /* it does not anyway */
	CHECK_EQ(handle_watch(look, n[1], 0), 0);
	CHECK_EQ(handle_watch(look, other, 0x40), 0);
	CHECK_EQ(handle_watch(look, other, 0x80), 0); /* in the same place */
	CHECK_EQ(task_end(t, 3), 0);
	CHECK_EQ(bits_of(bell), 1);
	CHECK_EQ(bits_of(n[1]), 0);
	CHECK_EQ(bits_of(n[2]), 4);
	CHECK_EQ(bits_of(n[3]), 8);
	CHECK_EQ(bits_of(other), 0x80);
	CHECK_EQ(handle_watch(look, other, 0x100), 0); /* at once */
	CHECK_EQ(bits_of(other), 0x100);
	for (unsigned i = 1; i < TASK_WATCHERS; i++)
		CHECK_EQ(handle_close(n[i]), 0);
	CHECK_EQ(handle_close(other) | handle_close(look) | handle_close(t), 0);
}

/* Who may only ring a supervisor's bell, a child of his say, leaves it hung. */
static void who_may_only_signal_changes_no_notice(void)
{
	uint64_t t = new_task(), ring = weaker(bell, RIGHT_SIGNAL);

	CHECK_EQ(handle_watch(t, bell, 1), 0);
	CHECK_EQ(handle_watch(t, ring, 0), -E_PERM);
	CHECK_EQ(handle_watch(t, ring, 2), -E_PERM);
	CHECK_EQ(task_end(t, 0) | handle_close(t) | handle_close(ring), 0);
	CHECK_EQ(bits_of(bell), 1);
}

/* Who watches and is gone keeps no place. */
static void the_places_of_who_is_gone_are_free(void)
{
	uint64_t t = new_task(), n;

	CHECK_EQ(handle_watch(t, bell, 2), 0);
	for (unsigned i = 0; i < 3 * TASK_WATCHERS; i++) {
		n = notification();
		CHECK_EQ(handle_watch(t, n, 1), 0);
		if (i & 1)
			CHECK_EQ(handle_revoke(n), 0);
		CHECK_EQ(handle_close(n), 0);
	}
	CHECK_EQ(task_end(t, 0) | handle_close(t), 0);
	CHECK_EQ(bits_of(bell), 2);
}

static void wrong_arguments(void)
{
	uint64_t t = new_task(), weak = weaker(t, RIGHT_DUPLICATE);
	uint64_t deaf = weaker(bell, RIGHT_WAIT), n = notification();

	CHECK_EQ(handle_watch(t, SELF, 1), -E_BADF);
	CHECK_EQ(handle_watch(t, t, 1), -E_TYPE);
	CHECK_EQ(handle_watch(t, deaf, 1), -E_PERM);
	CHECK_EQ(handle_watch(weak, bell, 1), -E_PERM);
	CHECK_EQ(handle_watch(bell, bell, 1), -E_TYPE);
	CHECK_EQ(handle_watch(0x7777, bell, 1), -E_BADF);
	CHECK_EQ(handle_revoke(n), 0);
	CHECK_EQ(handle_watch(t, n, 1), -E_STALE);
	CHECK_EQ(handle_watch(SELF, bell, 1), 0);
	CHECK_EQ(handle_watch(SELF, bell, 0), 0);
	CHECK_EQ(task_end(t, 0), 0);
	CHECK_EQ(bits_of(bell), 0);
	CHECK_EQ(handle_close(t) | handle_close(weak) | handle_close(deaf) |
			 handle_close(n),
		 0);
	CHECK_EQ(handle_watch(t, bell, 1), -E_STALE);
}

/* ---- threads -------------------------------------------------------------- */

static void returns(void *unused)
{
	(void)unused;
}

static void waits(void *n)
{
	notification_wait((uint64_t)n, 1, NEVER, NULL);
}

/* Two join it; it ends by itself. */
static void the_end_of_one_thread_is_told(void)
{
	uint64_t n = notification(), second = notification(), bits = 0;
	uint64_t t = run(waits, (void *)n), look = weaker(t, RIGHT_INSPECT);

	CHECK_EQ(handle_watch(t, bell, 0x10), 0);
	CHECK_EQ(handle_watch(look, second, 0x20), 0);
	CHECK_EQ(handle_watch(t, n, 2), -E_BUSY);
	CHECK_EQ(bits_of(bell) | bits_of(second), 0);
	CHECK_EQ(notification_signal(n, 1), 0);
	CHECK_EQ(notification_wait(bell, ~0ul, NEVER, &bits), 0);
	CHECK_EQ(bits, 0x10);
	CHECK_EQ(notification_wait(second, ~0ul, NEVER, &bits), 0);
	CHECK_EQ(bits, 0x20);
	CHECK_EQ(thread_control(t, THREAD_START), -E_STALE);
	CHECK_EQ(handle_watch(look, bell, 4), 0); /* at once */
	CHECK_EQ(bits_of(bell), 4);
	CHECK_EQ(handle_close(t) | handle_close(n) | handle_close(second) |
			 handle_close(look),
		 0);
	wait_for_threads(1);
}

/* One that never ran, one that waits, and one that ends as it is looked at. */
static void however_it_ends(void)
{
	uint64_t bits, n = notification(), t;
	long new = thread_create(SELF, NULL, NULL, 7);

	CHECK(new > 0);
	CHECK_EQ(handle_watch((uint64_t) new, bell, 1), 0);
	CHECK_EQ(thread_control((uint64_t) new, THREAD_END), 0);
	CHECK_EQ(bits_of(bell), 1);
	CHECK_EQ(handle_close((uint64_t) new), 0);
	t = run(waits, (void *)n);
	wait_until(1, THREAD_WAITS_BITS);
	CHECK_EQ(handle_watch(t, bell, 2), 0);
	CHECK_EQ(thread_control(t, THREAD_END), 0);
	CHECK_EQ(notification_wait(bell, 2, NEVER, &bits), 0);
	CHECK_EQ(handle_close(t), 0);
	for (int i = 0; i < 20; i++) {
		t = run(returns, NULL);
		for (int k = 0; k < i; k++)
			thread_yield();
		CHECK_EQ(handle_watch(t, bell, 4), 0);
		CHECK_EQ(notification_wait(bell, 4, NEVER, &bits), 0);
		CHECK_EQ(handle_close(t), 0);
	}
	wait_for_threads(1);
	CHECK_EQ(handle_close(n), 0);
}

/* Of a task that ends: its thread first, and then itself. */
static void threads_end_with_their_task(void)
{
	uint64_t t = new_task(), n = notification();
	long thread = thread_create(t, NULL, NULL, 1);

	CHECK(thread > 0);
	CHECK_EQ(handle_watch((uint64_t)thread, bell, 1), 0);
	CHECK_EQ(handle_watch(t, bell, 2), 0);
	CHECK_EQ(handle_watch((uint64_t)thread, n, 8), 0);
	CHECK_EQ(handle_close(n), 0); /* told, and gone with that */
	CHECK_EQ(task_end(t, 0), 0);
	CHECK_EQ(bits_of(bell), 3);
	CHECK_EQ(handle_close(t), 0);
	CHECK_EQ(handle_watch((uint64_t)thread, bell, 4),
		 0); /* without its task */
	CHECK_EQ(bits_of(bell), 4);
	CHECK_EQ(handle_close((uint64_t)thread), 0);
}

int main(void)
{
	bell = notification();
	nobody_takes_anothers_notice();
	who_may_only_signal_changes_no_notice();
	the_places_of_who_is_gone_are_free();
	wrong_arguments();
	the_end_of_one_thread_is_told();
	however_it_ends();
	threads_end_with_their_task();
	return 0;
}
