/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * main32.c - 32-bit x86, without and with PAE: every vector of
 * tests/x86/sets.c, one line an access:
 *
 *	set ctl e4 e3 e2 e1 op ring = verdict error cr2 e4 e3 e2 e1
 *
 * With "seed=N count=M" on the command line: that sequence alone.
 */
#include "tests/x86/oracle/main32.h"
#include "tests/x86/sets.h"

uint32_t pd[1024] __attribute__((aligned(4096)));
uint64_t pdpt[4] __attribute__((aligned(32)));
uint64_t pae_pd[2][512] __attribute__((aligned(4096)));
static uint32_t kernel_pt[4][1024] __attribute__((aligned(4096)));
static uint32_t code_pt[1024] __attribute__((aligned(4096)));
static uint64_t pae_code_pt[512] __attribute__((aligned(4096)));

static int pae;

void fill(uint32_t frame, uint32_t magic)
{
	*(uint16_t *)frame = 0x80cd; /* int 0x80 */
	*(uint32_t *)(frame + READ_AT) = magic;
	*(uint32_t *)(frame + WRITE_AT) = 0;
}

const char *access(char op, uint32_t page, int ring, uint32_t frame, int ac)
{
	uint8_t *s = stub_of(op);
	uintptr_t stub =
		ring ? CODE + (uintptr_t)(s - stub_page) : (uintptr_t)s;
	uint32_t va = page + offset_of(op);

	*(uint32_t *)(frame + WRITE_AT) = 0;
	probe(stub, va, (uintptr_t)ring, ac ? FLAGS_AC : 0);
	if (trap.vector == 128) {
		if (op == 'R' && trap.ax != MAGIC)
			return "BR";
		if (op == 'W' && *(uint32_t *)(frame + WRITE_AT) != va)
			return "BW";
		if (op == 'X' && trap.ip != va + 2)
			return "BX";
		return "OK";
	}
	/* Restartable: the saved IP is the instruction's; of a fetch, VA. */
	if (trap.ip != (op == 'X' ? va : stub))
		return "BI";
	return trap.vector == 14 ? "PF" : trap.vector == 13 ? "GP" : "??";
}

/* ---- vectors ---------------------------------------------------------- */

static void put_entries(uint64_t e2, uint64_t e1)
{
	put(" - - ");
	put_hex(flags_of(e2), 4);
	put_char(' ');
	put_hex(flags_of(e1), 4);
}

static void put_controls(const struct x86_vector *v)
{
	put(v->set);
	put_char(' ');
	put_char(v->ctl.wp ? 'W' : '-');
	put_char(v->ctl.smep ? 'E' : '-');
	put_char(!v->ctl.smap ? '-' : v->ctl.ac ? 'a' : 'A');
	put_char(v->ctl.nxe ? 'N' : '-');
}

static void set_entries(uint64_t e2, uint64_t e1)
{
	if (pae) {
		*PAE_PDE = TABLE | e2;
		*PAE_PTE = TARGET | e1;
	} else {
		*PDE = (uint32_t)(TABLE | e2);
		*PTE = (uint32_t)(TARGET | e1);
	}
	reload_cr3();
}

static void one_access(const struct x86_vector *v, char op, int ring)
{
	uint32_t frame = !pae && v->ctl.pse ? BIG : TARGET;
	const char *verdict;

	set_entries(v->e[2], v->e[1]);
	verdict = access(op, VA, ring, frame, v->ctl.ac);
	put_controls(v);
	put_entries(v->e[2], v->e[1]);
	put_char(' ');
	put_char(op);
	put(ring ? " 3 = " : " 0 = ");
	put(verdict);
	if (verdict[0] == 'O') {
		put(" - -");
	} else {
		put_char(' ');
		put_hex(trap.error, 4);
		put_char(' ');
		put_hex(trap.cr2, 8);
	}
	put_entries(pae ? *PAE_PDE : *PDE, pae ? *PAE_PTE : *PTE);
	put_char('\n');
}

static void visit(const struct x86_vector *v)
{
	apply(&v->ctl, pae);
	if (!pae && v->ctl.pse)
		write_cr4(read_cr4() | CR4_PSE);
	else
		write_cr4(read_cr4() & ~(uintptr_t)CR4_PSE);
	for (unsigned i = 0; i < 6; i++)
		one_access(v, "RWX"[i / 2], i % 2 ? 3 : 0);
}

/* ---- start ------------------------------------------------------------ */

static void map(void)
{
	for (uint32_t i = 0; i < 4096; i++)
		kernel_pt[i / 1024][i % 1024] = i * PAGE | X86_P | X86_W;
	for (uint32_t i = 0; i < 4; i++)
		pd[i] = (uint32_t)kernel_pt[i] | X86_P | X86_W;
	code_pt[0] = (uint32_t)stub_page | X86_P | X86_U;
	pd[CODE >> 22] = (uint32_t)code_pt | PWU;
	fill(TARGET, MAGIC);
	fill(BIG, MAGIC);
	write_cr3((uint32_t)pd);
	write_cr0(read_cr0() | CR0_PG);
}

/* The same places under PAE. */
static void map_pae(void)
{
	write_cr0(read_cr0() & ~CR0_PG);
	write_cr4((read_cr4() & ~CR4_PSE) | CR4_PAE);
	for (uint32_t i = 0; i < 1024; i++)
		((uint32_t *)TABLE)[i] = 0;
	for (uint32_t i = 0; i < 8; i++)
		pae_pd[0][i] = (uint64_t)i << 21 | X86_P | X86_W | X86_PS;
	pae_code_pt[0] = (uint32_t)stub_page | X86_P | X86_U;
	pae_pd[1][0] = (uint32_t)pae_code_pt | (uint64_t)PWU;
	pdpt[0] = (uint32_t)pae_pd[0] | (uint64_t)X86_P;
	pdpt[1] = (uint32_t)pae_pd[1] | (uint64_t)X86_P;
	write_cr3((uint32_t)pdpt);
	write_cr0(read_cr0() | CR0_PG);
	pae = 1;
}

/* The number after `name` in a command line; 0: not there. */
static uint32_t argument(const char *s, const char *name)
{
	uint32_t v = 0;

	for (; *s; s++) {
		unsigned n = 0;

		while (name[n] && s[n] == name[n])
			n++;
		if (name[n])
			continue;
		for (s += n; *s >= '0' && *s <= '9'; s++)
			v = v * 10 + (uint32_t)(*s - '0');
		break;
	}
	return v;
}

void main32(const uint32_t *multiboot);
void main32(const uint32_t *multiboot)
{
	const char *line = multiboot && (multiboot[0] & 4)
				   ? (const char *)multiboot[4]
				   : "";
	uint32_t seed = argument(line, "seed="),
		 count = argument(line, "count=");

	serial_init();
	out(0x92, in(0x92) | 2); /* A20 */
	put("# x86-32\n");
	map();
	if (seed) {
		sequences(seed, seed + 1, count ? count : 1500);
		quit();
	}
	x86_legacy_sets(visit);
	write_cr4(read_cr4() & ~(CR4_SMEP | CR4_SMAP));
	experiments();
	sequences(1, 5, 1500);
	map_pae();
	x86_pae_sets(visit);
	experiment_pdpte();
	quit();
}
