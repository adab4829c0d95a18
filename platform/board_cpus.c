/* SPDX-License-Identifier: BSD-2-Clause */
/* board_cpus.c - the harts (3.7, 3.8) and what they can do. */
#include "abi/error.h"
#include "lib/bits.h"
#include "platform/board_parts.h"
#include <string.h>

/* ---- extensions ------------------------------------------------------- */

static const struct {
	const char *name;
	uint32_t flags;
} extensions[] = {
	{"f", BOARD_ISA_F},
	{"d", BOARD_ISA_D | BOARD_ISA_F},
	{"g", BOARD_ISA_D | BOARD_ISA_F}, /* short for imafd_zicsr_zifencei */
	{"zicboz", BOARD_ISA_ZICBOZ},
	{"sstc", BOARD_ISA_SSTC},
	{"svpbmt", BOARD_ISA_SVPBMT},
	{"svinval", BOARD_ISA_SVINVAL},
};

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* The `len` bytes at `s` are `name` in any case, or that and a version. */
static bool is_named(const char *s, size_t len, const char *name)
{
	size_t i = 0;

	while (i < len && name[i] && lower(s[i]) == name[i])
		i++;
	return !name[i] && (i == len || (s[i] >= '0' && s[i] <= '9'));
}

static uint32_t extension(const char *s, size_t len)
{
	for (unsigned i = 0; i < ARRAY_LEN(extensions); i++) {
		if (is_named(s, len, extensions[i].name))
			return extensions[i].flags;
	}
	return 0;
}

/*
 * "rv64imafdc_zicsr_sstc": single letters, then names separated by '_'. The
 * first s, x or z among the single letters begins a name, too (RISC-V
 * unprivileged spec, "ISA Extension Naming Conventions").
 */
static uint32_t parse_isa(const char *s)
{
	uint32_t flags = 0;
	size_t len;

	if (strlen(s) < 4 || lower(s[0]) != 'r' || lower(s[1]) != 'v')
		return 0;
	s += 4; /* rv64 */
	while (*s && *s != '_' && !strchr("sxz", lower(*s)))
		flags |= extension(s++, 1);
	while (*s) {
		s += *s == '_';
		len = strcspn(s, "_");
		flags |= extension(s, len);
		s += len;
	}
	return flags;
}

/* The list of names is the newer of the two, and wins. */
uint32_t board_isa(const struct fdt *f, uint32_t cpu)
{
	const char *s = NULL;
	struct fdt_value list;
	uint32_t flags = 0;

	if (!fdt_prop(f, cpu, "riscv,isa-extensions", &list)) {
		s = fdt_string(f, cpu, "riscv,isa");
		return s ? parse_isa(s) : 0;
	}
	while ((s = fdt_list_next(&list, s)) != NULL)
		flags |= extension(s, strlen(s));
	return flags;
}

/* ---- harts ------------------------------------------------------------ */

/*
 * A hart without mmu-type has no S-mode, whatever its status says: the firmware
 * would claim to start it, and no answer would ever come.
 */
static bool is_usable(const struct fdt *f, uint32_t cpu)
{
	const char *type = fdt_string(f, cpu, "device_type");
	const char *mmu = fdt_string(f, cpu, "mmu-type");

	return type && strcmp(type, "cpu") == 0 && fdt_enabled(f, cpu) && mmu &&
	       strcmp(mmu, "riscv,none") != 0;
}

/* The phandle of the hart's own interrupt controller, a child of it. */
static uint32_t find_intc(const struct fdt *f, uint32_t cpu)
{
	uint32_t node = fdt_first_child(f, cpu);
	uint64_t phandle = 0;

	while (node && !fdt_compatible(f, node, "riscv,cpu-intc"))
		node = fdt_next_sibling(f, node);
	fdt_number(f, node, "phandle", &phandle);
	return (uint32_t)phandle;
}

static const char *add_cpu(struct board *b, const struct fdt *f, uint32_t node)
{
	struct board_cpu cpu = {.plic_context = BOARD_NO_CONTEXT};
	uint64_t unused, block = 0;

	if (fdt_bus_reg(f, node, 0, &cpu.hartid, &unused) != 0)
		return "a cpu node has a bad reg";
	if (board_find_cpu(b, cpu.hartid))
		return "two cpu nodes have the same reg";
	if (b->cpu_count == BOARD_CPUS) {
		b->cpus_ignored++;
		return NULL;
	}
	cpu.isa = board_isa(f, node);
	cpu.intc = find_intc(f, node);
	if (fdt_number(f, node, "riscv,cboz-block-size", &block) &&
	    (block < 8 || block > PAGE_SIZE || !is_aligned(block, block)))
		return "riscv,cboz-block-size is no power of two in a page";
	cpu.zero_block = (uint32_t)block;
	b->cpus[b->cpu_count++] = cpu;
	return NULL;
}

const char *board_read_cpus(struct board *b, const struct fdt *f)
{
	uint32_t cpus = fdt_find_path(f, "/cpus");
	uint32_t node = fdt_first_child(f, cpus);
	const char *why = NULL;

	fdt_number(f, cpus, "timebase-frequency", &b->timebase);
	for (; node && !why; node = fdt_next_sibling(f, node)) {
		if (!is_usable(f, node))
			continue;
		if (b->timebase == 0)
			fdt_number(f, node, "timebase-frequency", &b->timebase);
		why = add_cpu(b, f, node);
	}
	if (!why && b->cpu_count == 0)
		why = "the devicetree has no cpu node with an mmu-type";
	if (!why && b->timebase == 0)
		why = "the devicetree has no timebase-frequency";
	return why;
}
