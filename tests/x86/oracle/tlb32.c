/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tlb32.c - named experiments with entries that changed behind the TLB. Each
 * prints "TLB name : accesses in order"; implementations may differ where the
 * architecture lets them.
 */
#include "tests/x86/oracle/main32.h"

static void say(const char *name)
{
	put("TLB ");
	put(name);
	put(" :");
}

static void end(void)
{
	put_char('\n');
}

static void try_at(char op, uint32_t page, int ring)
{
	const char *v = access(op, page, ring, TARGET, 0);

	put_char(' ');
	put_char(op);
	put_char('=');
	put(v);
	if (v[0] == 'P') {
		put_char('/');
		put_hex(trap.error, 2);
	}
}

static void try(char op)
{
	try_at(op, VA, 3);
}

static void put_bits(void)
{
	put(" pde=");
	put_hex(*PDE & 0xfff, 3);
	put(" pte=");
	put_hex(*PTE & 0xfff, 3);
}

static void start(uint32_t bits)
{
	*PDE = TABLE | PWU;
	*PTE = TARGET | bits;
	reload_cr3();
}

/* `op` before the change of *e to `to`, after it, and after INVLPG. */
static void change(const char *name, char op, uint32_t *e, uint32_t to,
		   int show)
{
	say(name);
	start(PWU);
	try(op);
	*e = to ? *e & ~to : 0;
	try(op);
	if (show)
		put_bits();
	invlpg(VA);
	try(op);
	if (show)
		put_bits();
	end();
}

static void adding(void)
{
	say("np-to-present, no flush");
	start(0);
	try('R');
	*PTE |= PWU;
	try('R');
	try('W');
	end();
	say("pde np-to-present, no flush");
	start(PWU);
	*PDE = 0;
	reload_cr3();
	try('R');
	*PDE = TABLE | PWU;
	try('R');
	end();
	say("ro-to-rw, no flush");
	start(X86_P | X86_U);
	try('R');
	*PTE |= X86_W;
	try('W');
	end();
}

static void taking(void)
{
	change("rw-to-ro, no flush, invlpg", 'W', PTE, X86_W, 0);
	change("present-to-np, no flush, invlpg", 'R', PTE, 0, 0);
	change("user-to-super, no flush, invlpg", 'R', PTE, X86_U, 0);
	change("pde rw-to-ro, no flush, invlpg", 'W', PDE, X86_W, 0);
	change("clear A, no flush, invlpg", 'R', PTE, X86_A, 1);
	change("clear D, no flush, invlpg", 'W', PTE, X86_D, 1);
	change("clear PDE.A, no flush, invlpg", 'R', PDE, X86_A, 1);
	say("remap frame, no flush, invlpg");
	start(PWU);
	try('R');
	fill(TARGET + PAGE, MAGIC + 1);
	*PTE = (TARGET + PAGE) | PWU;
	try('R');
	invlpg(VA);
	try('R');
	end();
}

static void globals(void)
{
	say("global kept over CR3 load, then invlpg");
	write_cr4(read_cr4() | CR4_PGE);
	start(PWU | X86_G);
	try('R');
	*PTE = 0;
	reload_cr3();
	try('R');
	invlpg(VA);
	try('R');
	end();
	say("global dropped by CR4.PGE toggle");
	start(PWU | X86_G);
	try('R');
	*PTE = 0;
	write_cr4(read_cr4() & ~CR4_PGE);
	write_cr4(read_cr4() | CR4_PGE);
	try('R');
	write_cr4(read_cr4() & ~CR4_PGE);
	end();
}

static void write_protect(void)
{
	say("WP 0-to-1, no flush");
	write_cr0(read_cr0() & ~CR0_WP);
	start(X86_P | X86_U);
	try_at('W', VA, 0);
	write_cr0(read_cr0() | CR0_WP);
	try_at('W', VA, 0);
	write_cr0(read_cr0() & ~CR0_WP);
	end();
}

static void put_whether(const char *what, uint32_t entry, uint32_t frame)
{
	put(what);
	put((entry & X86_FRAME) == frame ? "ok" : "BAD");
}

static void self_map(void)
{
	volatile uint32_t *pde = (uint32_t *)(0xfffff000 + (VA >> 22) * 4);
	volatile uint32_t *pte = (uint32_t *)(0xffc00000 + (VA >> 12) * 4);

	say("self-map pd[1023]=pd");
	start(PWU);
	pd[1023] = (uint32_t)pd | X86_P | X86_W;
	reload_cr3();
	put_whether(" pde@fffff000=", *pde, TABLE);
	put_whether(" pte@ffc00000=", *pte, TARGET);
	*pte = 0;
	invlpg(VA);
	try('R');
	put(" selfpde=");
	put_hex(pd[1023] & 0xfff, 3);
	pd[1023] = 0;
	reload_cr3();
	end();
}

static void write_across(void)
{
	volatile uint32_t *last = (uint32_t *)(TARGET + PAGE - 4);

	say("write across page into np: restart, first page untouched");
	start(PWU);
	PTE[1] = 0;
	reload_cr3();
	*last = 0x11111111;
	probe((uintptr_t)stub_w, VA + PAGE - 2, 0, 0);
	put(trap.vector == 14 ? " PF/" : " XX/");
	put_hex(trap.error, 2);
	put(" cr2=");
	put_hex(trap.cr2, 8);
	put(" ip=");
	put(trap.ip == (uintptr_t)stub_w ? "restart" : "BAD");
	put(" mem=");
	put_hex(*last, 8);
	put_bits();
	end();
}

void experiments(void)
{
	const struct x86_ctl none = {0};

	apply(&none, 0);
	adding();
	taking();
	globals();
	write_protect();
	self_map();
	write_across();
}

void experiment_pdpte(void)
{
	uint32_t high = VA + 0x80000000u; /* through pdpt[2] */
	const struct x86_ctl none = {0};

	apply(&none, 1);
	*PAE_PDE = TABLE | (uint64_t)PWU;
	*PAE_PTE = TARGET | (uint64_t)PWU;
	pdpt[2] = (uint32_t)pae_pd[0] | (uint64_t)X86_P;
	reload_cr3();
	say("pae pdpte registers: memory change, then CR3 load");
	try_at('R', high, 3);
	pdpt[2] = 0;
	invlpg(high);
	try_at('R', high, 3);
	reload_cr3();
	try_at('R', high, 3);
	end();
}
