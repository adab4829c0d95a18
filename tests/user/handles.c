/* SPDX-License-Identifier: BSD-2-Clause */
/* handles.c - naming things: kinds, rights, stale numbers, revoking. */
#include "check.h"
#include "ipc.h"

/* Each of the four ways to be wrong has an answer of its own. */
static void wrong_handles_are_told_apart(void)
{
	long ep = endpoint_create(), n = notification_create(), weak;
	struct message m = {.word = {0}};

	CHECK(ep > 0 && n > 0);
	CHECK_EQ(notification_signal(0x3ffe, 1), -E_BADF);
	CHECK_EQ(notification_signal(~0ul, 1), -E_BADF);
	CHECK_EQ(notification_signal(0x8000000000000001, 1), -E_BADF);
	CHECK_EQ(notification_signal((uint64_t)n + 0x10000, 1), -E_STALE);
	CHECK_EQ(notification_signal((uint64_t)ep, 1), -E_TYPE);
	CHECK_EQ(ipc_call((uint64_t)n, &m), -E_TYPE);
	weak = handle_duplicate(SELF, (uint64_t)n, RIGHT_WAIT, 0);
	CHECK(weak > 0);
	CHECK_EQ(notification_signal((uint64_t)weak, 1), -E_PERM);
	CHECK_EQ(handle_duplicate(SELF, (uint64_t)weak, RIGHTS_ALL, 0),
		 -E_PERM);
	CHECK_EQ(handle_close((uint64_t)n), 0);
	CHECK_EQ(notification_signal((uint64_t)n, 1), -E_STALE);
	CHECK_EQ(handle_close((uint64_t)n), -E_STALE);
	CHECK_EQ(handle_close((uint64_t)weak), 0);
	CHECK_EQ(handle_close((uint64_t)ep), 0);
	CHECK_EQ(handle_close(SELF), -E_BADF);
}

static void a_place_used_again_has_another_number(void)
{
	long first = notification_create(), next;

	CHECK_EQ(handle_close((uint64_t)first), 0);
	for (int i = 0; i < 1000; i++) {
		next = notification_create();
		CHECK(next > 0 && next != first);
		CHECK_EQ(notification_signal((uint64_t)first, 1), -E_STALE);
		CHECK_EQ(handle_close((uint64_t)next), 0);
		first = next;
	}
}

static void rights_only_shrink(void)
{
	long ep = endpoint_create();
	long one = handle_duplicate(SELF, (uint64_t)ep,
				    RIGHT_SEND | RIGHT_DUPLICATE, 7);
	long two = handle_duplicate(SELF, (uint64_t)one, RIGHTS_ALL, 8);
	long info = handle_info((uint64_t)two);

	CHECK_EQ(HANDLE_KIND(info), KIND_ENDPOINT);
	CHECK_EQ(HANDLE_RIGHTS(info), RIGHT_SEND | RIGHT_DUPLICATE);
	CHECK_EQ(handle_revoke((uint64_t)two), -E_PERM);
	CHECK_EQ(handle_close((uint64_t)one) | handle_close((uint64_t)two) |
			 handle_close((uint64_t)ep),
		 0);
}

static void what_is_revoked_is_stale_for_all(void)
{
	long n = notification_create();
	long two = handle_duplicate(SELF, (uint64_t)n, RIGHTS_ALL, 0);
	uint64_t bits;

	CHECK_EQ(handle_revoke((uint64_t)two), 0);
	CHECK_EQ(notification_signal((uint64_t)n, 1), -E_STALE);
	CHECK_EQ(notification_wait((uint64_t)n, 1, NOW, &bits), -E_STALE);
	CHECK_EQ(handle_info((uint64_t)n), -E_STALE);
	CHECK_EQ(handle_close((uint64_t)n) | handle_close((uint64_t)two), 0);
	n = space_create();
	CHECK_EQ(handle_revoke((uint64_t)n), -E_INVAL);
	CHECK_EQ(handle_close((uint64_t)n), 0);
}

/* The table is full at HANDLES_MAX, and what was refused is not lost. */
static void a_full_table_is_an_error(void)
{
	long n = notification_create(), h = 0, count = 0;
	static long got[HANDLES_MAX];
	uint64_t before = counts().free;

	while (count < HANDLES_MAX &&
	       (h = handle_duplicate(SELF, (uint64_t)n, RIGHTS_ALL, 0)) > 0)
		got[count++] = h;
	CHECK_EQ(h, -E_MFILE);
	CHECK_EQ(notification_create(), -E_MFILE);
	CHECK_EQ(endpoint_create(), -E_MFILE);
	CHECK_EQ(space_create(), -E_MFILE);
	CHECK_EQ(thread_create(SELF, NULL, NULL, 0), -E_MFILE);
	for (long i = 0; i < count; i++)
		CHECK_EQ(handle_close((uint64_t)got[i]), 0);
	CHECK(counts().free <= before);
	CHECK_EQ(handle_close((uint64_t)n), 0);
}

/* A task that holds itself, and one that holds the other, go with us. */
static void rings_of_tasks_do_not_stay(void)
{
	long s = space_create();
	long a = task_create((uint64_t)s, "a", 1);
	long b = task_create((uint64_t)s, "b", 1);

	CHECK(a > 0 && b > 0);
	CHECK(handle_duplicate((uint64_t)a, (uint64_t)a, RIGHTS_ALL, 0) > 0);
	CHECK(handle_duplicate((uint64_t)a, (uint64_t)b, RIGHTS_ALL, 0) > 0);
	CHECK(handle_duplicate((uint64_t)b, (uint64_t)a, RIGHTS_ALL, 0) > 0);
	CHECK_EQ(handle_close((uint64_t)a) | handle_close((uint64_t)b) |
			 handle_close((uint64_t)s),
		 0);
}

/* A chain of tasks, each held by the one before, ends link by link. */
static void a_long_chain_ends_without_depth(void)
{
	long s = space_create(), last = task_create((uint64_t)s, "0", 1);

	for (int i = 0; i < 2000; i++) {
		long t = task_create((uint64_t)s, "t", 1);

		CHECK(t > 0);
		CHECK(handle_duplicate((uint64_t)t, (uint64_t)last, RIGHTS_ALL,
				       0) > 0);
		CHECK_EQ(handle_close((uint64_t)last), 0);
		last = t;
	}
	CHECK_EQ(handle_close((uint64_t)last), 0);
	CHECK_EQ(handle_close((uint64_t)s), 0);
}

int main(void)
{
	wrong_handles_are_told_apart();
	a_place_used_again_has_another_number();
	rights_only_shrink();
	what_is_revoked_is_stale_for_all();
	a_full_table_is_an_error();
	rings_of_tasks_do_not_stay();
	a_long_chain_ends_without_depth();
	return 0;
}
