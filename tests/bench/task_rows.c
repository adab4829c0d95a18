/* SPDX-License-Identifier: BSD-2-Clause */
/* task_rows.c - what crosses into another space, and what tasks cost. */
#include "archive.h"
#include "ipc.h"
#include "rows.h"
#include "spawn.h"
#include <abi/machine.h>
#include <stdio.h>

static struct machine_info machine;
static char buffer[IPC_BYTES_MAX] __attribute__((aligned(4096)));

static void *map_archive(void)
{
	return (void *)must("archive",
			    space_map_object(SELF, NULL, machine.archive_bytes,
					     PROT_R, HANDLE_ARCHIVE, 0));
}

/* A task that runs the program "peer", which receives at `door`. */
static struct spawn start_peer(uint64_t door)
{
	struct archive a = {map_archive(), machine.archive_bytes};
	struct archive_file f;
	struct spawn s;
	char word[32];
	const char *const arguments[] = {"peer", NULL};
	const char *const environment[] = {word, NULL};

	must("peer", archive_find(&a, "peer", &f));
	must("spawn", spawn_task(&s,
				 &(struct spawn_file){HANDLE_ARCHIVE, f.offset,
						      f.data, f.bytes},
				 "peer"));
	snprintf(
		word, sizeof(word), "door=%ld",
		must("door", handle_duplicate(s.task, door, RIGHT_RECEIVE, 0)));
	must("start", spawn_start(&s, arguments, environment,
				  PRIORITY_DEFAULT - 1, 0xff));
	return s;
}

static void words(uint64_t door)
{
	struct message m;

	for (int i = 0; i < 64; i++)
		BARE(CALL_ipc_call, door, MARK_BEGIN(32) MARK_BEGIN(30),
		     MARK_END(31) MARK_END(32));
	m = (struct message){.word = {0}};
	ipc_call(door, &m);
}

static void yields(void)
{
	thread_yield();
	BEGIN(33);
	for (int i = 0; i < 32; i++)
		thread_yield();
	END(33);
	thread_yield();
	thread_yield();
}

static inline __attribute__((always_inline)) void send(uint64_t door,
						       uint32_t bytes)
{
	struct ipc_extra e = {.send = (uint64_t)buffer, .send_bytes = bytes};
	struct message m = {.word = {1, 2, 3, 4, 5, 6}, .extra = &e};

	must("call", ipc_call(door, &m));
}

static void bytes(uint64_t door)
{
	for (size_t i = 0; i < sizeof(buffer); i += 4096)
		buffer[i] = 1;
	send(door, 8);
	for (int i = 0; i < 8; i++) {
		BEGIN(34);
		send(door, 32); /* four words more than fit in registers */
		END(34);
		BEGIN(35);
		send(door, 4096);
		END(35);
		BEGIN(36);
		send(door, IPC_BYTES_MAX);
		END(36);
	}
}

/* The other program takes very much memory, and ends. */
static void large_end(uint64_t door, struct spawn *s)
{
	struct message m = {.word = {PEER_FILLS}};

	uint64_t over = (uint64_t)must("over", notification_create()), bits;

	must("call", ipc_call(door, &m));
	must("watch", handle_watch(s->task, over, 1));
	spawn_release(s); /* the task alone has the space */
	BEGIN(54);
	task_end(s->task, 0);
	notification_wait(over, 1, NEVER, &bits);
	END(54);
	handle_close(over);
}

/* ---- tasks and threads -------------------------------------------------- */

static void tasks(void)
{
	for (int i = 0; i < 64; i++) {
		uint64_t space, task;

		BEGIN(37);
		space = (uint64_t)space_create();
		task = (uint64_t)task_create(space, "empty", 5);
		handle_close(task);
		handle_close(space);
		END(37);
	}
}

static char stack[4096] __attribute__((aligned(16)));

static void end_at_once(void)
{
	thread_exit(0);
}

static void threads(void)
{
	for (int i = 0; i < 64; i++) {
		long t;

		BEGIN(38);
		t = thread_create(SELF, (const void *)(uintptr_t)end_at_once,
				  stack + sizeof(stack), 0);
		thread_control((uint64_t)t, THREAD_START);
		thread_yield();
		handle_close((uint64_t)t);
		END(38);
	}
}

/* What an empty task, and a thread, take of the kernel's memory. */
static void sizes(void)
{
	uint64_t space = (uint64_t)must("space", space_create());
	uint64_t task = (uint64_t)must("task", task_create(space, "empty", 5));
	struct task_info info;
	uint64_t before;
	long t;

	task_info(task, &info);
	printf("task-bytes %lu\n", info.kernel);
	before = info.kernel;
	t = must("thread", thread_create(task, NULL, NULL, 0));
	task_info(task, &info);
	printf("thread-bytes %lu\n", info.kernel - before);
	handle_close((uint64_t)t);
	handle_close(task);
	handle_close(space);
}

/* ---- an interrupt --------------------------------------------------------- */

static uint64_t line, bell;
static volatile uint8_t *uart;
static char driver_stack[4096] __attribute__((aligned(16)));

#define IER 1 /* ns16550: interrupt enable; bit 1: transmitter empty */

static void driver(void)
{
	uint64_t bits;

	while (!notification_wait(bell, 1, NEVER, &bits)) {
		END(39);
		uart[IER << machine.uart_shift] = 0;
		interrupt_done(line);
	}
	thread_exit(0);
}

/* The transmitter is empty: asking to be told so interrupts at once. */
static void interrupts(void)
{
	uint64_t registers, t;

	if (machine.uart_kind != MACHINE_UART_NS16550 || !machine.uart.source)
		return;
	registers = (uint64_t)must(
		"uart", object_create(HANDLE_MACHINE, 4096, machine.uart.base));
	uart = (volatile uint8_t *)must(
		"map",
		space_map_object(SELF, NULL, 4096, PROT_R | PROT_W | MAP_SHARED,
				 registers, 0));
	bell = (uint64_t)must("bell", notification_create());
	line = (uint64_t)must(
		"interrupt",
		interrupt_create(HANDLE_MACHINE, machine.uart.source, bell, 1));
	t = (uint64_t)must("driver",
			   thread_create(SELF, (const void *)(uintptr_t)driver,
					 driver_stack + sizeof(driver_stack),
					 0));
	thread_control(t, THREAD_START);
	thread_yield();
	thread_schedule(SELF, PRIORITY_DEFAULT - 2, 0xff);
	for (int i = 0; i < 8; i++) {
		BEGIN(39);
		uart[IER << machine.uart_shift] = 2;
	}
	handle_close(line);
	handle_close(bell);
}

void task_rows(void)
{
	uint64_t door = (uint64_t)must("door", endpoint_create());
	struct spawn s;

	must("machine", machine_info(HANDLE_MACHINE, &machine));
	tasks();
	threads();
	sizes();
	s = start_peer(door);
	words(door);
	yields();
	bytes(door);
	large_end(door, &s);
	spawn_drop(&s);
	interrupts();
}
