/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * main64.c - four levels: the vectors of tests/x86/sets.c, in the lines of
 * main32.c, and the canonical boundary: "CAN va access = verdict error cr2".
 */
#include "tests/x86/oracle/oracle.h"
#include "tests/x86/sets.h"

#define VA     0x0000400008048000ull /* nothing else is under its PML4E */
#define CODE   0x0000200000000000ull
#define TARGET 0x00600000ull /* 2 MiB aligned */
#define MAGIC  0xc0def00d12345678ull

typedef uint64_t table[512] __attribute__((aligned(4096)));
extern uint64_t pml4[512];
static table tables[4], code_tables[4];
static uint64_t *entry[5];

static void fill(uint64_t frame)
{
	*(uint16_t *)frame = 0x80cd; /* int 0x80 */
	*(uint64_t *)(frame + READ_AT) = MAGIC;
}

/* `frame` 0: whether the data moved is not looked at. */
static const char *access(char op, uint64_t page, int ring, uint64_t frame,
			  int ac)
{
	uint8_t *s = stub_of(op);
	uint64_t stub = ring ? CODE + (uint64_t)(s - stub_page) : (uint64_t)s;
	uint64_t va = page + offset_of(op);

	if (frame)
		*(uint64_t *)(frame + WRITE_AT) = 0;
	probe(stub, va, (uintptr_t)ring, ac ? FLAGS_AC : 0);
	if (trap.vector == 128) {
		if (frame && op == 'R' && trap.ax != MAGIC)
			return "BR";
		if (frame && op == 'W' && *(uint64_t *)(frame + WRITE_AT) != va)
			return "BW";
		return frame && op == 'X' && trap.ip != va + 2 ? "BX" : "OK";
	}
	if (trap.vector == 14)
		return trap.ip == (op == 'X' ? va : stub) ? "PF" : "BI";
	return trap.vector == 13 ? "GP" : trap.vector == 12 ? "SS" : "XX";
}

/* ---- vectors ---------------------------------------------------------- */

/* What an entry of `level` leads to: its table, or the page. */
static uint64_t frame_of(int level, uint64_t e)
{
	if (level == 1 || (level == 2 && (e & X86_PS)))
		return TARGET;
	if (level == 3 && (e & X86_PS))
		return 0;
	return (uint64_t)tables[level - 1];
}

static uint64_t target_of(const struct x86_vector *v)
{
	if (v->e[3] & X86_PS)
		return VA & 0x3fffffff;
	return v->e[2] & X86_PS ? TARGET + (VA & 0x1fffff) : TARGET;
}

static void put_entries(const struct x86_vector *v, int after)
{
	for (int l = 4; l > 0; l--) {
		put_char(' ');
		put_hex(flags_of(after ? *entry[l] : v->e[l]), 4);
	}
}

static void put_error(const char *verdict)
{
	if (verdict[0] == 'O') {
		put(" - -");
		return;
	}
	put_char(' ');
	put_hex(trap.error, 4);
	put_char(' ');
	if (verdict[0] == 'P')
		put_hex(trap.cr2, 16);
	else
		put_char('-');
}

static void one_access(const struct x86_vector *v, char op, int ring)
{
	const char *verdict;

	for (int l = 1; l <= 4; l++)
		*entry[l] = frame_of(l, v->e[l]) | v->e[l];
	reload_cr3();
	verdict = access(op, VA, ring, target_of(v), v->ctl.ac);
	put(v->set);
	put_char(' ');
	put_char(v->ctl.wp ? 'W' : '-');
	put_char(v->ctl.smep ? 'E' : '-');
	put_char(!v->ctl.smap ? '-' : v->ctl.ac ? 'a' : 'A');
	put_char(v->ctl.nxe ? 'N' : '-');
	put_entries(v, 0);
	put_char(' ');
	put_char(op);
	put(ring ? " 3 = " : " 0 = ");
	put(verdict);
	put_error(verdict);
	put_entries(v, 1);
	put_char('\n');
}

static void visit(const struct x86_vector *v)
{
	apply(&v->ctl, 1);
	fill(target_of(v));
	for (unsigned i = 0; i < 6; i++)
		one_access(v, "RWX"[i / 2], i % 2 ? 3 : 0);
}

/* ---- the canonical boundary -------------------------------------------- */

static void boundary(void)
{
	static const uint64_t va[] = {
		0x00007ffffffff000, 0x0000800000000000, 0x0000fffffffff000,
		0x0001000000000000, 0x8000000000000000, 0xffff7ffffffff000,
		0xffff800000000000, 0xfffffffffffff000, 0x0000004000000000,
		0xffffffc000000000,
	};
	const struct x86_ctl nx = {.nxe = true};

	apply(&nx, 1);
	for (unsigned i = 0; i < 6 * sizeof(va) / sizeof(va[0]); i++) {
		char op = "RWX"[i / 2 % 3];
		const char *v = access(op, va[i / 6], i % 2 ? 3 : 0, 0, 0);

		put("CAN ");
		put_hex(va[i / 6], 16);
		put_char(' ');
		put_char(op);
		put(i % 2 ? "3 = " : "0 = ");
		put(v);
		put_error(v);
		put_char('\n');
	}
}

void main64(void);
void main64(void)
{
	serial_init();
	put("# x86-64\n");
	for (int l = 1; l <= 4; l++)
		entry[l] = l == 4 ? &pml4[VA >> 39 & 511]
				  : &tables[l][VA >> (3 + 9 * l) & 511];
	code_tables[1][0] = (uint64_t)stub_page | X86_P | X86_U;
	code_tables[2][0] = (uint64_t)code_tables[1] | PWU;
	code_tables[3][0] = (uint64_t)code_tables[2] | PWU;
	pml4[CODE >> 39 & 511] = (uint64_t)code_tables[3] | PWU;
	x86_64_sets(visit);
	boundary();
	quit();
}
