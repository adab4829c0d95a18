/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plugin.h - the part of QEMU's plugin interface that is used here, and what
 * both plugins need to know of the guest. Distributions do not ship QEMU's
 * header; PLUGIN_API is 1 for QEMU 6.0 to 8.2, 4 for 9.2 and later.
 */
#ifndef BENCH_PLUGIN_H
#define BENCH_PLUGIN_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifndef PLUGIN_API
#define PLUGIN_API 1
#endif

#define EXPORT __attribute__((visibility("default")))

struct qemu_info;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
typedef void (*on_exec)(unsigned cpu, void *user);

void qemu_plugin_register_vcpu_tb_trans_cb(
	uint64_t id, void (*f)(uint64_t id, struct qemu_plugin_tb *tb));
void qemu_plugin_register_atexit_cb(uint64_t id,
				    void (*f)(uint64_t id, void *user),
				    void *user);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *
qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t i);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb, on_exec f,
					  int flags, void *user);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
					    on_exec f, int flags, void *user);

EXPORT int qemu_plugin_install(uint64_t id, const struct qemu_info *info,
			       int argc, char **argv);

/* Each plugin is one file, so this is defined once. */
EXPORT int qemu_plugin_version = PLUGIN_API;

/* ---- where the two versions differ ---------------------------------- */

#if PLUGIN_API < 3

const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *insn,
						int add, void *to, uint64_t n);

/* The instruction, in the low 16 or all 32 bits. */
static inline uint32_t insn_word(const struct qemu_plugin_insn *insn)
{
	uint32_t word = 0;
	size_t size = qemu_plugin_insn_size(insn);

	memcpy(&word, qemu_plugin_insn_data(insn), size < 4 ? size : 4);
	return word;
}

/* Adds one to *counter at each execution. */
static inline void insn_count(struct qemu_plugin_insn *insn, uint64_t *counter)
{
	qemu_plugin_register_vcpu_insn_exec_inline(insn, 0, counter, 1);
}

#else

size_t qemu_plugin_insn_data(const struct qemu_plugin_insn *insn, void *to,
			     size_t n);

static inline uint32_t insn_word(const struct qemu_plugin_insn *insn)
{
	uint32_t word = 0;

	qemu_plugin_insn_data(insn, &word, sizeof(word));
	return word;
}

static inline void count_one(unsigned cpu, void *user)
{
	(void)cpu;
	++*(uint64_t *)user;
}

static inline void insn_count(struct qemu_plugin_insn *insn, uint64_t *counter)
{
	qemu_plugin_register_vcpu_insn_exec_cb(insn, count_one, 0, counter);
}

#endif

/* ---- the guest --------------------------------------------------------- */

/*
 * A measured interval lies between two HINTs (Unprivileged spec, "HINT
 * Instructions": they change nothing), `id` 1..2047:
 *
 *	slti x0, x0, id		begins it
 *	sltiu x0, x0, id	ends it
 */
#define MARK_IDS 2048

/* The id of a marker of that kind; 0 for any other instruction. */
static inline unsigned mark_of(uint32_t word, uint32_t slt)
{
	return (word & 0xfffff) == slt ? word >> 20 & (MARK_IDS - 1) : 0;
}

static inline unsigned mark_begin(uint32_t word)
{
	return mark_of(word, 0x00002013);
}

static inline unsigned mark_end(uint32_t word)
{
	return mark_of(word, 0x00003013);
}

/* The value of "key=value" among the arguments; NULL without it. */
static inline const char *option(int argc, char **argv, const char *key)
{
	size_t n = strlen(key);

	for (int i = 0; i < argc; i++) {
		if (strncmp(argv[i], key, n) == 0 && argv[i][n] == '=')
			return argv[i] + n + 1;
	}
	return NULL;
}

#endif
