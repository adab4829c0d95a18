/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * seq.c - the generator. Never two pick() in one expression: C leaves their
 * order open, and compilers differ.
 */
#include "tests/x86/seq.h"

#define P    0x001u
#define W    0x002u
#define U    0x004u
#define AD   0x060u
#define COW  0x200u /* an AVL bit: copy on write */
#define LINE 128

const uint32_t seq_pages[SEQ_PAGES] = {
	0x08048000u, 0x08049000u, 0x081ff000u, 0x08200000u,
	0x083ff000u, 0x08400000u, 0xbfffe000u, 0xbffff000u,
};

static const struct seq_mmu *mmu;
static uint32_t state;
static int active;
static char text[LINE];
static unsigned length;

static uint32_t pick(uint32_t n)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return (state >> 8) % n;
}

/* ---- the line --------------------------------------------------------- */

static void put(const char *s)
{
	while (*s && length < LINE - 1)
		text[length++] = *s++;
	text[length] = 0;
}

static void put_hex(uint32_t v, unsigned digits)
{
	char s[9] = "";

	for (unsigned i = 0; i < digits; i++)
		s[i] = "0123456789abcdef"[v >> 4 * (digits - 1 - i) & 15];
	s[digits] = 0;
	put(s);
}

static void put_name(const char *name, int d)
{
	put(name);
	put(" d");
	put_hex((uint32_t)d, 1);
}

/* "name dN va" */
static void put_page(const char *name, int d, uint32_t va)
{
	put_name(name, d);
	put(" ");
	put_hex(va, 8);
}

static void put_word(uint32_t v, unsigned digits)
{
	put(" ");
	put_hex(v, digits);
}

/* ---- operations ------------------------------------------------------- */

static void change(int d, uint32_t va, uint32_t pte)
{
	mmu->set_pte(d, va, pte);
	mmu->flush(d, va);
}

static void do_map(int d, uint32_t va)
{
	uint32_t pte = pick(SEQ_FRAMES) << 12 | P;

	pte |= pick(2) << 1;
	if (pick(4))
		pte |= U;
	pte |= pick(8) << 9;
	pte |= pick(4) << 3;
	change(d, va, pte);
	put_page("map", d, va);
	put_word(pte, 8);
}

/* A word that is not present: what is swapped out, say. */
static void do_swap(int d, uint32_t va)
{
	uint32_t pte = pick(0x10000) << 16;

	pte |= pick(0x10000) & ~P;
	change(d, va, pte);
	put_page("swap", d, va);
}

static void do_protect(int d, uint32_t va, uint32_t pte)
{
	if (pte & P)
		change(d, va, pte ^ W);
	put_page("prot", d, va);
}

static void do_flip_ad(int d, uint32_t va, uint32_t pte)
{
	uint32_t bit = pick(2) ? 0x20 : 0x40;

	if (pte & P)
		change(d, va, pte ^ bit);
	put_page("ad", d, va);
	put_word(bit, 2);
}

static void do_rights(int d, uint32_t va)
{
	uint32_t rights = pick(4) << 1;

	if (pick(2))
		rights = W | U;
	mmu->set_pde(d, va, rights);
	put_page("pde", d, va);
	put_word(rights, 1);
}

/* Shares all pages with the next directory, read-only, to copy on write. */
static void do_fork(int d)
{
	int e = (d + 1) % SEQ_DIRS;

	mmu->reset(e);
	for (unsigned i = 0; i < SEQ_PAGES; i++) {
		uint32_t pte = mmu->get_pte(d, seq_pages[i]);

		if (!(pte & P))
			continue;
		if (pte & W) {
			pte = (pte & ~W) | COW;
			change(d, seq_pages[i], pte);
		}
		mmu->set_pte(e, seq_pages[i], pte & ~AD);
	}
	if (e == active)
		mmu->activate(active);
	put_name("fork", d);
	put_name("", e);
}

static void do_activate(int d)
{
	active = d;
	mmu->activate(d);
	put_name("activate", d);
}

static void resolve_cow(struct seq_access *a, uint32_t pte)
{
	uint32_t frame = pick(SEQ_FRAMES);

	mmu->copy(frame, pte >> 12);
	change(active, a->va, (pte & 0xdff) | frame << 12 | W);
	put(" cow ");
	a->user = 1;
	put(mmu->access(a));
}

static void do_access(uint32_t va)
{
	struct seq_access a = {.op = "RRWWX"[pick(5)], .va = va};
	const char op[] = {a.op, 0};
	const char *verdict;
	uint32_t pte;

	a.user = pick(3) != 0;
	a.ac = a.user ? 0 : (int)pick(2);
	verdict = mmu->access(&a);
	put("acc ");
	put(op);
	put(a.user ? "3" : "0");
	put(a.ac ? "a" : "-");
	put_word(va, 8);
	put(" = ");
	put(verdict);
	if (verdict[0] == 'P') {
		put("/");
		put_hex(a.err, 2);
	} else if (a.op == 'R') {
		put_word(a.frame, 1);
	}
	pte = mmu->get_pte(active, va);
	if (verdict[0] == 'P' && a.err == 7 && a.op == 'W' &&
	    (pte & (COW | P)) == (COW | P) &&
	    (mmu->get_pde(active, va) & (P | W | U)) == (P | W | U))
		resolve_cow(&a, pte);
}

/* Gives the directory that the operation was about. */
static int do_one(int d, uint32_t va)
{
	uint32_t pte = mmu->get_pte(d, va);

	switch (pick(16)) {
	case 0:
	case 1:
		do_map(d, va);
		break;
	case 2:
		change(d, va, pte & ~P);
		put_page("clear", d, va);
		break;
	case 3:
		do_swap(d, va);
		break;
	case 4:
		do_protect(d, va, pte);
		break;
	case 5:
	case 6:
		do_flip_ad(d, va, pte);
		break;
	case 7:
		do_rights(d, va);
		break;
	case 8:
		do_fork(d);
		break;
	case 9:
	case 10:
		do_activate(d);
		break;
	default:
		d = active;
		do_access(va);
	}
	return d;
}

void seq_run(const struct seq_mmu *m, uint32_t seed, unsigned count,
	     void (*line)(const char *))
{
	uint32_t page = 0;

	mmu = m;
	state = seed * 2654435761u | 1;
	active = 0;
	for (int d = 0; d < SEQ_DIRS; d++)
		m->reset(d);
	m->activate(0);
	for (unsigned i = 0; i < count; i++) {
		int d = (int)pick(SEQ_DIRS);

		if (pick(2))
			d = active;
		if (pick(2))
			page = pick(SEQ_PAGES);
		length = 0;
		put("SEQ ");
		put_hex(seed, 2);
		put(".");
		put_hex(i, 4);
		put(" ");
		d = do_one(d, seq_pages[page]);
		put(" |");
		put_word(m->get_pde(d, seq_pages[page]), 1);
		put_word(m->get_pte(d, seq_pages[page]), 8);
		line(text);
	}
}
