/* SPDX-License-Identifier: BSD-2-Clause */
/* Devicetrees built in memory: walking, paths, addresses, damage. */
#include "abi/error.h"
#include "platform/fdt.h"
#include "tests/test.h"
#include "tests/unit/mutate.h"
#include "tests/unit/platform/fdt_build.h"

/* A soc behind one plain bus and one that moves addresses. */
static void build_soc(struct fdt_build *b)
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

static struct fdt_build *build(void)
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
	build_soc(b);
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

static struct fdt_build *open_good(struct fdt *f)
{
	struct fdt_build *b = build();

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

/* ---- damage ----------------------------------------------------------- */

/* The header word at `at` is changed; does it still open? */
static int open_with(uint32_t at, uint32_t word)
{
	struct fdt_build *b = build();
	size_t size = fb_finish(b);
	struct fdt f;

	fb_word(b, at, word);
	return fdt_open(&f, b->blob, size);
}

TEST(a_bad_header_is_refused)
{
	static const struct {
		uint32_t at, word;
		int err;
	} all[] = {
		{0, 0xedfe0dd0, -E_INVAL},	/* magic */
		{4, 39, -E_INVAL},		/* totalsize */
		{4, FB_SIZE + 1, -E_INVAL},	/* more than there is */
		{8, FB_TREE + 1, -E_INVAL},	/* structure block */
		{8, ~3u, -E_INVAL},		/* outside */
		{8, 0, -E_INVAL},		/* in the header */
		{12, ~0u, -E_INVAL},		/* strings */
		{16, FB_RESERVE + 4, -E_INVAL}, /* reservations */
		{16, ~7u, -E_INVAL},
		{20, 15, -E_INVAL},  /* version */
		{24, 18, -E_INVAL},  /* compatible with later ones only */
		{32, ~0u, -E_INVAL}, /* strings: size */
		{32, 1, -E_INVAL},
		{36, ~0u, -E_INVAL}, /* structure block: size */
		{36, 8, -E_INVAL},
		{20, 16, 0}, /* an old version does not look at the size */
		{20, 18, 0}, /* a newer one that is compatible */
		{28, 99, 0}, /* boot hart: the firmware's register counts */
	};

	for (unsigned i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		CHECK_EQ(open_with(all[i].at, all[i].word), all[i].err);
}

TEST(any_shorter_blob_is_refused)
{
	struct fdt_build *b = build();
	size_t size = fb_finish(b);
	struct fdt f;

	for (size_t len = 0; len < size; len++)
		CHECK_EQ(fdt_open(&f, b->blob, len), -E_INVAL);
}

/* The tree's tokens are these words. */
static int open_tree(const uint32_t *words, size_t count)
{
	struct fdt_build *b = fb_start();
	size_t size;
	struct fdt f;

	fb_name(b, "name");
	for (size_t i = 0; i < count; i++)
		fb_add(b, words[i]);
	size = fb_finish(b); /* adds FDT_END */
	return fdt_open(&f, b->blob, size);
}

#define TREE(...)                                  \
	open_tree((const uint32_t[]){__VA_ARGS__}, \
		  sizeof((const uint32_t[]){__VA_ARGS__}) / 4)

TEST(a_bad_tree_is_refused)
{
	enum { BEGIN = 1, END = 2, PROP = 3, NOP = 4 };

	CHECK_EQ(TREE(BEGIN, 0, END), 0);
	CHECK_EQ(TREE(NOP, BEGIN, 0, NOP, PROP, 0, 0, NOP, END, NOP), 0);
	CHECK_EQ(TREE(NOP), -E_INVAL);				/* no root */
	CHECK_EQ(TREE(BEGIN, 0), -E_INVAL);			/* not closed */
	CHECK_EQ(TREE(BEGIN, 0, END, END), -E_INVAL);		/* too often */
	CHECK_EQ(TREE(BEGIN, 0, END, BEGIN, 0, END), -E_INVAL); /* two roots */
	CHECK_EQ(TREE(PROP, 0, 0, BEGIN, 0, END), -E_INVAL);	/* of nobody */
	CHECK_EQ(TREE(BEGIN, 0, BEGIN, 0, END, PROP, 0, 0, END), -E_INVAL);
	CHECK_EQ(TREE(BEGIN, 0, 5, END), -E_INVAL);	       /* token */
	CHECK_EQ(TREE(BEGIN, 0, PROP, 0, 5, END), -E_INVAL);   /* name */
	CHECK_EQ(TREE(BEGIN, 0, PROP, ~0u, 0, END), -E_INVAL); /* length */
	CHECK_EQ(TREE(BEGIN, 0, PROP, 0xffff, 0, END), -E_INVAL);
	CHECK_EQ(TREE(BEGIN, ~0u, ~0u), -E_INVAL);
}

TEST(nesting_has_a_limit)
{
	for (unsigned depth = FDT_DEPTH; depth <= FDT_DEPTH + 1; depth++) {
		struct fdt_build *b = fb_start();
		uint32_t deepest = 0;
		struct fdt f;

		for (unsigned i = 0; i < depth; i++)
			fb_begin(b, "n");
		deepest = b->tree - 8;
		for (unsigned i = 0; i < depth; i++)
			fb_end(b);
		CHECK_EQ(fdt_open(&f, b->blob, fb_finish(b)),
			 depth > FDT_DEPTH ? -E_INVAL : 0);
		if (depth == FDT_DEPTH)
			CHECK_EQ(fdt_parent(&f, deepest), deepest - 8);
	}
}

/* Everything that there is to read; the sum keeps the compiler honest. */
static uint64_t read_node(const struct fdt *f, uint32_t node)
{
	uint64_t a = 0, size = 0, sum = strlen(fdt_name(f, node));
	const char *model = fdt_string(f, node, "model");
	struct fdt_value v;

	sum += model ? strlen(model) : 0;
	sum += (uint64_t)fdt_reg(f, node, 1, &a, &size) + a + size;
	sum += fdt_compatible(f, node, "ns16550a") + fdt_enabled(f, node);
	if (fdt_prop(f, node, "reg", &v) && v.len > 0)
		sum += v.data[v.len - 1];
	return sum;
}

static void walk(const uint8_t *copy, size_t len)
{
	volatile uint64_t sum = 0;
	unsigned count = 0;
	uint32_t node;
	struct fdt f;
	int err;

	err = fdt_open(&f, copy, len);

	if (err) {
		CHECK_EQ(err, -E_INVAL);
		return;
	}
	CHECK(f.size <= len);
	for (node = f.root; node; node = fdt_next(&f, node, NULL)) {
		sum += read_node(&f, node);
		CHECK(++count < FB_SIZE / 8);
	}
	sum += fdt_find_path(&f, "serial0:115200n8");
	sum += fdt_find_path(&f, "/soc/bus/device");
	/* No node at all, as far as anyone knows. */
	CHECK(fdt_next(&f, (uint32_t)sum, NULL) < len);
}

TEST(damaged_blobs_are_never_read_outside)
{
	struct fdt_build *b = build();

	mutate_each(MUTATE_ROUNDS, b->blob, fb_finish(b), walk);
}
