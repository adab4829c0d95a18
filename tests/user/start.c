/* SPDX-License-Identifier: BSD-2-Clause */
/* start.c - what a program finds when it starts. */
#include "check.h"
#include <errno.h>

static int zero[3 * PAGE / sizeof(int)];
static int data[PAGE / sizeof(int)] = {1, 2, 3};
static const int constants[4] = {4, 5, 6, 7};

int main(int argc, char **argv)
{
	struct memory_info before, after;
	struct walk_info w;

	CHECK_EQ(argc, 1);
	CHECK(strcmp(argv[0], "test/start") == 0);
	CHECK(argv[1] == NULL);
	CHECK_EQ((uintptr_t)argv % 16, 8); /* sp was a multiple of 16 */
	CHECK_EQ(nothing(), ABI_VERSION);
	for (unsigned i = 0; i < sizeof(zero) / sizeof(zero[0]); i++)
		CHECK_EQ(zero[i], 0);
	CHECK(data[0] == 1 && data[2] == 3 && data[3] == 0);
	CHECK_EQ(constants[3], 7);
	errno = 5; /* thread-local storage is there */
	CHECK_EQ(errno, 5);

	/* Text and constants are the archive's own frames; data is a copy. */
	CHECK_EQ(space_walk(SELF, (const void *)main, &w), 0);
	CHECK_EQ(w.frame, WALK_OBJECT);
	CHECK_EQ(space_walk(SELF, constants, &w), 0);
	CHECK_EQ(w.frame, WALK_OBJECT);
	before = counts();
	data[0] = 9;
	after = counts();
	CHECK_EQ(after.copied - before.copied, 1);
	CHECK_EQ(space_walk(SELF, data, &w), 0);
	CHECK_EQ(w.frame, WALK_PRIVATE);
	CHECK_EQ(w.refs, 1);
	CHECK_EQ(data[2], 3);
	return 0;
}
