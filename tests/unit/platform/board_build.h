/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * board_build.h - the devicetree of a small board, with the changes that a test
 * plans: three harts of which the first has no MMU, like an FU540; two banks of
 * memory; a console, a PLIC, virtio slots and a test device behind a bus.
 */
#ifndef TESTS_BOARD_BUILD_H
#define TESTS_BOARD_BUILD_H
#include "platform/board.h"
#include "tests/unit/platform/fdt_build.h"

/* What a test changes in the good board, before it is built. */
struct plan {
	const char *bootargs, *stdout_path, *isa, *uart;
	uint32_t timebase, harts;
	unsigned reservations, slots;
	void (*more)(struct fdt_build *b); /* children of the root */
	void (*chosen)(struct fdt_build *b);
	void (*cpu)(struct fdt_build *b); /* properties of hart 1 */
	void (*console)(struct fdt_build *b);
	const char *cpu_type, *cpu_status, *mmu; /* of all but hart 0 */
	uint32_t sources;
	bool no_memory, same_reg, cut_plic;
};

static const struct plan good = {
	.bootargs = "quiet test=x",
	.stdout_path = "serial0:115200n8",
	.isa = "rv64imafdc_zicsr_zicboz_sstc",
	.uart = "ns16550a",
	.timebase = 10000000,
	.harts = 3,
	.reservations = 1,
	.slots = 2,
	.cpu_type = "cpu",
	.cpu_status = "okay",
	.mmu = "riscv,sv39",
	.sources = 53,
};

static void build_cpu(struct fdt_build *b, const struct plan *p, uint32_t hart)
{
	bool fu540 = hart == 0; /* "okay", but without S-mode */

	fb_begin(b, "cpu");
	fb_string(b, "device_type", fu540 ? "cpu" : p->cpu_type);
	FB_CELLS(b, "reg", p->same_reg ? 5 : hart);
	fb_string(b, "riscv,isa", p->isa);
	fb_string(b, "status", fu540 ? "okay" : p->cpu_status);
	if (!fu540 && p->mmu)
		fb_string(b, "mmu-type", p->mmu);
	if (hart == 1 && p->cpu)
		p->cpu(b);
	fb_begin(b, "interrupt-controller");
	fb_string(b, "compatible", "riscv,cpu-intc");
	FB_CELLS(b, "phandle", 0x100 + hart);
	fb_end(b);
	fb_end(b);
}

static void build_cpus(struct fdt_build *b, const struct plan *p)
{
	fb_begin(b, "cpus");
	FB_CELLS(b, "#address-cells", 1);
	FB_CELLS(b, "#size-cells", 0);
	if (p->timebase)
		FB_CELLS(b, "timebase-frequency", p->timebase);
	for (uint32_t i = 0; i < p->harts; i++)
		build_cpu(b, p, i);
	fb_end(b);
}

static void build_memory(struct fdt_build *b, const struct plan *p)
{
	if (!p->no_memory) {
		fb_begin(b, "memory@80000000");
		fb_string(b, "device_type", "memory");
		FB_CELLS(b, "reg", 0, 0x80000000, 0, 0x8000000, 1, 0, 0,
			 0x4000000);
		fb_end(b);
	}
	fb_begin(b, "reserved-memory");
	FB_CELLS(b, "#address-cells", 2);
	FB_CELLS(b, "#size-cells", 2);
	fb_prop(b, "ranges", "", 0);
	for (uint32_t i = 0; i < p->reservations; i++) {
		fb_begin(b, "firmware");
		FB_CELLS(b, "reg", 0, 0x80000000 + 0x80000 * i, 0, 0x40000);
		fb_prop(b, "no-map", "", 0);
		fb_end(b);
	}
	fb_begin(b, "anywhere");
	FB_CELLS(b, "size", 0, 0x1000);
	fb_end(b);
	fb_end(b);
}

static void build_chosen(struct fdt_build *b, const struct plan *p)
{
	fb_begin(b, "chosen");
	fb_string(b, "bootargs", p->bootargs);
	if (p->stdout_path)
		fb_string(b, "stdout-path", p->stdout_path);
	FB_CELLS(b, "rng-seed", 0x11223344, 0x55667788, 9);
	if (p->chosen)
		p->chosen(b);
	fb_end(b);
	fb_begin(b, "aliases");
	fb_string(b, "serial0", "/soc/serial@10000000");
	fb_end(b);
}

static void build_virtio(struct fdt_build *b, uint32_t i)
{
	fb_begin(b, "virtio_mmio");
	fb_string(b, "compatible", "virtio,mmio");
	FB_CELLS(b, "reg", 0, 0x10008000 - 0x1000 * i, 0, 0x1000);
	FB_CELLS(b, "interrupts", 8 - i);
	fb_end(b);
}

static void build_soc(struct fdt_build *b, const struct plan *p)
{
	fb_begin(b, "soc");
	FB_CELLS(b, "#address-cells", 2);
	FB_CELLS(b, "#size-cells", 2);
	fb_prop(b, "ranges", "", 0);
	fb_begin(b, "serial@10000000");
	fb_string(b, "compatible", p->uart);
	FB_CELLS(b, "reg", 0, 0x10000000, 0, 0x100);
	FB_CELLS(b, "interrupts", 10);
	if (p->console)
		p->console(b);
	FB_CELLS(b, "reg-shift", 2);
	FB_CELLS(b, "reg-io-width", 4);
	fb_end(b);
	for (uint32_t i = 0; i < p->slots; i++)
		build_virtio(b, i);
	fb_begin(b, "plic");
	fb_string(b, "compatible", "sifive,plic-1.0.0");
	FB_CELLS(b, "reg", 0, 0x0c000000, 0, 0x4000000);
	FB_CELLS(b, "riscv,ndev", p->sources);
	if (p->cut_plic)
		FB_CELLS(b, "interrupts-extended", 0x101, 11, 0x101);
	else
		FB_CELLS(b, "interrupts-extended", 0x100, 11, 0x101, 11, 0x101,
			 9, 0x102, 9, 0x102, ~0u, 0x999, 9);
	fb_end(b);
	fb_begin(b, "test");
	fb_prop(b, "compatible", "sifive,test1\0sifive,test0", 26);
	FB_CELLS(b, "reg", 0, 0x100000, 0, 0x1000);
	fb_end(b);
	fb_end(b);
}

static inline struct fdt_build *build_board(const struct plan *p)
{
	struct fdt_build *b = fb_start();

	fb_reserve(b, 0x83000000, 0x1001);
	fb_begin(b, "");
	FB_CELLS(b, "#address-cells", 2);
	FB_CELLS(b, "#size-cells", 2);
	fb_string(b, "model", "a board");
	build_chosen(b, p);
	build_memory(b, p);
	build_cpus(b, p);
	build_soc(b, p);
	if (p->more)
		p->more(b);
	fb_end(b);
	return b;
}

#endif
