/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * seq_golden.h - FNV-1a hashes (64 bits, each line with its newline) of the
 * 1,500 lines of each seed in vectors/golden-32.seq, so that the test kernel
 * need not hold 268 KB. tests/x86/golden_test.c holds them against the file.
 */
#ifndef TESTS_X86_SEQ_GOLDEN_H
#define TESTS_X86_SEQ_GOLDEN_H
#include <stdint.h>

#define SEQ_HASH_START 0xcbf29ce484222325ull
#define SEQ_HASH_PRIME 0x100000001b3ull

#define SEQ_GOLDEN_SEEDS 4
#define SEQ_GOLDEN_COUNT 1500

static const uint64_t seq_golden[SEQ_GOLDEN_SEEDS] = {
	0xb812f01e277d6886ull,
	0x563fc99357370385ull,
	0xcadb6481f26faf46ull,
	0x57ccb0c238222ffcull,
};

#endif
