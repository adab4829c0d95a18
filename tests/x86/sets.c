/* SPDX-License-Identifier: BSD-2-Clause */
/* sets.c - the cross products. */
#include "tests/x86/sets.h"

#define PWU	 (X86_P | X86_W | X86_U)
#define PHYSICAL 40 /* MAXPHYADDR of the oracle's processor */

static x86_visit *visitor;
static struct x86_vector vec;

static void begin(const char *set, int top)
{
	vec = (struct x86_vector){.top = top};
	for (unsigned i = 0; set[i]; i++)
		vec.set[i] = set[i];
	vec.ctl.pse = top == 4;
	for (int l = 1; l <= top; l++)
		vec.e[l] = PWU;
}

/* "BIT2.07": the level and the bit are part of the name. */
static void name_bit(const char *set, int level, int bit)
{
	unsigned n = 0;

	for (; set[n]; n++)
		vec.set[n] = set[n];
	vec.set[n++] = (char)('0' + level);
	vec.set[n++] = '.';
	vec.set[n++] = (char)('0' + bit / 10);
	vec.set[n++] = (char)('0' + bit % 10);
	vec.set[n] = 0;
}

static void reserve_bits(void)
{
	for (int l = 1; l <= 4; l++) {
		vec.rsvd[l] = 0;
		if (vec.top == 4)
			for (int b = PHYSICAL; b < 52; b++)
				vec.rsvd[l] |= 1ull << b;
		if ((l == 2 || l == 3) && vec.ctl.pse && (vec.e[l] & X86_PS))
			for (int b = 13; b < 12 + 9 * (l - 1); b++)
				vec.rsvd[l] |= 1ull << b;
	}
	if (vec.top == 4)
		vec.rsvd[4] |= X86_PS;
	else if (vec.ctl.pse && (vec.e[2] & X86_PS))
		vec.rsvd[2] = X86_LARGE_RESERVED;
}

static void give(void)
{
	reserve_bits();
	visitor(&vec);
}

static uint64_t flags(unsigned k) /* P, W, U, NX */
{
	return (k & 7) | (k & 8 ? X86_NX : 0);
}

/* ---- 32 bits ---------------------------------------------------------- */

static void rights(const char *set, bool smep, bool smap, bool ac)
{
	begin(set, 2);
	vec.ctl.smep = smep;
	vec.ctl.smap = smap;
	vec.ctl.ac = ac;
	for (unsigned i = 0; i < 2 * 8 * 8; i++) {
		vec.ctl.wp = i / 64;
		vec.e[2] = i / 8 % 8;
		vec.e[1] = i % 8;
		give();
	}
}

static void accessed_dirty(void)
{
	begin("AD", 2);
	for (unsigned i = 0; i < 2 * 16; i++) {
		vec.ctl.wp = i / 16;
		vec.e[2] = PWU | (i & 1 ? X86_A : 0);
		vec.e[1] = X86_P | X86_U | (i & 8 ? X86_W : 0) |
			   (i & 2 ? X86_A : 0) | (i & 4 ? X86_D : 0);
		give();
	}
}

static void ignored(void)
{
	static const uint16_t pde[] = {0x200, 0x400,   0x800,  X86_D,
				       X86_G, X86_PWT, X86_PCD};
	static const uint16_t pte[] = {0x200,	0x400,	 0x800, X86_G,
				       X86_PWT, X86_PCD, X86_PS};

	begin("IGN", 2);
	for (unsigned i = 0; i < 14; i++) {
		vec.e[2] = PWU | (i < 7 ? pde[i] : 0);
		vec.e[1] = PWU | (i < 7 ? 0 : pte[i - 7]);
		give();
	}
}

static void large(void)
{
	for (unsigned i = 0; i < 2 * 2 * 8; i++) {
		begin(i < 16 ? "PS0" : "PS1", 2);
		vec.ctl.pse = i / 16;
		vec.ctl.wp = i / 8 % 2;
		vec.e[2] = X86_PS | i % 8;
		give();
	}
	begin("PSRSV", 2);
	vec.ctl.pse = true;
	vec.e[2] |= X86_PS | X86_LARGE_RESERVED;
	give();
}

void x86_legacy_sets(x86_visit *visit)
{
	visitor = visit;
	rights("LEG", false, false, false);
	accessed_dirty();
	ignored();
	large();
	for (unsigned i = 1; i < 6; i++)
		rights("SMXP", i / 3, i % 3, i % 3 == 2);
}

static void two_levels(const char *set, int top)
{
	begin(set, top);
	vec.ctl.pse = true;
	for (unsigned i = 0; i < 2 * 2 * 16 * 16; i++) {
		vec.ctl.nxe = i / 512;
		vec.ctl.wp = i / 256 % 2;
		vec.e[2] = flags(i / 16 % 16);
		vec.e[1] = flags(i % 16);
		give();
	}
}

void x86_pae_sets(x86_visit *visit)
{
	visitor = visit;
	two_levels("PAE", 2);
}

/* ---- 64 bits ---------------------------------------------------------- */

static void one_level(void)
{
	for (unsigned c = 0; c < 2 * 3 * 2; c++)
		for (int l = 4; l > 0; l--)
			for (unsigned k = 0; k < 16; k++) {
				begin("LVL", 4);
				vec.ctl.nxe = true;
				vec.ctl.smep = c / 6;
				vec.ctl.smap = c / 2 % 3;
				vec.ctl.ac = c / 2 % 3 == 2;
				vec.ctl.wp = c % 2;
				vec.e[l] = flags(k);
				give();
			}
}

static void restrict_level(int level, unsigned how)
{
	if (how == 2)
		vec.e[level] |= X86_NX;
	else
		vec.e[level] &= ~(uint64_t)(how == 0 ? X86_W : X86_U);
}

static void pair_of_levels(void)
{
	for (int i = 4; i > 0; i--)
		for (int j = 4; j > 0; j--)
			for (unsigned k = 0; k < 9 && i != j; k++) {
				begin("PAIR", 4);
				vec.ctl.nxe = vec.ctl.wp = true;
				restrict_level(i, k % 3);
				restrict_level(j, k / 3);
				give();
			}
}

/* Is bit `b` an address bit, or A, D, PS, which have sets of their own? */
static bool is_special(int level, int b)
{
	return b == 5 || b == 6 || (b == 7 && (level == 2 || level == 3)) ||
	       (b >= 12 && b < PHYSICAL);
}

static void single_bits(void)
{
	for (int l = 4; l > 0; l--)
		for (int b = 3; b < 63; b++) {
			if (is_special(l, b))
				continue;
			begin("", 4);
			name_bit("BIT", l, b);
			vec.ctl.nxe = true;
			vec.e[l] |= 1ull << b;
			give();
		}
}

static void big_pages(int level, bool wp)
{
	for (unsigned k = 0; k < 16; k++) {
		begin(level == 2 ? "BIG2" : "BIG3", 4);
		vec.ctl.nxe = true;
		vec.ctl.wp = wp;
		vec.e[level] = X86_PS | flags(k);
		give();
	}
	for (int b = 12; b < 12 + 9 * (level - 1); b++) {
		begin("", 4);
		name_bit("BIGR", level, b);
		vec.ctl.nxe = true;
		vec.ctl.wp = wp;
		vec.e[level] |= X86_PS | 1ull << b;
		give();
	}
}

void x86_64_sets(x86_visit *visit)
{
	visitor = visit;
	two_levels("L64", 4);
	one_level();
	pair_of_levels();
	single_bits();
	for (unsigned wp = 0; wp < 2; wp++)
		for (int l = 2; l < 4; l++)
			big_pages(l, wp);
}

/* ---- answers ---------------------------------------------------------- */

uint32_t x86_answer(const struct x86_vector *v, enum x86_op op, bool user,
		    uint64_t after[5], int *leaf)
{
	uint32_t err =
		x86_check(v->e, v->rsvd, v->top, &v->ctl, op, user, leaf);

	for (int l = 1; l <= v->top; l++) {
		after[l] = v->e[l];
		if (err == X86_ALLOWED && l >= *leaf)
			after[l] |= X86_A;
	}
	if (err == X86_ALLOWED && op == X86_WRITE)
		after[*leaf] |= X86_D;
	return err;
}
