/* SPDX-License-Identifier: BSD-2-Clause */
/* golden.c - one golden file at a time. */
#include "tests/x86/golden.h"
#include "tests/test.h"
#include <stdio.h>
#include <string.h>

#define LINE 128

static FILE *file;
static unsigned number;

void golden_open(const char *name)
{
	char path[LINE];

	snprintf(path, sizeof(path), "tests/x86/vectors/%s", name);
	if (file)
		fclose(file);
	file = fopen(path, "r");
	number = 0;
	if (!file) {
		printf("# cannot open %s: run from the top folder\n", path);
		test_fail(__FILE__, __LINE__, "golden file");
	}
}

bool golden_is_next(const char *line)
{
	char want[LINE];

	number++;
	if (!fgets(want, sizeof(want), file))
		strcpy(want, "(end of file)");
	want[strcspn(want, "\n")] = 0;
	if (strcmp(want, line) == 0)
		return true;
	printf("# golden line %u\n#   expected %s\n#   actual   %s\n", number,
	       want, line);
	return false;
}

bool golden_at_end(void)
{
	bool end = fgetc(file) == EOF;

	fclose(file);
	file = NULL;
	return end;
}
