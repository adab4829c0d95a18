/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sequence_test.c - random sequences through the mirror give the lines that x86
 * gives: those of the golden file, known by their hashes, and for any other
 * seed those of the model.
 */
#include "tests/test.h"
#include "tests/unit/compat/rig.h"
#include "tests/unit/compat/seq_mirror.h"
#include "tests/x86/seq_golden.h"
#include "tests/x86/tables.h"
#include <stdio.h>
#ifdef QUIRE_HOST
#include "tests/host/host.h"
#define say	   printf
#define OTHERS	   60
#define OTHERS_LEN 400
#else
#include "lib/log.h"
#define say	   log_print
#define OTHERS	   4
#define OTHERS_LEN 1000
#endif

static uint64_t hash;
static uint32_t expected[SEQ_GOLDEN_COUNT];
static unsigned number, different;

static uint64_t hash_line(uint64_t h, const char *text)
{
	for (; *text; text++)
		h = (h ^ (uint8_t)*text) * SEQ_HASH_PRIME;
	return (h ^ '\n') * SEQ_HASH_PRIME;
}

static void remember(const char *text)
{
	expected[number++] = (uint32_t)hash_line(SEQ_HASH_START, text);
	hash = hash_line(hash, text);
}

static void compare(const char *text)
{
	hash = hash_line(hash, text);
	if (expected[number++] == (uint32_t)hash_line(SEQ_HASH_START, text))
		return;
	if (different++ < 5)
		say("# differs from x86: %s\n", text);
}

/* The hash of the lines; the model first, then the mirror against it. */
static uint64_t run(const struct seq_mmu *m, uint32_t seed, unsigned count)
{
	hash = SEQ_HASH_START;
	number = 0;
	seq_run(m, seed, count, m == &tables_mmu ? remember : compare);
	return hash;
}

static void run_both(unsigned mode, uint32_t seed, unsigned count)
{
	uint64_t want = run(&tables_mmu, seed, count);

	different = 0;
	rig_begin(mode);
	mirror_begin();
	hash = run(&mirror_mmu, seed, count);
	mirror_end();
	rig_end();
	if (different)
		say("# seed %u, %s\n", (unsigned)seed, rig_mode_name(mode));
	CHECK_EQ(different, 0);
	CHECK_EQ(hash, want);
}

TEST(golden_sequences_are_the_same_through_the_mirror)
{
	for (uint32_t seed = 1; seed <= SEQ_GOLDEN_SEEDS; seed++)
		for (unsigned mode = 0; mode < rig_modes(); mode++) {
			run_both(mode, seed, SEQ_GOLDEN_COUNT);
			CHECK_EQ(hash, seq_golden[seed - 1]);
		}
}

TEST(other_sequences_are_the_same_through_the_mirror)
{
	for (uint32_t seed = 100; seed < 100 + OTHERS; seed++)
		run_both(seed % rig_modes(), seed * 0x9e3779b1u, OTHERS_LEN);
}

/* Else the fault handler is not tested by any of the above. */
TEST(sequences_have_faults_run_again)
{
	unsigned most = 0;

	for (unsigned mode = 0; mode < rig_modes(); mode++) {
		run_both(mode, 1, 500);
		if (mirror_retries > most)
			most = mirror_retries;
	}
	CHECK(most > 20);
}
