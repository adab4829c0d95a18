/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * profile.c - says which code a marked interval (plugin.h) spends its
 * instructions in.
 *
 *	profile.so,mark=ID,out=FILE
 *
 * FILE has a line for each block of code that ran inside the intervals ID: its
 * virtual address, the instructions that ran in it, and how often it was
 * entered. Whole blocks are charged, so that one that faults in its middle
 * counts a little too much.
 */
#include "tests/bench/plugin/plugin.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define SLOTS 65536

struct block {
	uint64_t va;
	uint64_t insns;
	uint64_t entered;
	struct block *next; /* in its slot */
};

static struct block *slots[SLOTS];
static bool is_open;
static unsigned mark;
static const char *path;

static void on_begin(unsigned cpu, void *user)
{
	(void)cpu;
	(void)user;
	is_open = true;
}

static void on_end(unsigned cpu, void *user)
{
	(void)cpu;
	(void)user;
	is_open = false;
}

static void on_block(unsigned cpu, void *user)
{
	struct block *b = user;

	(void)cpu;
	if (is_open)
		b->entered++;
}

/* One record for each block that begins there and is as long. */
static struct block *block_of(uint64_t va, uint64_t insns)
{
	struct block **slot = &slots[va >> 1 & (SLOTS - 1)], *b;

	for (b = *slot; b; b = b->next) {
		if (b->va == va && b->insns == insns)
			return b;
	}
	b = calloc(1, sizeof(*b));
	if (!b)
		abort();
	b->va = va;
	b->insns = insns;
	b->next = *slot;
	*slot = b;
	return b;
}

static void translate(uint64_t id, struct qemu_plugin_tb *tb)
{
	size_t n = qemu_plugin_tb_n_insns(tb);
	struct block *b = block_of(qemu_plugin_tb_vaddr(tb), n);

	(void)id;
	qemu_plugin_register_vcpu_tb_exec_cb(tb, on_block, 0, b);
	for (size_t i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		uint32_t word = insn_word(insn);

		if (qemu_plugin_insn_size(insn) != 4)
			continue;
		if (mark_begin(word) == mark)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, on_begin,
							       0, NULL);
		if (mark_end(word) == mark)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, on_end, 0,
							       NULL);
	}
}

static void at_exit(uint64_t id, void *user)
{
	FILE *f = fopen(path, "w");

	(void)id;
	(void)user;
	if (!f)
		return;
	for (unsigned i = 0; i < SLOTS; i++) {
		for (const struct block *b = slots[i]; b; b = b->next) {
			if (b->entered)
				fprintf(f,
					"%" PRIx64 "\t%" PRIu64 "\t%" PRIu64
					"\n",
					b->va, b->insns * b->entered,
					b->entered);
		}
	}
	fclose(f);
}

int qemu_plugin_install(uint64_t id, const struct qemu_info *info, int argc,
			char **argv)
{
	const char *number = option(argc, argv, "mark");

	(void)info;
	path = option(argc, argv, "out");
	mark = number ? (unsigned)strtoul(number, NULL, 10) : 0;
	path = path ? strdup(path) : NULL;
	if (!path || mark == 0 || mark >= MARK_IDS) {
		fprintf(stderr, "profile: needs mark=1..%d and out=FILE\n",
			MARK_IDS - 1);
		return 1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
	qemu_plugin_register_atexit_cb(id, at_exit, NULL);
	return 0;
}
