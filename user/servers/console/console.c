/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * console - the terminal's driver: one thread, woken by a request or by the
 * UART. Requests: proto/console.h.
 *
 *	clients --write--> out ring ---> UART
 *	clients <--read--- in ring <---- line being typed <--- UART
 *	                   out ring <--- echo
 *
 * Both rings and the line lie in memory that outlives it (state.h). When the out
 * ring has less room than one write needs, no request is taken until there is.
 */
#include "proto/console.h"
#include "ipc.h"
#include "service.h"
#include "state.h"
#include "uart.h"
#include "waiters.h"
#include <stdio.h>
#include <string.h>

#define POLL_BIT   2ul
#define POLL_NANOS 10000000ul /* without an interrupt */

static struct uart uart;
static struct state *state;
static struct waiters readers, flushers;
static struct {
	uint64_t notification, bits;
} watcher;
static uint64_t door, interrupt, signal_bits;

/* ---- the terminal ------------------------------------------------------- */

static void show_output(void)
{
	unsigned room;
	char c;

	while ((room = uart_room(&uart)) > 0 && ring_used(&state->out) > 0) {
		while (room-- > 0 && ring_take(&state->out, &c, 1) == 1)
			uart_put(&uart, c);
	}
	uart_interrupts(&uart, ring_used(&state->out) > 0);
	while (flushers.count > 0 && ring_used(&state->out) == 0)
		waiters_answer_first(&flushers, 0, NULL, 0);
}

/*
 * A line to who has waited longest; to the next if he has gone. Until somebody
 * has it, it stays in a buffer of its own: the ring gives it out once.
 */
static void hand_out_lines(void)
{
	static char text[LINE_MAX];
	static uint32_t n;
	static bool is_left;

	while (readers.count > 0 && (is_left || state_has_line(state))) {
		uint32_t room = readers.who[0].room;

		if (!is_left)
			n = state_read(state, text,
				       room < LINE_MAX ? room : LINE_MAX);
		is_left = !waiters_answer_first(&readers, 0, text, n);
	}
}

static void interrupt_readers(void)
{
	if (watcher.notification)
		notification_signal(watcher.notification, watcher.bits);
	while (readers.count > 0)
		waiters_answer_first(&readers, (uint64_t)-E_INTR, NULL, 0);
}

static void type(char c)
{
	struct line *l = &state->line;
	char echo[LINE_ECHO];
	unsigned shown;
	enum line_event e = line_feed(l, c, echo, &shown);

	state_echo(state, echo, shown);
	if (e == LINE_INTERRUPT)
		interrupt_readers();
	if (e == LINE_READY || e == LINE_END) {
		state_typed(state, l->text, l->used,
			    e == LINE_END || l->text[l->used - 1] != '\n');
		line_clear(l);
	}
}

static void serve_uart(void)
{
	int c;

	while ((c = uart_get(&uart)) >= 0)
		type((char)c);
	hand_out_lines();
	show_output();
	if (interrupt)
		interrupt_done(interrupt);
	else
		notification_timer(signal_bits, POLL_BIT,
				   (uint64_t)time_now() + POLL_NANOS);
}

/* ---- requests ----------------------------------------------------------- */

static void watch(struct message *m)
{
	if (watcher.notification)
		handle_close(watcher.notification);
	watcher.notification = IPC_COUNT(m->came) ? m->handle[0] : 0;
	watcher.bits = m->word[1];
}

static long write_text(struct message *m, const char *text)
{
	uint32_t n = IPC_BYTES(m->came);

	if (n == 0)
		return -E_INVAL;
	n = state_write(state, m->badge, m->word[1], text, n);
	show_output();
	return n;
}

/* Whether the reply comes now, with *r in its first word. */
static bool serve(struct message *m, const char *text, long *r)
{
	*r = 0;
	switch (m->word[0]) {
	case CONSOLE_WRITE:
		*r = write_text(m, text);
		return true;
	case CONSOLE_READ:
		*r = m->word[1] ? waiters_add(&readers, (uint32_t)m->word[1])
				: -E_INVAL;
		hand_out_lines();
		return *r != 0;
	case CONSOLE_FLUSH:
		*r = waiters_add(&flushers, 0);
		show_output();
		return *r != 0;
	case CONSOLE_WATCH:
		watch(m);
		return true;
	default:
		*r = -E_INVAL;
		return true;
	}
}

static bool has_room(void)
{
	return ring_room(&state->out) >= 2 * CONSOLE_WRITE_MAX;
}

/* The next request, if there is room for one, or the UART's signal. */
static bool wait_for(struct message *m, const char *text)
{
	static struct ipc_extra in;
	uint64_t bits;

	in = (struct ipc_extra){.receive = (uint64_t)text,
				.receive_bytes = CONSOLE_WRITE_MAX,
				.accept = 1};
	*m = (struct message){.extra = &in};
	if (!has_room()) {
		notification_wait(signal_bits, SERVICE_INTERRUPT | POLL_BIT,
				  NEVER, &bits);
		return false;
	}
	return ipc_receive(door, m) == 0 && !(m->came & IPC_SIGNAL);
}

static void close_strays(const struct message *m)
{
	if (m->word[0] == CONSOLE_WATCH)
		return;
	for (unsigned i = 0; i < IPC_COUNT(m->came); i++)
		handle_close(m->handle[i]);
}

__attribute__((noreturn)) static void run(void)
{
	static char text[CONSOLE_WRITE_MAX];
	struct message m;
	long r;

	serve_uart();
	for (;;) {
		if (!wait_for(&m, text)) {
			serve_uart();
			continue;
		}
		close_strays(&m);
		if (serve(&m, text, &r) && (m.came & IPC_ASKS))
			waiters_answer(SELF, (uint64_t)r, NULL, 0);
	}
}

/* ---- the beginning ------------------------------------------------------ */

static int fail(const char *why)
{
	printf("console: %s\n", why);
	return 1;
}

int main(int argc, char **argv, char **envp)
{
	const char *device;
	volatile char *registers;

	(void)argc, (void)argv;
	service_begin(envp);
	door = service_handle("door");
	interrupt = service_handle("interrupt");
	signal_bits = service_handle("signal");
	device = service_text("device");
	if (!door || !signal_bits || !device)
		return fail("the manifest gives it no device, or no serves");
	if (service_number("keep-bytes") < sizeof(struct state))
		return fail("the manifest keeps too little memory for it");
	registers = service_map(service_handle("registers"), 4096);
	state = service_map(service_handle("keep"), sizeof(struct state));
	if (!registers || !state)
		return fail("its memory cannot be mapped");
	if (!uart_begin(&uart, registers + service_number("offset"), device))
		return fail("a UART of an unknown kind");
	if (!state_begin(state))
		printf("console: what was kept is damaged; it starts anew\n");
	if (notification_bind(signal_bits))
		return fail("its notification cannot be bound");
	run();
}
