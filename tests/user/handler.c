/* SPDX-License-Identifier: BSD-2-Clause */
/* handler.c - faults, illegal instructions and foreign calls as messages. */
#include "remote.h"
#include "threads.h"

static uint64_t door, marked;
static volatile char *hole; /* a page that the handler maps */
static volatile uint64_t seen[8];
static volatile int stage;

static void map_hole(void)
{
	CHECK_EQ(space_map(SELF, (const void *)hole, PAGE, RW, MAP_FIXED, NULL),
		 hole);
}

/* Says what came, and answers by kind. */
static void handler(void *unused)
{
	static struct registers r;
	struct ipc_extra e = {.receive = (uint64_t)&r,
			      .receive_bytes = sizeof(r),
			      .send = (uint64_t)&r};
	struct message m = {.extra = &e};
	long err = ipc_receive(door, &m);

	(void)unused;
	while (!err) {
		CHECK((m.came & (IPC_KERNEL | IPC_ASKS)) ==
		      (IPC_KERNEL | IPC_ASKS));
		CHECK_EQ(IPC_BYTES(m.came), sizeof(r));
		CHECK_EQ(r.pc, m.word[3]);
		CHECK_EQ(m.badge, 55);
		for (int i = 0; i < 6; i++)
			seen[i] = m.word[i];
		stage++;
		e.send_bytes = 0;
		switch (m.word[0]) {
		case HANDLER_FAULT:
			map_hole();
			m.word[0] = HANDLER_RETRY;
			break;
		case HANDLER_CALL:
			m.word[0] = HANDLER_RETURN;
			m.word[1] = r.x[9] + r.x[16]; /* a0 + a7 */
			break;
		default: /* passes over it, and leaves a word in s1 */
			r.pc += 4;
			r.x[8] = 0xabc;
			e.send_bytes = sizeof(r);
			m.word[0] = HANDLER_RESUME;
		}
		m.extra = &e;
		err = ipc_reply_receive(door, &m);
	}
}

static void a_fault_is_mended_by_a_thread_beside_it(void)
{
	stage = 0;
	*hole = 17;
	CHECK_EQ(*hole, 17);
	CHECK_EQ(stage, 1);
	CHECK_EQ(seen[0], HANDLER_FAULT);
	CHECK_EQ(seen[1], 15); /* store page fault */
	CHECK_EQ(seen[2], (uint64_t)hole);
	CHECK_EQ(seen[4], E_FAULT);
	CHECK_EQ(seen[5], 0); /* the first thread's name */
	CHECK_EQ(space_unmap(SELF, (const void *)hole, PAGE), 0);
	CHECK_EQ(*hole, 0);
	CHECK_EQ(seen[1], 13);
}

static void a_foreign_call_is_answered(void)
{
	CHECK_EQ(quire_call(17, 5, 0, 0, 0, 0, 0), 22);
	CHECK_EQ(seen[0], HANDLER_CALL);
	CHECK_EQ(seen[2], 17);
	CHECK_EQ(quire_call(0xfff, 1, 0, 0, 0, 0, 0), 0x1000);
	CHECK_EQ(quire_call(0x1ff0, 1, 0, 0, 0, 0, 0), 0x1ff1); /* no native */
}

static uint64_t s1_after(int which)
{
	register uint64_t s1 __asm__("s1") = 1;

	if (which == HANDLER_ILLEGAL)
		__asm__ volatile(".option push\n.option norvc\n.word 0\n"
				 ".option pop"
				 : "+r"(s1));
	else
		__asm__ volatile(".option push\n.option norvc\nebreak\n"
				 ".option pop"
				 : "+r"(s1));
	return s1;
}

static void registers_come_and_go(void)
{
	CHECK_EQ(s1_after(HANDLER_ILLEGAL), 0xabc);
	CHECK_EQ(seen[0], HANDLER_ILLEGAL);
	CHECK_EQ(s1_after(HANDLER_BREAKPOINT), 0xabc);
	CHECK_EQ(seen[0], HANDLER_BREAKPOINT);
}

/* ---- a handler for another task's word only ------------------------------------ */

static volatile long done;

static void plain_handler(void *answer)
{
	struct message m = {.word = {0}};
	long err = ipc_receive(door, &m);

	while (!err) {
		done = (long)m.word[2];
		m.word[0] = (uint64_t)answer;
		m.word[1] = 3;
		err = ipc_reply_receive(door, &m);
	}
}

static void faulter(void *at)
{
	*(volatile char *)at = 1;
	done = -1; /* it must not come here */
}

static void set_handler(void (*f)(void *), void *argument)
{
	door = (uint64_t)endpoint_create();
	marked = (uint64_t)handle_duplicate(SELF, door, RIGHT_SEND, 55);
	CHECK_EQ(task_handler(SELF, marked), 0);
	run(f, argument);
}

static void drop_handler(void)
{
	CHECK_EQ(task_handler(SELF, SELF), 0);
	CHECK_EQ(handle_revoke(door), 0);
	wait_for_threads(1);
	CHECK_EQ(handle_close(door) | handle_close(marked), 0);
}

static void a_handler_can_end_a_thread(void)
{
	set_handler(plain_handler, (void *)HANDLER_END);
	done = 0;
	run(faulter, (void *)0x1234000);
	wait_for_threads(2);
	CHECK_EQ(done, 0x1234000);
	drop_handler();
}

/* An answer that makes no sense is the handler's error; nothing has happened. */
static void bad_answers_are_refused(void)
{
	struct ipc_extra e = {.send = 8, .send_bytes = 256};
	struct message m = {.word = {0}};

	door = (uint64_t)endpoint_create();
	CHECK_EQ(task_handler(SELF, door), 0);
	done = 0;
	run(faulter, (void *)0x1234000);
	CHECK_EQ(ipc_receive(door, &m), 0);
	m.word[0] = HANDLER_END + 1;
	CHECK_EQ(ipc_reply(SELF, &m), -E_INVAL);
	m.word[0] = HANDLER_RESUME;
	CHECK_EQ(ipc_reply(SELF, &m), -E_INVAL); /* no registers */
	m.word[0] = HANDLER_RESUME;
	m.extra = &e;
	CHECK_EQ(ipc_reply(SELF, &m), -E_FAULT);
	m.extra = NULL;
	m.word[0] = HANDLER_END;
	CHECK_EQ(ipc_reply(SELF, &m), 0);
	wait_for_threads(1);
	/* An endpoint that goes meanwhile takes no answer back. */
	run(faulter, (void *)0x1234000);
	CHECK_EQ(ipc_receive(door, &m), 0);
	CHECK_EQ(handle_revoke(door), 0);
	m.word[0] = HANDLER_END;
	CHECK_EQ(ipc_reply(SELF, &m), 0); /* it is answered all the same */
	wait_for_threads(1);
	CHECK_EQ(task_handler(SELF, SELF), 0);
	CHECK_EQ(handle_close(door), 0);
	CHECK_EQ(done, 0);
}

/* Its only thread has just been told to end with another status. */
static void a_task_ends_with_the_status_that_it_is_given(void)
{
	struct remote_task t;
	struct message m;
	struct task_info info;
	uint64_t o = (uint64_t)object_create(SELF, PAGE, 0), bits;
	uint64_t bell = (uint64_t)notification_create();

	door = (uint64_t)endpoint_create();
	CHECK_EQ(thread_schedule(SELF, PRIORITY_DEFAULT, 1), 0); /* with it */
	CHECK_EQ(remote_open(&t, o, 4 * PAGE, bell, 1), 0);
	CHECK_EQ(task_handler(t.task, door), 0);
	CHECK_EQ(handle_watch(t.task, bell, 2), 0);
	CHECK_EQ(remote_start(&t, 4, 1), 0);
	m = (struct message){.extra = NULL};
	CHECK_EQ(ipc_receive(door, &m), 0);
	CHECK_EQ(m.word[0], HANDLER_FAULT); /* past the object's end */
	m = (struct message){.word = {HANDLER_END, 9}};
	CHECK_EQ(ipc_reply(SELF, &m), 0);
	CHECK_EQ(task_end(t.task, 5), 0);
	CHECK_EQ(notification_wait(bell, 2, NEVER, &bits), 0);
	CHECK_EQ(task_info(t.task, &info), 0);
	CHECK_EQ(info.status, 5);
	CHECK_EQ(info.fault, 0);
	remote_close(&t);
	CHECK_EQ(thread_schedule(SELF, PRIORITY_DEFAULT, ~0ul), 0);
	CHECK_EQ(handle_close(o) | handle_close(door) | handle_close(bell), 0);
}

int main(void)
{
	hole = (volatile char *)0x2000000000;
	set_handler(handler, NULL);
	a_fault_is_mended_by_a_thread_beside_it();
	a_foreign_call_is_answered();
	registers_come_and_go();
	drop_handler();
	a_handler_can_end_a_thread();
	bad_answers_are_refused();
	a_task_ends_with_the_status_that_it_is_given();
	return 0;
}
