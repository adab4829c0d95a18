/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * check.c - holds the lines of an image (main32.c, main64.c) against the rule,
 * and prints the golden table.
 *
 *	check 32|64 RAW >TABLE
 *
 * Two things are made canonical first. After a fault the entries count as they
 * were: whether a walk that ends in #PF sets A above is not architectural
 * (QEMU sets it, Bochs does not). And RSVD implies P in the error code, as the
 * SDM says (QEMU leaves P out).
 */
#include "tests/x86/sets.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE 160

static FILE *raw;
static unsigned lines, differ, walk_a, no_p;

/* What the rule says of the whole right side, and its short form. */
static void expect(const struct x86_vector *v, unsigned i, char *right,
		   char *shrt)
{
	uint64_t after[5];
	int leaf;
	uint32_t err = x86_answer(v, (enum x86_op)(i / 2), i % 2, after, &leaf);
	unsigned offset = i / 2 == 0 ? 0x10 : i / 2 == 1 ? 0x20 : 0;

	if (err == X86_ALLOWED) {
		right += sprintf(right, "OK - -");
		sprintf(shrt, "ok");
	} else {
		right += v->top == 2 ? sprintf(right, "PF %04x %08x", err,
					       0x08048000 + offset)
				     : sprintf(right, "PF %04x %016llx", err,
					       0x400008048000ull + offset);
		sprintf(shrt, "%02x", err);
	}
	for (int l = 4; l > 0; l--)
		right += l > v->top
				 ? sprintf(right, " -")
				 : sprintf(right, " %04x",
					   (unsigned)(after[l] & 0xfff) |
						   (after[l] & X86_NX ? 0x1000
								      : 0));
}

/* The left side as the images print it: up to " = ". */
static void describe(const struct x86_vector *v, char *s)
{
	s += sprintf(s, "%s %c%c%c%c", v->set, v->ctl.wp ? 'W' : '-',
		     v->ctl.smep ? 'E' : '-',
		     !v->ctl.smap ? '-'
		     : v->ctl.ac  ? 'a'
				  : 'A',
		     v->ctl.nxe ? 'N' : '-');
	for (int l = 4; l > 0; l--)
		s += l > v->top
			     ? sprintf(s, " -")
			     : sprintf(s, " %04x",
				       (unsigned)(v->e[l] & 0xfff) |
					       (v->e[l] & X86_NX ? 0x1000 : 0));
}

/* The right side in canonical form; `left` is the entries' text. */
static void canonical(char *right, const char *left)
{
	char verdict[8], cr2[24], after[LINE];
	const char *before = strchr(strchr(left, ' ') + 1, ' ');
	unsigned err;

	if (strncmp(right, "PF", 2) != 0 ||
	    sscanf(right, "%7s %x %23s%159[^\n]", verdict, &err, cr2, after) !=
		    4)
		return;
	walk_a += strcmp(after, before) != 0;
	if ((err & X86_PF_RSVD) && !(err & X86_PF_P)) {
		err |= X86_PF_P;
		no_p++;
	}
	sprintf(right, "PF %04x %s%s", err, cr2, before);
}

static int next_vector_line(char *s)
{
	while (fgets(s, LINE, raw)) {
		s[strcspn(s, "\r\n")] = 0;
		if (*s && *s != '#' && strncmp(s, "TLB ", 4) != 0 &&
		    strncmp(s, "SEQ ", 4) != 0 && strncmp(s, "CAN ", 4) != 0)
			return 1;
	}
	return 0;
}

static void visit(const struct x86_vector *v)
{
	char left[LINE], got[LINE], want[LINE], full[2 * LINE], shrt[16];

	describe(v, left);
	printf("%s :", left);
	for (unsigned i = 0; i < 6; i++) {
		char *right;

		expect(v, i, want, shrt);
		snprintf(full, sizeof(full), "%s %c %c = ", left, "RWX"[i / 2],
			 "03"[i % 2]);
		lines++;
		if (!next_vector_line(got))
			strcpy(got, "(end of file)");
		right = got + strlen(full);
		if (strncmp(got, full, strlen(full)) == 0)
			canonical(right, left);
		strncat(full, want, sizeof(full) - strlen(full) - 1);
		if (strcmp(got, full) != 0 && differ++ < 10)
			fprintf(stderr, "- %s\n+ %s\n", full, got);
		printf(" %c%c=%s", "RWX"[i / 2], "03"[i % 2], shrt);
	}
	printf("\n");
}

int main(int argc, char **argv)
{
	char rest[LINE];

	if (argc != 3 || !(raw = fopen(argv[2], "r"))) {
		fprintf(stderr, "usage: check 32|64 RAW >TABLE\n");
		return 2;
	}
	if (strcmp(argv[1], "32") == 0) {
		x86_legacy_sets(visit);
		x86_pae_sets(visit);
	} else {
		x86_64_sets(visit);
	}
	while (next_vector_line(rest))
		differ++;
	fprintf(stderr,
		"%s: %u accesses, %u differ from the rule; made canonical: %u "
		"A after a fault, %u RSVD without P\n",
		argv[2], lines, differ, walk_a, no_p);
	return differ != 0;
}
