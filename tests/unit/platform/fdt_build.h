/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fdt_build.h - writes a small devicetree blob in memory, for tests.
 *
 *	struct fdt_build *b = fb_start();
 *	fb_begin(b, "");
 *	FB_CELLS(b, "#address-cells", 2);
 *	fb_string(b, "model", "test");
 *	fb_end(b);
 *	fdt_open(&f, b->blob, fb_finish(b));
 *
 * One at a time: there is one static buffer. What does not fit is a failure of
 * the test (Devicetree Specification v0.4, chapter 5, for the format).
 */
#ifndef TESTS_FDT_BUILD_H
#define TESTS_FDT_BUILD_H
#include "tests/test.h"
#include <stddef.h>

/* Header, reservations and tree at fixed places, the strings after the tree. */
#define FB_HEADER  40u
#define FB_RESERVE 40u
#define FB_TREE	   136u
#define FB_SIZE	   8192u
#define FB_NAMES   1024u

struct fdt_build {
	_Alignas(8) uint8_t blob[FB_SIZE];
	char names[FB_NAMES];
	uint32_t reserve, tree, names_len; /* where the next one goes */
};

static inline void fb_word(struct fdt_build *b, uint32_t at, uint32_t n)
{
	CHECK(at + 4 <= FB_SIZE);
	b->blob[at] = (uint8_t)(n >> 24);
	b->blob[at + 1] = (uint8_t)(n >> 16);
	b->blob[at + 2] = (uint8_t)(n >> 8);
	b->blob[at + 3] = (uint8_t)n;
}

static inline void fb_add(struct fdt_build *b, uint32_t n)
{
	fb_word(b, b->tree, n);
	b->tree += 4;
}

static inline void fb_bytes(struct fdt_build *b, const void *data, size_t len)
{
	CHECK(b->tree + len + 4 <= FB_SIZE);
	memcpy(b->blob + b->tree, data, len);
	b->tree = (b->tree + (uint32_t)len + 3) & ~3u;
}

static inline struct fdt_build *fb_start(void)
{
	static struct fdt_build b;

	memset(&b, 0, sizeof(b));
	b.reserve = FB_RESERVE;
	b.tree = FB_TREE;
	return &b;
}

/* Closes the tree, adds the strings and the header; the blob's size. */
static inline size_t fb_finish(struct fdt_build *b)
{
	fb_add(b, 9);
	const uint32_t tree_end = b->tree, size = tree_end + b->names_len;
	const uint32_t header[] = {
		0xd00dfeed, size, FB_TREE, tree_end,	 FB_RESERVE,
		17,	    16,	  0,	   b->names_len, tree_end - FB_TREE,
	};

	CHECK(size <= FB_SIZE);
	memcpy(b->blob + tree_end, b->names, b->names_len);
	for (uint32_t i = 0; i < sizeof(header) / 4; i++)
		fb_word(b, 4 * i, header[i]);
	return size;
}

static inline void fb_begin(struct fdt_build *b, const char *name)
{
	fb_add(b, 1);
	fb_bytes(b, name, strlen(name) + 1);
}

static inline void fb_end(struct fdt_build *b)
{
	fb_add(b, 2);
}

/* The offset of a name in the strings block, found there or added. */
static inline uint32_t fb_name(struct fdt_build *b, const char *name)
{
	uint32_t at = 0, len = (uint32_t)strlen(name) + 1;

	while (at < b->names_len && strcmp(b->names + at, name) != 0)
		at += (uint32_t)strlen(b->names + at) + 1;
	if (at < b->names_len)
		return at;
	CHECK(at + len <= FB_NAMES);
	memcpy(b->names + at, name, len);
	b->names_len += len;
	return at;
}

static inline void fb_prop(struct fdt_build *b, const char *name,
			   const void *data, size_t len)
{
	fb_add(b, 3);
	fb_add(b, (uint32_t)len);
	fb_add(b, fb_name(b, name));
	fb_bytes(b, data, len);
}

static inline void fb_string(struct fdt_build *b, const char *name,
			     const char *s)
{
	fb_prop(b, name, s, strlen(s) + 1);
}

static inline void fb_cells(struct fdt_build *b, const char *name,
			    const uint32_t *cells, size_t count)
{
	fb_prop(b, name, "", 0);
	fb_word(b, b->tree - 8, (uint32_t)(4 * count));
	for (size_t i = 0; i < count; i++)
		fb_add(b, cells[i]);
}

#define FB_CELLS(b, name, ...)                             \
	fb_cells(b, name, (const uint32_t[]){__VA_ARGS__}, \
		 sizeof((const uint32_t[]){__VA_ARGS__}) / 4)

static inline void fb_reserve(struct fdt_build *b, uint64_t addr, uint64_t size)
{
	CHECK(b->reserve + 32 <= FB_TREE);
	fb_word(b, b->reserve, (uint32_t)(addr >> 32));
	fb_word(b, b->reserve + 4, (uint32_t)addr);
	fb_word(b, b->reserve + 8, (uint32_t)(size >> 32));
	fb_word(b, b->reserve + 12, (uint32_t)size);
	b->reserve += 16;
}

#endif
