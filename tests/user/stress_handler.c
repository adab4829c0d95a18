/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stress_handler.c - threads that fault or call what is not there, a handler that
 * answers them, and debuggers on other harts that read and write their registers
 * meanwhile. Every fault is answered once, and only by the handler.
 */
#include "stress.h"

#define VICTIMS	 3u
#define ROUNDS	 400u
#define NOT_OURS 77 /* a call below CALL_FIRST */

static uint64_t door, over, looks;
static uint64_t victim_thread[VICTIMS];

/* Call n gives n + 1; everything else is as it was. */
static uint64_t foreign_call(uint64_t n)
{
	register uint64_t a0 __asm__("a0") = n;
	register uint64_t a1 __asm__("a1") = n ^ 5;
	register uint64_t s3 __asm__("s3") = n ^ 9;
	register uint64_t a7 __asm__("a7") = NOT_OURS;

	__asm__ volatile("ecall"
			 : "+r"(a0), "+r"(a1), "+r"(s3)
			 : "r"(a7)
			 : "memory");
	CHECK_EQ(a1, n ^ 5);
	CHECK_EQ(s3, n ^ 9);
	return a0;
}

static void victim(uint64_t n)
{
	for (uint64_t i = 0; i < ROUNDS; i++)
		CHECK_EQ(foreign_call(n << 32 | i), (n << 32 | i) + 1);
}

/* By a value, or by all the registers. */
static void answer(struct message *m, struct registers *r, struct random *how)
{
	uint64_t result = r->x[9] + 1; /* x10, a0 */

	CHECK_EQ(m->word[0], HANDLER_CALL);
	CHECK_EQ(m->word[2], NOT_OURS);
	if (random_once_in(how, 2)) {
		m->word[0] = HANDLER_RETURN;
		m->word[1] = result;
		return;
	}
	r->x[9] = result;
	r->pc += 4;
	m->word[0] = HANDLER_RESUME;
}

static void handler(uint64_t n)
{
	struct random how = {n};
	struct registers r;
	struct ipc_extra e = {.send = (uint64_t)&r,
			      .send_bytes = sizeof(r),
			      .receive = (uint64_t)&r,
			      .receive_bytes = sizeof(r)};
	struct message m = {.extra = &e};
	long err = ipc_receive(door, &m);

	while (!err && (m.came & IPC_KERNEL)) {
		answer(&m, &r, &how);
		err = ipc_reply_receive(door, &m);
	}
	CHECK_EQ(err, 0);
	CHECK_EQ(ipc_reply(SELF, &m), 0);
}

static void debugger(uint64_t n)
{
	struct random which = {n};
	struct registers r;

	while (!load(&over)) {
		uint64_t t = victim_thread[random_below(&which, VICTIMS)];

		if (!thread_registers(t, REGISTERS_READ, &r))
			add(&looks, 1);
		if (random_once_in(&which, 64))
			thread_yield();
	}
}

int main(void)
{
	unsigned harts = stress_harts();
	struct message end = {.extra = NULL};

	door = (uint64_t)endpoint_create();
	CHECK_EQ(task_handler(SELF, door), 0);
	stress_begin(handler, 0, 0);
	for (unsigned i = 0; i < VICTIMS; i++)
		victim_thread[i] = stress_begin(victim, i, i % harts);
	for (unsigned i = 1; i < harts || i < 2; i++)
		stress_begin(debugger, i, i % harts);
	stress_wait(VICTIMS);
	store(&over, 1);
	CHECK_EQ(ipc_call(door, &end), 0);
	stress_wait(VICTIMS + 1 + (harts > 1 ? harts - 1 : 1));
	printf("# handler: %lu looks\n", looks);
	stress_well("handler");
}
