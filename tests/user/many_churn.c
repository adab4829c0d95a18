/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * many_churn.c - many of these run on all harts at once, and new ones start as
 * old ones end (the runner does that with programs named "many_..."). Each maps,
 * writes, protects and unmaps at random; what it finds in a page must be what it
 * put there, or zero.
 */
#include "check.h"

#define SLOTS 24
#define WORDS (PAGE / sizeof(uint64_t))

static struct slot {
	uint64_t *p;
	unsigned pages, prot;
} slots[SLOTS];
static uint64_t state;

static uint64_t rnd(uint64_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 16) % n;
}

static uint64_t mark(const uint64_t *word)
{
	return (uint64_t)word ^ 0x5a5a;
}

/* Ends of each page are marked or zero, the middle is zero. */
static void look(const struct slot *s)
{
	for (unsigned i = 0; i < s->pages && (s->prot & PROT_R); i++) {
		const uint64_t *page = s->p + i * WORDS;
		const uint64_t *last = page + WORDS - 1;

		CHECK(*page == 0 || *page == mark(page));
		CHECK(*last == 0 || *last == mark(last));
		CHECK_EQ(page[WORDS / 2], 0);
	}
}

static void write_some(struct slot *s)
{
	for (unsigned i = 0; i < s->pages && (s->prot & PROT_W); i++) {
		uint64_t *page = s->p + i * WORDS;

		if (rnd(4) == 0)
			continue;
		page[0] = mark(page);
		page[WORDS - 1] = mark(page + WORDS - 1);
	}
}

static void map(struct slot *s)
{
	unsigned pages = 1 + (unsigned)rnd(rnd(2) ? 8 : 80);
	long p = space_map(SELF, NULL, pages * PAGE, RW, 0, NULL);

	if (p < 0)
		return; /* no memory just now */
	*s = (struct slot){(uint64_t *)p, pages, RW};
	look(s);
	write_some(s);
}

static void step(void)
{
	static const unsigned prots[] = {PROT_NONE, PROT_R, RW, PROT_R | PROT_X,
					 RW};
	struct slot *s = &slots[rnd(SLOTS)];

	if (!s->p) {
		map(s);
		return;
	}
	look(s);
	switch (rnd(4)) {
	case 0:
		s->prot = prots[rnd(5)];
		CHECK_EQ(space_protect(SELF, s->p, s->pages * PAGE, s->prot),
			 0);
		break;
	case 1:
		write_some(s);
		break;
	default:
		CHECK_EQ(space_unmap(SELF, s->p, s->pages * PAGE), 0);
		s->p = NULL;
	}
}

int main(void)
{
	uint64_t rounds;

	state = (uint64_t)time_now() * 0x9e3779b97f4a7c15 | 1;
	rounds = rnd(300);
	for (uint64_t i = 0; i < rounds; i++) {
		volatile double d = (double)i;

		step();
		if (rnd(16) == 0)
			thread_yield();
		CHECK(d == (double)i); /* floating point stays its owner's */
	}
	return 0;
}
