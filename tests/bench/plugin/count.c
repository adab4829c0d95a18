/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * count.c - counts the guest's instructions between markers (plugin.h), by
 * privilege, with its fences and satp writes. Exact and repeatable with one
 * hart and -icount shift=0,sleep=off.
 *
 *	count.so,out=FILE
 *
 * The last column, "longest", is the most that ran in S-mode without a look at
 * whether an interrupt is pending: sret to U-mode, where they are on, wfi, or a
 * read of sip.
 *
 * FILE has a line of column names, then one line an interval in the order of
 * their ends, "boot" (the kernel's first instruction to the first in U-mode)
 * and "total" (all of the run). A file without "total" is of a run cut short.
 *
 * A plugin does not see the privilege; it follows from the address:
 *
 *	bit 63 set			the kernel	S
 *	0x80000000 .. 0x8007ffff	OpenSBI		M
 *	0x80080000 .. 0xffffffff	the kernel, before paging, S: nothing
 *					after it, where this is user memory
 *	any other			M before the first S, then U
 */
#include "tests/bench/plugin/plugin.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define FIRMWARE     UINT64_C(0x80000000)
#define FIRMWARE_END UINT64_C(0x80080000)
#define PHYSICAL_END UINT64_C(0x100000000)

enum counter {
	USER,
	SUPERVISOR,
	MACHINE,
	FENCE_ALL,
	FENCE_VA,
	FENCE_ASID,
	FENCE_VA_ASID,
	SATP,
	COUNTERS,
	NONE
};
static const char *const names[COUNTERS] = {
	"user",	     "supervisor",  "machine",	      "sfence.all",
	"sfence.va", "sfence.asid", "sfence.va+asid", "satp",
};

struct counts {
	uint64_t n[COUNTERS];
};

static struct counts now, at_kernel, at_user;
static struct counts begun[MARK_IDS];
static bool is_open[MARK_IDS];
static bool kernel_seen, paging_seen, user_seen;
static uint64_t looked; /* now.n[SUPERVISOR] at the last look */
static uint64_t longest,
	longest_ever; /* since the last mark; since the start */
static FILE *out;

/* ---- what an instruction is ------------------------------------------- */

static enum counter privilege(uint64_t va)
{
	if (va >> 63) {
		paging_seen = true;
		return SUPERVISOR;
	}
	if (va >= FIRMWARE && va < FIRMWARE_END)
		return MACHINE;
	if (!paging_seen && va >= FIRMWARE_END && va < PHYSICAL_END)
		return SUPERVISOR;
	return kernel_seen ? USER : MACHINE;
}

/* sfence.vma rs1, rs2: rs1 the address, rs2 the ASID, x0 for all. */
static enum counter fence_kind(uint32_t word)
{
	bool has_va = word >> 15 & 31, has_asid = word >> 20 & 31;

	if (has_va)
		return has_asid ? FENCE_VA_ASID : FENCE_VA;
	return has_asid ? FENCE_ASID : FENCE_ALL;
}

/* csrrw and csrrwi always write; the set and clear forms unless rs1 is 0. */
static bool writes_satp(uint32_t word)
{
	uint32_t form = word >> 12 & 7;

	if ((word & 0x7f) != 0x73 || word >> 20 != 0x180 || (form & 3) == 0)
		return false;
	return (form & 3) == 1 || (word >> 15 & 31);
}

/* An instruction after, or by, which a pending interrupt is seen. */
static bool looks(uint32_t word)
{
	return word == 0x10200073 || word == 0x10500073 || /* sret, wfi */
	       (word >> 20 == 0x144 && (word & 0x7f) == 0x73 &&
		(word >> 12 & 3) == 2 && !(word >> 15 & 31)); /* csrr sip */
}

static enum counter kind(uint32_t word)
{
	if ((word & 0xfe007fff) == 0x12000073)
		return fence_kind(word);
	return writes_satp(word) ? SATP : NONE;
}

/* ---- intervals ----------------------------------------------------------- */

static void print(const char *what, unsigned id, const struct counts *from,
		  const struct counts *to, uint64_t unlooked)
{
	fprintf(out, "%s\t%u", what, id);
	for (unsigned i = 0; i < COUNTERS; i++)
		fprintf(out, "\t%" PRIu64, to->n[i] - from->n[i]);
	fprintf(out, "\t%" PRIu64 "\n", unlooked);
}

static void on_look(unsigned cpu, void *user)
{
	(void)cpu;
	(void)user;
	if (now.n[SUPERVISOR] - looked > longest)
		longest = now.n[SUPERVISOR] - looked;
	if (longest > longest_ever)
		longest_ever = longest;
	looked = now.n[SUPERVISOR];
}

static void on_begin(unsigned cpu, void *user)
{
	uintptr_t id = (uintptr_t)user;

	(void)cpu;
	is_open[id] = true;
	begun[id] = now;
	longest = 0;
}

/*
 * The callback stands before the count of its own instruction, so that an
 * interval holds the marker that begins it, which is not its user's.
 */
static void on_end(unsigned cpu, void *user)
{
	uintptr_t id = (uintptr_t)user;

	(void)cpu;
	if (!is_open[id])
		return;
	is_open[id] = false;
	print("mark", (unsigned)id, &begun[id], &now, longest);
}

static void on_kernel(unsigned cpu, void *user)
{
	(void)cpu;
	(void)user;
	if (!kernel_seen)
		at_kernel = now;
	kernel_seen = true;
}

static void on_user(unsigned cpu, void *user)
{
	(void)cpu;
	(void)user;
	if (user_seen)
		return;
	user_seen = true;
	at_user = now;
	longest = longest_ever = 0; /* in boot nobody waits for an interrupt */
}

/* ---- translation -----------------------------------------------------------
 */

static void call(struct qemu_plugin_insn *insn, on_exec f, uintptr_t user)
{
	qemu_plugin_register_vcpu_insn_exec_cb(insn, f, 0, (void *)user);
}

static void translate_insn(struct qemu_plugin_insn *insn)
{
	uint32_t word = insn_word(insn);
	enum counter mode = privilege(qemu_plugin_insn_vaddr(insn));
	enum counter special = NONE;

	if (mode == SUPERVISOR && !kernel_seen)
		call(insn, on_kernel, 0);
	if (mode == USER && !user_seen)
		call(insn, on_user, 0);
	if (qemu_plugin_insn_size(insn) == 4)
		special = kind(word);
	insn_count(insn, &now.n[mode]);
	if (special != NONE)
		insn_count(insn, &now.n[special]);
	if (mode == SUPERVISOR && qemu_plugin_insn_size(insn) == 4 &&
	    looks(word))
		call(insn, on_look, 0);
	if (mode == MACHINE || qemu_plugin_insn_size(insn) != 4)
		return;
	if (mark_begin(word))
		call(insn, on_begin, mark_begin(word));
	if (mark_end(word))
		call(insn, on_end, mark_end(word));
}

static void translate(uint64_t id, struct qemu_plugin_tb *tb)
{
	(void)id;
	for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++)
		translate_insn(qemu_plugin_tb_get_insn(tb, i));
}

static void at_exit(uint64_t id, void *user)
{
	static const struct counts zero;

	(void)id;
	(void)user;
	if (user_seen)
		print("boot", 0, &at_kernel, &at_user, 0);
	print("total", 0, &zero, &now, longest_ever);
	fclose(out);
}

int qemu_plugin_install(uint64_t id, const struct qemu_info *info, int argc,
			char **argv)
{
	const char *path = option(argc, argv, "out");

	(void)info;
	out = path ? fopen(path, "w") : NULL;
	if (!out) {
		fprintf(stderr, "count: cannot write out=%s\n",
			path ? path : "");
		return 1;
	}
	fputs("what\tid", out);
	for (unsigned i = 0; i < COUNTERS; i++)
		fprintf(out, "\t%s", names[i]);
	fputs("\tlongest\n", out);
	qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
	qemu_plugin_register_atexit_cb(id, at_exit, NULL);
	return 0;
}
