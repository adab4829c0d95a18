/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * talk - says what it reads, until the end of the input. `kill` kills the
 * console, `later` a moment later, `long` prints more than its buffer holds, `wait` waits for ^C.
 */
#include "check.h"
#include "proto/console.h"
#include "proto/init.h"

static uint64_t console, init;

static void kill_console(void)
{
	long before = init_count(init, "console");

	CHECK_EQ(console_flush(console), 0);
	CHECK_EQ(init_end(init, "console", 9), 0);
	while (init_count(init, "console") == before)
		thread_yield();
}

/* So that something can be typed before. */
static void kill_later(void)
{
	CHECK_EQ(console_flush(console), 0);
	sleep_until((uint64_t)time_now() + 500000000);
	kill_console();
}

/* 800 lines of 60 characters are 48 KiB. */
static void say_much(void)
{
	for (unsigned i = 0; i < 800; i++)
		printf("line %03u %.*s\n", i, 51,
		       "---------------------------------------------------");
}

static void wait_for_interrupt(void)
{
	uint64_t signal = (uint64_t)notification_create(), bits;

	CHECK_EQ(console_watch(console, signal, 4), 0);
	printf("waiting\n");
	CHECK_EQ(notification_wait(signal, ~0ul, NEVER, &bits), 0);
	CHECK_EQ(bits, 4);
	printf("waited\n");
}

static void act(const char *line)
{
	printf("<%s>\n", line);
	if (strcmp(line, "kill") == 0)
		kill_console();
	else if (strcmp(line, "later") == 0)
		kill_later();
	else if (strcmp(line, "long") == 0)
		say_much();
	else if (strcmp(line, "wait") == 0)
		wait_for_interrupt();
}

int main(int argc, char **argv, char **envp)
{
	char line[256];
	long n;

	(void)argc, (void)argv;
	service_begin(envp);
	console = service_handle("stdio");
	init = service_handle("init");
	CHECK(console && init);
	printf("talk: ready\n");
	while ((n = console_read(console, line, sizeof(line) - 1)) != 0) {
		if (n == -E_INTR) {
			printf("<interrupt>\n");
			continue;
		}
		CHECK(n > 0);
		line[n] = 0;
		line[strcspn(line, "\n")] = 0;
		act(line);
	}
	printf("talk: the end\n");
	return 0;
}
