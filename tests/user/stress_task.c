/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stress_task.c - tasks come and go on all harts. Each has a space of its own, in
 * which it touches pages of an object that all share; it ends by itself, or is
 * ended while it does so, while it waits, or before it began.
 */
#include "remote.h"
#include "stress.h"

#define TASKS	   40u
#define FILE_PAGES 32ul

static uint64_t file, bell;
static uint64_t ended_early, ended_late;

static void wait_for_end(struct remote_task *t, uint64_t notification,
			 uint64_t bit)
{
	struct task_info info;
	uint64_t bits;

	CHECK_EQ(notification_wait(notification, bit, now() + PATIENCE, &bits),
		 0);
	CHECK_EQ(task_info(t->task, &info), 0);
	CHECK_EQ(info.ended, 1);
	CHECK_EQ(info.threads, 0);
	CHECK_EQ(info.handles, 0);
}

static void one_task(uint64_t n, struct random *r, uint64_t ended)
{
	struct remote_task t;
	uint64_t bit = 1ul << n;
	unsigned how = (unsigned)random_below(r, 3);

	CHECK_EQ(remote_open(&t, file, FILE_PAGES * PAGE, bell, bit), 0);
	CHECK_EQ(handle_watch(t.task, ended, 1), 0);
	if (how > 0)
		CHECK_EQ(remote_start(&t, FILE_PAGES, random_below(r, 2)), 0);
	if (how == 1)
		for (uint64_t i = random_below(r, 40); i; i--)
			thread_yield();
	if (how < 2) {
		CHECK_EQ(task_end(t.task, 5), 0);
		add(&ended_early, 1);
	} else {
		add(&ended_late, 1);
	}
	wait_for_end(&t, ended, 1);
	remote_close(&t);
}

static void father(uint64_t n)
{
	struct random r = {n};
	uint64_t ended = (uint64_t)notification_create();

	for (unsigned i = 0; i < TASKS; i++)
		one_task(n, &r, ended);
	CHECK_EQ(handle_close(ended), 0);
}

int main(void)
{
	unsigned fathers = stress_harts();

	file = (uint64_t)object_create(SELF, FILE_PAGES * PAGE, 0);
	bell = (uint64_t)notification_create();
	CHECK((long)file > 0 && (long)bell > 0);
	for (unsigned i = 0; i < fathers; i++)
		stress_begin(father, i, i);
	stress_wait(fathers);
	printf("# task: %lu ended, %lu let end\n", ended_early, ended_late);
	stress_well("task");
}
