/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stress_map.c - one space, mapped, protected and unmapped from all harts while
 * others read and write in it: once a call has returned, no hart may do what it
 * took away, and none may find a page's old content in a new one.
 *
 *	changer (page locked)         accessors, one a hart
 *	  turn++ (odd: changing)        turn, odd? elsewhere
 *	  map, unmap, protect           what may be done there?
 *	  what may be done now          tries it; a fault is answered by the
 *	  turn++ (even)                   handler: skip it
 *	  waits until all have seen it  turn still the same? then it counts
 */
#include "stress.h"

#define PAGES  8ul
#define HARTS  8u
#define AT     0x40000000ul
#define WORDS  (PAGE / 8)
#define SPREAD 0x201000ul /* from page to page: tables come and go, too */

static struct page {
	uint64_t lock, turn;
	uint64_t prot;	       /* PROT_NONE: not mapped */
	uint64_t tried[HARTS]; /* turn of the last access that counts, ... */
	uint64_t seen[HARTS];  /* ... since the changer asked for one */
} pages[PAGES];

static uint64_t handler, stop, counted, faulted;
static uint64_t focus[HARTS]; /* where changers want eyes */
static unsigned harts, changers, changes;

/* ---- an access that may fault ---------------------------------------------- */

/*
 * Give 0 if the access was done, 1 if it was skipped: then the handler has set a1
 * in the registers, and pc behind the instruction.
 */
static uint64_t try_read(const uint64_t *at, uint64_t *value)
{
	register uint64_t a0 __asm__("a0") = (uint64_t)at;
	register uint64_t a1 __asm__("a1") = 0;

	__asm__ volatile(".option push\n.option norvc\n\t"
			 "ld %0, 0(%0)\n.option pop"
			 : "+r"(a0), "+r"(a1)
			 :
			 : "memory");
	*value = a0;
	return a1;
}

static uint64_t try_write(uint64_t *at, uint64_t value)
{
	register uint64_t a0 __asm__("a0") = (uint64_t)at;
	register uint64_t a1 __asm__("a1") = 0;

	__asm__ volatile(".option push\n.option norvc\n\t"
			 "sd %2, 0(%0)\n.option pop"
			 : "+r"(a0), "+r"(a1)
			 : "r"(value)
			 : "memory");
	return a1;
}

static void answer_faults(uint64_t unused)
{
	struct registers registers;
	struct ipc_extra e = {.send = (uint64_t)&registers,
			      .send_bytes = sizeof(registers),
			      .receive = (uint64_t)&registers,
			      .receive_bytes = sizeof(registers)};
	struct message m = {.extra = &e};

	(void)unused;
	CHECK_EQ(ipc_receive(handler, &m), 0);
	for (;;) {
		CHECK(m.came & IPC_KERNEL);
		CHECK_EQ(IPC_BYTES(m.came), sizeof(registers));
		if (m.word[0] != HANDLER_FAULT || m.word[2] < AT ||
		    m.word[2] >= AT + PAGES * SPREAD) {
			printf("# fault %lu at 0x%lx pc 0x%lx\n", m.word[1],
			       m.word[2], m.word[3]);
			exit(1);
		}
		add(&faulted, 1);
		registers.pc += 4;
		registers.x[10] = 1; /* a1 is x11 */
		m.word[0] = HANDLER_RESUME;
		CHECK_EQ(ipc_reply_receive(handler, &m), 0);
	}
}

/* ---- accessors ------------------------------------------------------------- */

static uint64_t *address(uint64_t i)
{
	return (uint64_t *)(AT + i * SPREAD); // NOLINT
}

/*
 * What is new is tried at once, what may not be done first of all; then a page is
 * left in peace, because a fault is slow, and makes the hart forget.
 */
static void access_once(struct random *r, uint64_t hart)
{
	uint64_t i = random_once_in(r, 8) ? random_below(r, PAGES)
					  : focus[random_below(r, changers)];
	uint64_t skipped, v = 0;
	struct page *p = &pages[i];
	uint64_t turn = load(&p->turn), prot = load(&p->prot);
	uint64_t *at = address(i) + random_below(r, WORDS);
	bool is_new = load(&p->tried[hart]) != turn;
	bool writes = is_new || (prot != PROT_R && random_once_in(r, 2));

	if (turn & 1 || (!prot && !is_new && load(&p->seen[hart]) == turn))
		return;
	skipped = writes ? try_write(at, i + 1) : try_read(at, &v);
	if (load(&p->turn) != turn)
		return;
	add(&counted, 1);
	store(&p->tried[hart], turn);
	store(&p->seen[hart], turn);
	CHECK_EQ(skipped, writes ? !(prot & PROT_W) : prot == PROT_NONE);
	if (!writes && !skipped && v)
		CHECK_EQ(v, i + 1);
}

static void accessor(uint64_t n)
{
	struct random r = {n};

	while (!load(&stop)) {
		access_once(&r, n);
		if (random_once_in(&r, 256))
			thread_yield();
	}
}

/* ---- changers -------------------------------------------------------------- */

static bool try_lock(struct page *p)
{
	return !__atomic_exchange_n(&p->lock, 1, __ATOMIC_SEQ_CST);
}

/* Another protection, or nothing, or something where nothing is. */
static void change(uint64_t i, struct random *r)
{
	struct page *p = &pages[i];
	unsigned prot = random_once_in(r, 2) ? RW : PROT_R;

	add(&p->turn, 1);
	if (!p->prot) {
		CHECK_EQ(space_map(SELF, address(i), PAGE, prot, MAP_FIXED,
				   NULL),
			 (long)address(i));
	} else if (!random_once_in(r, 3)) {
		CHECK_EQ(space_protect(SELF, address(i), PAGE, prot), 0);
	} else {
		CHECK_EQ(space_unmap(SELF, address(i), PAGE), 0);
		prot = PROT_NONE;
	}
	store(&p->prot, prot);
	add(&p->turn, 1);
}

/* Every hart comes to the page as it is now. */
static void let_them_look(uint64_t i)
{
	uint64_t until = now() + PATIENCE;

	for (unsigned h = 0; h < harts; h++)
		store(&pages[i].seen[h], ~0ul);
	for (unsigned h = 0; h < harts; h++)
		while (load(&pages[i].seen[h]) != pages[i].turn) {
			thread_yield();
			CHECK(now() < until);
		}
}

/* What is not mapped is soon again: who faults is slow. */
static void changer(uint64_t n)
{
	struct random r = {n + 1000};

	for (unsigned done = 0; done < changes;) {
		uint64_t i = random_below(&r, PAGES);

		if (!try_lock(&pages[i])) {
			thread_yield();
			continue;
		}
		store(&focus[n], i);
		for (unsigned k = 0; k < 6 || !pages[i].prot; k++, done++) {
			let_them_look(i); /* and remember it */
			change(i, &r);
		}
		let_them_look(i);
		store(&pages[i].lock, 0);
	}
}

/*
 * Harts with a changer fence for themselves, so some have none: they must be told.
 */
int main(void)
{
	harts = stress_harts();
	changers = harts > 2 ? harts / 2 : 2;
	changes = 100;
	handler = (uint64_t)endpoint_create();
	CHECK_EQ(task_handler(SELF, handler), 0);
	for (unsigned i = 0; i < harts; i++)
		stress_begin(answer_faults, 0, i);
	stress_priority = PRIORITY_DEFAULT - 4;
	for (unsigned i = 0; i < harts; i++)
		stress_begin(accessor, i, i);
	for (unsigned i = 0; i < changers; i++)
		stress_begin(changer, i, harts > 2 ? i : i % harts);
	stress_wait(changers);
	store(&stop, 1);
	stress_wait(changers + harts);
	printf("# map: %lu accesses counted, %lu faults\n", counted, faulted);
	stress_well("map");
}
