/* SPDX-License-Identifier: BSD-2-Clause */
/* model.c - the model's lines for a seed: model SEED COUNT. */
#include "tests/x86/tables.h"
#include <stdio.h>
#include <stdlib.h>

static void put_line(const char *text)
{
	puts(text);
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: model SEED COUNT\n");
		return 2;
	}
	seq_run(&tables_mmu, (uint32_t)strtoul(argv[1], NULL, 0),
		(unsigned)strtoul(argv[2], NULL, 0), put_line);
	return 0;
}
