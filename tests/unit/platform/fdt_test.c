/* SPDX-License-Identifier: BSD-2-Clause */
/* Devicetrees built in memory: walking, paths, properties, addresses. */
#include "abi/error.h"
#include "platform/fdt.h"
#include "tests/test.h"
#include "tests/unit/platform/fdt_sample.h"

static struct fdt_build *open_good(struct fdt *f)
{
	struct fdt_build *b = fdt_sample();

	CHECK_EQ(fdt_open(f, b->blob, fb_finish(b)), 0);
	return b;
}

/* ---- walking ---------------------------------------------------------- */

TEST(a_good_blob_opens_and_its_nodes_come_in_order)
{
	static const struct {
		const char *name;
		int depth;
	} all[] = {
		{"", 0},
		{"aliases", 1},
		{"soc", 1},
		{"serial@10000000", 2},
		{"serial@10010000", 2},
		{"bus@4000000", 2},
		{"device@10", 3},
		{"cpus", 1},
		{"cpu@5", 2},
	};
	struct fdt f;
	uint32_t node;
	unsigned i = 0;
	int step, depth = 0;

	open_good(&f);
	for (node = f.root; node; node = fdt_next(&f, node, &step)) {
		if (i > 0)
			depth += step;
		CHECK(i < sizeof(all) / sizeof(all[0]));
		CHECK_STR(fdt_name(&f, node), all[i].name);
		CHECK_EQ(depth, all[i].depth);
		i++;
	}
	CHECK_EQ(i, 9);
}

TEST(children_siblings_and_parents_agree)
{
	struct fdt f;
	uint32_t soc, child;
	unsigned count = 0;

	open_good(&f);
	soc = fdt_find_path(&f, "/soc");
	child = fdt_first_child(&f, soc);
	for (; child; child = fdt_next_sibling(&f, child)) {
		CHECK_EQ(fdt_parent(&f, child), soc);
		count++;
	}
	CHECK_EQ(count, 3);
	CHECK_EQ(fdt_parent(&f, soc), f.root);
	CHECK_EQ(fdt_parent(&f, f.root), 0);
	CHECK_EQ(fdt_first_child(&f, fdt_find_path(&f, "/cpus/cpu@5")), 0);
	CHECK_EQ(fdt_next_sibling(&f, fdt_find_path(&f, "/cpus/cpu@5")), 0);
}

TEST(paths_lead_to_nodes)
{
	struct fdt f;
	uint32_t uart, second;

	open_good(&f);
	uart = fdt_find_path(&f, "/soc/serial@10000000");
	second = fdt_find_path(&f, "/soc/serial@10010000");
	CHECK_STR(fdt_name(&f, uart), "serial@10000000");
	CHECK(second && second != uart);
	CHECK_EQ(fdt_find_path(&f, "/"), f.root);
	CHECK_EQ(fdt_find_path(&f, "//soc//serial@10000000/"), uart);
	CHECK_EQ(fdt_find_path(&f, "/soc/serial@10000000:115200n8"), uart);
	CHECK_EQ(fdt_find_path(&f, "/soc/serial"), uart);
	CHECK_EQ(fdt_find_path(&f, "serial0"), uart);
	CHECK_EQ(fdt_find_path(&f, "serial0:115200n8"), uart);
	CHECK_EQ(fdt_find_path(&f, "bus/serial@10010000"), second);
	CHECK_EQ(fdt_find_path(&f, "/soc/serial@1000000"), 0);
	CHECK_EQ(fdt_find_path(&f, "/soc/serial@100000000"), 0);
	CHECK_EQ(fdt_find_path(&f, "/so"), 0);
	CHECK_EQ(fdt_find_path(&f, "/soc/none/serial"), 0);
	CHECK_EQ(fdt_find_path(&f, ""), 0);
	CHECK_EQ(fdt_find_path(&f, "loop"), 0);
	CHECK_EQ(fdt_find_path(&f, "an-alias-that-is-longer-than-any"), 0);
}

TEST(nodes_are_found_by_phandle_and_by_kind)
{
	struct fdt f;
	uint32_t uart, second;

	open_good(&f);
	uart = fdt_find_path(&f, "serial0");
	second = fdt_find_path(&f, "/soc/serial@10010000");
	CHECK_EQ(fdt_find_phandle(&f, 7), uart);
	CHECK_EQ(fdt_find_phandle(&f, 8), 0);
	CHECK_EQ(fdt_find_compatible(&f, 0, "ns16550a"), uart);
	CHECK_EQ(fdt_find_compatible(&f, uart, "ns16550a"), second);
	CHECK_EQ(fdt_find_compatible(&f, second, "ns16550a"), 0);
	CHECK_EQ(fdt_find_compatible(&f, 0, "ns16550"), 0);
	CHECK(fdt_enabled(&f, uart));
	CHECK(!fdt_enabled(&f, second));
}

TEST(properties_have_values)
{
	struct fdt f;
	struct fdt_value v;
	uint32_t cpu;
	uint64_t n = 0;

	open_good(&f);
	cpu = fdt_find_path(&f, "/cpus/cpu@5");
	CHECK_STR(fdt_string(&f, f.root, "model"), "test");
	CHECK(!fdt_string(&f, f.root, "none"));
	CHECK(!fdt_string(&f, cpu, "bytes"));
	CHECK(!fdt_prop(&f, f.root, "reg", &v));
	CHECK(fdt_number(&f, cpu, "reg", &n));
	CHECK_EQ(n, 5);
	CHECK(fdt_number(&f, cpu, "wide", &n));
	CHECK_EQ(n, 0x100000002);
	CHECK(!fdt_number(&f, cpu, "bytes", &n));
	CHECK(fdt_prop(&f, cpu, "wide", &v));
	CHECK_EQ(fdt_cells(&v, 1, 1), 2);
	CHECK_EQ(fdt_cells(&v, 1, 2), 0);
	CHECK_EQ(fdt_cells(&v, 0x40000000, 1), 0);
}

TEST(a_string_list_ends_before_what_has_no_nul)
{
	struct fdt f;
	struct fdt_value v;
	const char *s;

	open_good(&f);
	CHECK(fdt_prop(&f, fdt_find_path(&f, "/cpus/cpu"), "list", &v));
	s = fdt_list_next(&v, NULL);
	CHECK_STR(s, "one");
	s = fdt_list_next(&v, s);
	CHECK_STR(s, "two");
	CHECK(!fdt_list_next(&v, s));
}

TEST(the_reservation_block_is_listed)
{
	uint64_t addr, size;
	struct fdt f;

	open_good(&f);
	CHECK(fdt_reservation(&f, 0, &addr, &size));
	CHECK_EQ(addr, 0x80000000);
	CHECK_EQ(size, 0x20000);
	CHECK(!fdt_reservation(&f, 1, &addr, &size));
}

/* ---- addresses -------------------------------------------------------- */

TEST(reg_is_translated_by_each_bus)
{
	static const struct {
		const char *path;
		unsigned i;
		int err;
		uint64_t addr, size;
	} all[] = {
		{"/soc/serial@10000000", 0, 0, 0x10000000, 0x100},
		{"/soc/serial@10000000", 1, -E_NOENT, 0, 0},
		{"/soc/serial@10010000", 1, 0, 0x100000000, 1},
		{"/soc/bus/device", 0, 0, 0x4000010, 0x20},
		{"/soc/bus/device", 1, 0, 0x205000ff0, 0x10},
		{"/soc/bus/device", 2, -E_RANGE, 0, 0}, /* half outside */
		{"/soc/bus/device", 3, -E_RANGE, 0, 0}, /* empty, at the end */
		{"/soc/bus/device", 4, -E_NOENT, 0, 0},
		{"/cpus/cpu@5", 0, -E_RANGE, 0, 0}, /* no ranges */
		{"/aliases", 0, -E_NOENT, 0, 0},
	};
	uint64_t addr, size;
	struct fdt f;
	int err;

	open_good(&f);
	for (unsigned i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		err = fdt_reg(&f, fdt_find_path(&f, all[i].path), all[i].i,
			      &addr, &size);
		CHECK_EQ(err, all[i].err);
		if (err)
			continue;
		CHECK_EQ(addr, all[i].addr);
		CHECK_EQ(size, all[i].size);
	}
	CHECK_EQ(fdt_bus_reg(&f, fdt_find_path(&f, "/cpus/cpu"), 0, &addr,
			     &size),
		 0);
	CHECK_EQ(addr, 5);
}

TEST(reg_that_wraps_or_is_cut_is_refused)
{
	struct fdt_build *b = fb_start();
	uint64_t addr, size;
	struct fdt f;

	fb_begin(b, "");
	FB_CELLS(b, "#address-cells", 2);
	FB_CELLS(b, "#size-cells", 1);
	fb_begin(b, "wraps");
	FB_CELLS(b, "reg", ~0u, 0xfffff000, 0x2000);
	fb_end(b);
	fb_begin(b, "cut");
	FB_CELLS(b, "reg", 0, 0);
	fb_end(b);
	fb_begin(b, "pci");
	FB_CELLS(b, "#address-cells", 3);
	fb_begin(b, "device");
	FB_CELLS(b, "reg", 0, 0, 0, 0, 0);
	fb_end(b);
	fb_end(b);
	fb_end(b);
	CHECK_EQ(fdt_open(&f, b->blob, fb_finish(b)), 0);
	CHECK_EQ(fdt_reg(&f, fdt_find_path(&f, "/wraps"), 0, &addr, &size),
		 -E_INVAL);
	CHECK_EQ(fdt_reg(&f, fdt_find_path(&f, "/cut"), 0, &addr, &size),
		 -E_INVAL);
	CHECK_EQ(fdt_reg(&f, fdt_find_path(&f, "/pci/device"), 0, &addr, &size),
		 -E_INVAL);
}
