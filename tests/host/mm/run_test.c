/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * run_test.c - the reference model, some seeds of each kind of machine; or one, if
 * the environment says SEED, and N operations.
 */
#include "tests/host/host.h"
#include "tests/host/mm/run.h"
#include "tests/test.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static bool failed;

static uint64_t number_of(const char *name, uint64_t otherwise)
{
	const char *s = getenv(name);

	return s && *s ? strtoull(s, NULL, 0) : otherwise;
}

/* What a process says last: there is nothing that it could go on with. */
static const char *say_where_and_end(void)
{
	printf("#   at %s\n", run_where());
	_exit(1);
}

/*
 * Each run has a process of its own, where memory is as after boot: what a run
 * does depends on its seed alone.
 */
static bool run_apart(uint64_t seed, uint64_t n)
{
	int status = 1;
	pid_t child = fork();

	if (!child) {
		host_where = say_where_and_end;
		run_by_seed((unsigned)(seed % KINDS), seed, n);
		_exit(0);
	}
	return child > 0 && waitpid(child, &status, 0) == child && !status;
}

/* One failure is enough to look at. */
static void run(uint64_t seed, uint64_t n)
{
	bool passed;

	if (failed)
		test_skip("a run before has failed");
	passed = run_apart(seed, n);
	failed = !passed;
	CHECK(passed);
}

#define RUNS	   5u
#define OPERATIONS 12000u

static void runs_of(unsigned kind)
{
	if (getenv("SEED"))
		test_skip("SEED says which");
	for (unsigned i = 0; i < RUNS; i++)
		run(i * KINDS + kind, OPERATIONS);
}

TEST(programs_see_what_the_model_says_with_many_asids)
{
	runs_of(0);
	runs_of(1);
}

TEST(programs_see_what_the_model_says_when_asids_run_out)
{
	runs_of(2);
}

TEST(programs_see_what_the_model_says_without_asids)
{
	runs_of(3);
	runs_of(6);
}

TEST(programs_see_what_the_model_says_under_soft_ad)
{
	runs_of(4);
	runs_of(5);
}

TEST(programs_see_what_the_model_says_under_errata)
{
	runs_of(7);
}

/*
 * SEEDS of them, from SEED on, each of N operations; all is compared after EVERY
 * so many.
 */
TEST(the_seeds_that_the_environment_says)
{
	uint64_t seed = number_of("SEED", 0), n = number_of("N", 100000);
	uint64_t end = seed + number_of("SEEDS", 1);

	if (!getenv("SEED"))
		test_skip("make model SEED=n N=operations");
	run_every = (unsigned)number_of("EVERY", run_every);
	run_now = (unsigned)number_of("NOW", run_now);
	alarm(0);
	for (; seed < end; seed++) {
		printf("# seed %lu: %s\n", seed, run_kind_name(seed % KINDS));
		run(seed, n);
	}
}
