/* SPDX-License-Identifier: BSD-2-Clause */
/* board_devices.c - the devices that the kernel or its first drivers use. */
#include "abi/error.h"
#include "lib/bits.h"
#include "platform/board_parts.h"
#include <string.h>

#define IRQ_S_EXTERNAL 9 /* RISC-V privileged spec, sip.SEIP */

/* The first source in `interrupts`, 0 if there is none. */
static uint32_t first_irq(const struct fdt *f, uint32_t node)
{
	struct fdt_value v;

	return fdt_prop(f, node, "interrupts", &v)
		       ? (uint32_t)fdt_cells(&v, 0, 1)
		       : 0;
}

/* A small number in one cell, or `absent`. */
static uint32_t small(const struct fdt *f, uint32_t node, const char *name,
		      uint32_t absent)
{
	uint64_t n;

	if (!fdt_number(f, node, name, &n))
		return absent;
	return n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
}

/* ---- console ---------------------------------------------------------- */

static enum board_uart_kind uart_kind(const struct fdt *f, uint32_t node)
{
	if (fdt_compatible(f, node, "sifive,uart0"))
		return UART_SIFIVE;
	if (fdt_compatible(f, node, "ns16550a") ||
	    fdt_compatible(f, node, "ns16550") ||
	    fdt_compatible(f, node, "snps,dw-apb-uart"))
		return UART_NS16550;
	return UART_NONE;
}

/* A console of an unknown kind is no error: the firmware has one, too. */
const char *board_read_uart(struct board *b, const struct fdt *f)
{
	uint32_t chosen = fdt_find_path(f, "/chosen");
	const char *path = fdt_string(f, chosen, "stdout-path");
	uint32_t node = path ? fdt_find_path(f, path) : 0;
	struct board_uart u = {.kind = uart_kind(f, node)};
	uint64_t size;

	if (u.kind == UART_NONE)
		return NULL;
	if (fdt_reg(f, node, 0, &u.base, &size) != 0)
		return "the console has a bad reg";
	u.base += small(f, node, "reg-offset", 0);
	u.irq = first_irq(f, node);
	u.reg_shift = small(f, node, "reg-shift", 0);
	u.reg_width = small(f, node, "reg-io-width", 1);
	if (u.reg_shift > 4)
		return "the console's reg-shift is above 4";
	if (u.reg_width != 1 && u.reg_width != 2 && u.reg_width != 4)
		return "the console's reg-io-width is not 1, 2 or 4";
	b->uart = u;
	return NULL;
}

/* ---- interrupts ------------------------------------------------------- */

static uint32_t find_plic(const struct fdt *f)
{
	uint32_t node = fdt_find_compatible(f, 0, "sifive,plic-1.0.0");

	return node ? node : fdt_find_compatible(f, 0, "riscv,plic0");
}

/* The hart whose interrupt controller has this phandle. */
static struct board_cpu *find_by_intc(struct board *b, uint64_t phandle)
{
	for (unsigned i = 0; i < b->cpu_count; i++) {
		if (phandle != 0 && b->cpus[i].intc == phandle)
			return &b->cpus[i];
	}
	return NULL;
}

/*
 * Context n is what entry n of interrupts-extended leads to: (controller of a
 * hart, interrupt of that hart). Harts without S-mode have one entry, others
 * two, so the number does not follow from the hart's.
 */
static const char *read_contexts(struct board *b, const struct fdt *f,
				 uint32_t node)
{
	struct fdt_value v;
	struct board_cpu *cpu;

	if (!fdt_prop(f, node, "interrupts-extended", &v) || v.len % 8 != 0)
		return "the PLIC's interrupts-extended is not a list of pairs";
	for (uint32_t n = 0; n < v.len / 8; n++) {
		cpu = find_by_intc(b, fdt_cells(&v, 2 * n, 1));
		if (cpu && fdt_cells(&v, 2 * n + 1, 1) == IRQ_S_EXTERNAL)
			cpu->plic_context = n;
	}
	return NULL;
}

static uint32_t plic_node; /* for board_read_own() */

const char *board_read_plic(struct board *b, const struct fdt *f)
{
	uint32_t node = find_plic(f);
	struct board_plic *p = &b->plic;

	plic_node = node;
	if (!node)
		return NULL;
	if (fdt_reg(f, node, 0, &p->base, &p->size) != 0)
		return "the PLIC has a bad reg";
	p->sources = small(f, node, "riscv,ndev", 0);
	if (p->sources == 0 || p->sources > 1023)
		return "the PLIC's riscv,ndev is not 1 to 1023";
	return read_contexts(b, f, node);
}

/* ---- virtio ----------------------------------------------------------- */

/* Sorted by address: firmware lists the slots in either order. */
static void add_virtio(struct board *b, struct board_virtio v)
{
	unsigned i = b->virtio_count++;

	for (; i > 0 && b->virtio[i - 1].base > v.base; i--)
		b->virtio[i] = b->virtio[i - 1];
	b->virtio[i] = v;
}

static const char *read_virtio(struct board *b, const struct fdt *f,
			       uint32_t node)
{
	struct board_virtio v = {.irq = first_irq(f, node)};

	if (b->virtio_count == BOARD_VIRTIO || !fdt_enabled(f, node))
		return NULL;
	if (fdt_reg(f, node, 0, &v.base, &v.size) != 0)
		return "a virtio slot has a bad reg";
	add_virtio(b, v);
	return NULL;
}

/* ---- power ------------------------------------------------------------ */

const char *board_read_test_device(struct board *b, const struct fdt *f)
{
	uint32_t node = fdt_find_compatible(f, 0, "sifive,test0");
	uint64_t size;

	if (!node)
		node = fdt_find_compatible(f, 0, "sifive,test1");
	if (node && fdt_reg(f, node, 0, &b->test_device, &size) != 0)
		return "the test device has a bad reg";
	return NULL;
}

/* ---- what is not a program's -------------------------------------------- */

static __attribute__((noinline)) const char *add_own(struct board *b, pa_t base,
						     uint64_t size)
{
	if (b->own_count == BOARD_OWN)
		return "the devicetree has more than 48 ranges of interrupt "
		       "controllers";
	b->own[b->own_count++] = (struct board_range){base, size, true};
	return NULL;
}

/*
 * Of an ACLINT's timer there are two ranges. What reads the tree is slow, and so
 * is asked only for what is not known.
 */
static const char *own_node(struct board *b, const struct fdt *f, uint32_t node)
{
	unsigned ranges =
		fdt_compatible(f, node, "riscv,aclint-mtimer") ? 2 : 1;
	const char *why = NULL;
	uint64_t base, size;

	for (unsigned i = 0; i < ranges && !why; i++)
		why = fdt_reg(f, node, i, &base, &size)
			      ? "an interrupt controller has a bad reg"
			      : add_own(b, base, size);
	return why;
}

static bool is_own(const char *compatible)
{
	static const char *const names[] = {
		"sifive,clint0",     "riscv,clint0",	  "riscv,aclint-mswi",
		"riscv,aclint-sswi", "sifive,plic-1.0.0", "riscv,aclint-mtimer",
		"riscv,plic0",
	};

	for (unsigned i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(compatible, names[i]) == 0)
			return true;
	return false;
}

/* What becomes of a node, by the first of its names that is known here. */
static const char *read_device(struct board *b, const struct fdt *f,
			       uint32_t node)
{
	struct fdt_value v;
	const char *s = NULL;

	if (node == plic_node || !fdt_prop(f, node, "compatible", &v))
		return NULL;
	while ((s = fdt_list_next(&v, s)) != NULL) {
		if (strcmp(s, "virtio,mmio") == 0)
			return read_virtio(b, f, node);
		if (is_own(s))
			return own_node(b, f, node);
	}
	return NULL;
}

const char *board_read_devices(struct board *b, const struct fdt *f)
{
	const char *why = NULL;

	if (b->plic.base)
		why = add_own(b, b->plic.base, b->plic.size);
	if (b->test_device)
		why = add_own(b, b->test_device, PAGE_SIZE);
	for (uint32_t at = f->root; at && !why; at = fdt_next(f, at, NULL))
		why = read_device(b, f, at);
	return why;
}
