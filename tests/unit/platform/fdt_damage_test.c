/* SPDX-License-Identifier: BSD-2-Clause */
/* Damaged devicetrees: refused, or read without a step outside. */
#include "abi/error.h"
#include "platform/fdt.h"
#include "tests/test.h"
#include "tests/unit/mutate.h"
#include "tests/unit/platform/fdt_sample.h"

/* The header word at `at` is changed; does it still open? */
static int open_with(uint32_t at, uint32_t word)
{
	struct fdt_build *b = fdt_sample();
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
	struct fdt_build *b = fdt_sample();
	size_t size = fb_finish(b);
	struct fdt f;

	for (size_t len = 0; len < size; len++)
		CHECK_EQ(fdt_open(&f, b->blob, len), -E_INVAL);
}

TEST(strings_and_reservations_have_an_end)
{
	struct fdt_build *b = fdt_sample();
	uint32_t size = (uint32_t)fb_finish(b), at = (size - 1) & ~7u;
	struct fdt f;

	fb_word(b, 32, b->names_len - 1);
	CHECK_EQ(fdt_open(&f, b->blob, size), -E_INVAL);
	fb_word(b, 32, b->names_len);
	CHECK_EQ(fdt_open(&f, b->blob, size), 0);
	fb_word(b, 16, at);
	CHECK_EQ(fdt_open(&f, b->blob, size), -E_INVAL);
	fb_word(b, 16, at - 8);
	CHECK_EQ(fdt_open(&f, b->blob, size), -E_INVAL);
}

TEST(a_tree_that_is_not_aligned_is_refused)
{
	struct fdt_build *b = fdt_sample();
	uint32_t size = (uint32_t)fb_finish(b);
	struct fdt f;

	memmove(b->blob + FB_TREE + 2, b->blob + FB_TREE, size - FB_TREE);
	fb_word(b, 4, size + 2);
	fb_word(b, 8, FB_TREE + 2);
	fb_word(b, 12, b->tree + 2);
	CHECK_EQ(fdt_open(&f, b->blob, size + 2), -E_INVAL);
}

/* The blob ends with the tree, cut at `size`; one string, "", is elsewhere. */
static int open_cut(struct fdt_build *b, uint32_t size)
{
	uint8_t *copy = mutate_room(size);
	struct fdt f;
	int err;

	fb_word(b, 4, size);
	fb_word(b, 12, FB_RESERVE);
	fb_word(b, 32, 1);
	fb_word(b, 36, size - FB_TREE);
	memcpy(copy, b->blob, size);
	err = fdt_open(&f, copy, size);
	mutate_done(copy);
	return err;
}

TEST(a_tree_cut_anywhere_is_refused_and_not_read_further)
{
	struct fdt_build *b = fb_start();
	uint32_t size;

	fb_begin(b, "");
	fb_begin(b, "node");
	FB_CELLS(b, "", 1, 2, 3);
	fb_end(b);
	fb_end(b);
	fb_finish(b);
	for (size = FB_TREE; size < b->tree; size++)
		CHECK_EQ(open_cut(b, size), -E_INVAL);
	CHECK_EQ(open_cut(b, size), 0);
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
	CHECK_EQ(TREE(BEGIN, 0, 5, END), -E_INVAL);	     /* token */
	CHECK_EQ(TREE(BEGIN, 0, PROP, 0, 5, END), -E_INVAL); /* name */
	CHECK_EQ(TREE(BEGIN, 0, PROP, 0, ~0u, END), -E_INVAL);
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
	struct fdt_build *b = fdt_sample();

	mutate_each(MUTATE_ROUNDS, b->blob, fb_finish(b), walk);
}
