/* SPDX-License-Identifier: BSD-2-Clause */
/* fdt_sample.h - the devicetree that the tests of platform/fdt.c read. */
#ifndef TESTS_FDT_SAMPLE_H
#define TESTS_FDT_SAMPLE_H
#include "tests/unit/platform/fdt_build.h"

/* A soc behind one plain bus and one that moves addresses. */
static inline void fdt_sample_soc(struct fdt_build *b)
{
	fb_begin(b, "soc");
	FB_CELLS(b, "#address-cells", 2);
	FB_CELLS(b, "#size-cells", 2);
	fb_prop(b, "ranges", "", 0);
	fb_begin(b, "serial@10000000");
	fb_prop(b, "compatible", "vendor,uart\0ns16550a", 21);
	FB_CELLS(b, "reg", 0, 0x10000000, 0, 0x100);
	FB_CELLS(b, "phandle", 7);
	fb_end(b);
	fb_begin(b, "serial@10010000");
	fb_string(b, "compatible", "ns16550a");
	fb_string(b, "status", "disabled");
	FB_CELLS(b, "reg", 0, 0x10010000, 0, 0x100, 1, 0, 0, 1);
	fb_end(b);
	fb_begin(b, "bus@4000000");
	FB_CELLS(b, "#address-cells", 1);
	FB_CELLS(b, "#size-cells", 1);
	FB_CELLS(b, "ranges", 0, 0, 0x4000000, 0x1000, 0x2000, 2, 0x5000000,
		 0x1000);
	fb_begin(b, "device@10");
	FB_CELLS(b, "reg", 0x10, 0x20, 0x2ff0, 0x10, 0xfff, 2, 0x3000, 0);
	fb_end(b);
	fb_end(b);
	fb_end(b);
}

/* Not finished yet: fb_finish() does that. */
static inline struct fdt_build *fdt_sample(void)
{
	struct fdt_build *b = fb_start();

	fb_reserve(b, 0x80000000, 0x20000);
	fb_begin(b, "");
	FB_CELLS(b, "#address-cells", 2);
	FB_CELLS(b, "#size-cells", 2);
	fb_string(b, "model", "test");
	fb_begin(b, "aliases");
	fb_string(b, "serial0", "/soc/serial@10000000");
	fb_string(b, "bus", "/soc");
	fb_string(b, "loop", "loop");
	fb_end(b);
	fdt_sample_soc(b);
	fb_begin(b, "cpus");
	FB_CELLS(b, "#address-cells", 1);
	FB_CELLS(b, "#size-cells", 0);
	fb_begin(b, "cpu@5");
	FB_CELLS(b, "reg", 5);
	FB_CELLS(b, "wide", 1, 2);
	fb_prop(b, "bytes", "abc", 3);
	fb_prop(b, "list", "one\0two\0cut", 11);
	fb_end(b);
	fb_end(b);
	fb_end(b);
	return b;
}

#endif
