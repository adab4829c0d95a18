/* SPDX-License-Identifier: BSD-2-Clause */
/* fdt.c - checking the blob, and walking its tokens (chapter 5). */
#include "platform/fdt.h"
#include "abi/error.h"
#include "lib/bits.h"
#include <string.h>

/* 5.2: the header, big-endian words by offset. */
#define FDT_MAGIC    0xd00dfeedu
#define HEADER_SIZE  36u /* of version 16; 17 adds size_dt_struct */
#define HEADER_SIZE2 40u
enum {
	H_MAGIC = 0,
	H_TOTALSIZE = 4,
	H_STRUCT = 8,
	H_STRINGS = 12,
	H_RESERVED = 16,
	H_VERSION = 20,
	H_COMPATIBLE = 24,
	H_STRINGS_SIZE = 32,
	H_STRUCT_SIZE = 36,
};

/* 5.4.1: tokens. */
enum { BEGIN_NODE = 1, END_NODE = 2, PROP = 3, NOP = 4, END = 9 };

struct token {
	uint32_t kind;
	uint32_t at;   /* its offset */
	uint32_t next; /* that of the token after it */
	uint32_t name; /* offset of a string: terminated, of BEGIN_NODE */
	struct fdt_value value; /* PROP */
};

static uint32_t big32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

static uint64_t big64(const uint8_t *p)
{
	return (uint64_t)big32(p) << 32 | big32(p + 4);
}

/* ---- tokens ----------------------------------------------------------- */

/* A string starts at `at` and ends before `end`; *next is past its NUL. */
static bool string_at(const struct fdt *f, uint32_t at, uint32_t end,
		      uint32_t *next)
{
	const uint8_t *nul;

	if (at >= end || end > f->size)
		return false;
	nul = memchr(f->blob + at, 0, end - at);
	if (!nul)
		return false;
	*next = (uint32_t)(nul - f->blob) + 1;
	return true;
}

/* 5.4.1, FDT_PROP: length, offset of the name, value. The name is not read. */
static bool read_prop(const struct fdt *f, struct token *t)
{
	uint32_t at = t->at + 4;

	if (!range_within(at, 8, f->tree, f->tree_end))
		return false;
	t->value.len = big32(f->blob + at);
	t->value.data = f->blob + at + 8;
	if (!range_within(at + 8, t->value.len, f->tree, f->tree_end))
		return false;
	t->name = big32(f->blob + at + 4);
	if (t->name >= f->strings_end - f->strings)
		return false;
	t->name += f->strings;
	t->next = at + 8 + t->value.len;
	return true;
}

static bool prop_is_named(const struct fdt *f, const struct token *t,
			  const char *name)
{
	size_t bytes = strlen(name) + 1;

	return range_within(t->name, bytes, f->strings, f->strings_end) &&
	       memcmp(f->blob + t->name, name, bytes) == 0;
}

/* The token at `at`, or the one after the NOPs there; false if damaged. */
static bool read_token(const struct fdt *f, uint32_t at, struct token *t)
{
	do {
		if (!range_within(at, 4, f->tree, f->tree_end))
			return false;
		t->at = at;
		t->kind = big32(f->blob + at);
		at += 4;
	} while (t->kind == NOP);

	switch (t->kind) {
	case BEGIN_NODE:
		t->name = at;
		if (!string_at(f, at, f->tree_end, &t->next))
			return false;
		break;
	case PROP:
		if (!read_prop(f, t))
			return false;
		break;
	case END_NODE:
	case END:
		t->next = at;
		break;
	default:
		return false;
	}
	/* The blob is below 2 GiB: rounding does not wrap. */
	t->next = (uint32_t)round_up(t->next, 4);
	return true;
}

/* ---- the check -------------------------------------------------------- */

static bool check_header(struct fdt *f, size_t max)
{
	const uint8_t *h = f->blob;
	uint32_t version, strings_size, tree_size;

	if (max < HEADER_SIZE || big32(h + H_MAGIC) != FDT_MAGIC)
		return false;
	version = big32(h + H_VERSION);
	if (version < 16 || big32(h + H_COMPATIBLE) > 17)
		return false;
	f->size = big32(h + H_TOTALSIZE);
	if (f->size > max || f->size > INT32_MAX || f->size < HEADER_SIZE ||
	    (version >= 17 && f->size < HEADER_SIZE2))
		return false;

	f->reserved = big32(h + H_RESERVED);
	f->tree = big32(h + H_STRUCT);
	f->strings = big32(h + H_STRINGS);
	strings_size = big32(h + H_STRINGS_SIZE);
	if (f->tree > f->size || f->reserved > f->size)
		return false;
	/* Version 16 does not say where the structure block ends. */
	tree_size =
		version >= 17 ? big32(h + H_STRUCT_SIZE) : f->size - f->tree;
	/* 5.6: the alignment of the two blocks. */
	if (!is_aligned(f->tree, 4) || !is_aligned(f->reserved, 8))
		return false;
	if (!range_within(f->tree, tree_size, HEADER_SIZE, f->size) ||
	    !range_within(f->strings, strings_size, HEADER_SIZE, f->size))
		return false;
	f->tree_end = f->tree + tree_size;
	f->strings_end = f->strings + strings_size;
	return f->reserved >= HEADER_SIZE;
}

/* 5.3: the list ends with a pair of zeros. */
static bool check_reservations(const struct fdt *f)
{
	uint64_t addr, size;
	unsigned i = 0;

	while (fdt_reservation(f, i, &addr, &size))
		i++;
	return range_within(f->reserved + 16ul * i, 16, 0, f->size);
}

/* 5.4.2: one root; in each node first the properties, then the children. */
static bool check_tree(struct fdt *f)
{
	struct token t = {.next = f->tree};
	bool props = false;
	unsigned depth = 0;
	uint32_t unused;

	while (read_token(f, t.next, &t)) {
		switch (t.kind) {
		case BEGIN_NODE:
			if (depth == 0 && f->root)
				return false;
			if (depth == 0)
				f->root = t.at;
			if (++depth > FDT_DEPTH)
				return false;
			props = true;
			break;
		case PROP:
			if (!props ||
			    !string_at(f, t.name, f->strings_end, &unused))
				return false;
			break;
		case END_NODE:
			if (depth == 0)
				return false;
			depth--;
			props = false;
			break;
		default:
			return depth == 0 && f->root;
		}
	}
	return false;
}

int fdt_open(struct fdt *f, const void *blob, size_t max)
{
	*f = (struct fdt){.blob = blob};
	if (check_header(f, max) && check_reservations(f) && check_tree(f))
		return 0;
	return -E_INVAL;
}

bool fdt_reservation(const struct fdt *f, unsigned i, uint64_t *addr,
		     uint64_t *size)
{
	uint64_t at = f->reserved + 16ul * i;

	if (!range_within(at, 16, 0, f->size))
		return false;
	*addr = big64(f->blob + at);
	*size = big64(f->blob + at + 8);
	return *addr != 0 || *size != 0;
}

/* ---- nodes ------------------------------------------------------------ */

uint32_t fdt_next(const struct fdt *f, uint32_t node, int *step)
{
	struct token t;
	int depth = 0;

	if (!read_token(f, node, &t) || t.kind != BEGIN_NODE)
		return 0;
	while (read_token(f, t.next, &t) && t.kind != END) {
		if (t.kind == END_NODE)
			depth--;
		if (t.kind != BEGIN_NODE)
			continue;
		if (step)
			*step = depth + 1;
		return t.at;
	}
	return 0;
}

uint32_t fdt_first_child(const struct fdt *f, uint32_t node)
{
	int step;
	uint32_t next = fdt_next(f, node, &step);

	return next && step == 1 ? next : 0;
}

uint32_t fdt_next_sibling(const struct fdt *f, uint32_t node)
{
	int step, depth = 0;

	while ((node = fdt_next(f, node, &step)) != 0) {
		depth += step;
		if (depth <= 0)
			break;
	}
	return depth == 0 ? node : 0;
}

/* Nodes do not know their parents: the way down from the root is walked. */
uint32_t fdt_parent(const struct fdt *f, uint32_t node)
{
	uint32_t way[FDT_DEPTH], at = f->root;
	int step, depth = 0;

	while (at && at != node && depth < FDT_DEPTH) {
		way[depth] = at;
		at = fdt_next(f, at, &step);
		depth += at ? step : 0;
	}
	return at == node && depth > 0 ? way[depth - 1] : 0;
}

const char *fdt_name(const struct fdt *f, uint32_t node)
{
	struct token t;

	if (!read_token(f, node, &t) || t.kind != BEGIN_NODE)
		return "";
	return (const char *)f->blob + t.name;
}

/* ---- properties ------------------------------------------------------- */

bool fdt_prop(const struct fdt *f, uint32_t node, const char *name,
	      struct fdt_value *v)
{
	struct token t;

	if (!read_token(f, node, &t) || t.kind != BEGIN_NODE)
		return false;
	while (read_token(f, t.next, &t) && t.kind == PROP) {
		if (!prop_is_named(f, &t, name))
			continue;
		if (v)
			*v = t.value;
		return true;
	}
	return false;
}

const char *fdt_string(const struct fdt *f, uint32_t node, const char *name)
{
	struct fdt_value v;

	return fdt_prop(f, node, name, &v) ? fdt_list_next(&v, NULL) : NULL;
}

bool fdt_number(const struct fdt *f, uint32_t node, const char *name,
		uint64_t *n)
{
	struct fdt_value v;

	if (!fdt_prop(f, node, name, &v) || (v.len != 4 && v.len != 8))
		return false;
	*n = fdt_cells(&v, 0, v.len / 4);
	return true;
}

uint64_t fdt_cells(const struct fdt_value *v, uint32_t at, uint32_t cells)
{
	uint64_t n = 0;

	if (!range_within(4ul * at, 4ul * cells, 0, v->len))
		return 0;
	for (uint32_t i = 0; i < cells; i++)
		n = n << 32 | big32(v->data + 4ul * (at + i));
	return n;
}

const char *fdt_list_next(const struct fdt_value *v, const char *s)
{
	const char *start = (const char *)v->data, *end = start + v->len;

	s = s ? s + strlen(s) + 1 : start;
	if (s >= end || !memchr(s, 0, (size_t)(end - s)))
		return NULL;
	return s;
}
