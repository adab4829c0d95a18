/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fdt.h - a flattened devicetree, read in place.
 * Devicetree Specification v0.4, chapter 5 (the format), 2.2 and 2.3 (paths,
 * standard properties).
 *
 * fdt_open() walks the whole blob once and refuses a damaged one; after that a
 * node is a plain number, the offset of its FDT_BEGIN_NODE token, and 0 is "no
 * node" everywhere. Every read is checked against the size of the blob again,
 * so nothing here reads outside it, whatever the caller passes as a node.
 *
 * Nothing is allocated, copied or changed: strings and values point into the
 * blob and live as long as it does. Big-endian numbers are read byte by byte,
 * so the blob may lie at any address.
 */
#ifndef PLATFORM_FDT_H
#define PLATFORM_FDT_H
#include "lib/types.h"

#define FDT_DEPTH 16 /* deepest nesting, the root included */

struct fdt {
	const uint8_t *blob;
	uint32_t size;		       /* of the blob, its own word */
	uint32_t tree, tree_end;       /* structure block, offsets */
	uint32_t strings, strings_end; /* strings block */
	uint32_t reserved;	       /* memory reservation block */
	uint32_t root;		       /* the root node */
};

/* A property's value: `len` bytes inside the blob. */
struct fdt_value {
	const uint8_t *data;
	uint32_t len;
};

/*
 * Checks the blob at `blob`, of which at most `max` bytes may be read: 0, or
 * -E_INVAL if it is no devicetree, is damaged, is of another version (16 and
 * 17 are read), nests deeper than FDT_DEPTH or claims more than `max` bytes.
 */
int fdt_open(struct fdt *f, const void *blob, size_t max);

/*
 * Entry `i` of the memory reservation block (5.3); false when there are no
 * more.
 */
bool fdt_reservation(const struct fdt *f, unsigned i, uint64_t *addr,
		     uint64_t *size);

/* ---- nodes ------------------------------------------------------------ */

/*
 * The next node in the order of the blob, a parent before its children; 0 at
 * the end. *step, if not NULL, becomes the change of depth: 1 for a child, 0
 * for a sibling, negative for somebody further up.
 */
uint32_t fdt_next(const struct fdt *f, uint32_t node, int *step);

uint32_t fdt_first_child(const struct fdt *f, uint32_t node);
uint32_t fdt_next_sibling(const struct fdt *f, uint32_t node);
uint32_t fdt_parent(const struct fdt *f, uint32_t node);

/* With its unit address: "serial@10000000"; "" for the root and for 0. */
const char *fdt_name(const struct fdt *f, uint32_t node);

/*
 * The node named by a full path or by an alias with or without a path after
 * it; everything from a ':' on is left out (the options in stdout-path). A
 * component without a unit address names the first node that fits. 0 if there
 * is none.
 */
uint32_t fdt_find_path(const struct fdt *f, const char *path);

/* The node whose phandle is `phandle`, or 0. */
uint32_t fdt_find_phandle(const struct fdt *f, uint32_t phandle);

/* The next node after `node` (0: from the start) that is compatible, or 0. */
uint32_t fdt_find_compatible(const struct fdt *f, uint32_t node,
			     const char *compatible);

bool fdt_compatible(const struct fdt *f, uint32_t node, const char *name);

/* The status property is absent, "okay" or "ok". */
bool fdt_enabled(const struct fdt *f, uint32_t node);

/* ---- properties ------------------------------------------------------- */

/* Whether the node has the property; *v, if not NULL, becomes its value. */
bool fdt_prop(const struct fdt *f, uint32_t node, const char *name,
	      struct fdt_value *v);

/* A string, or NULL if the property is absent or does not end in a NUL. */
const char *fdt_string(const struct fdt *f, uint32_t node, const char *name);

/* A number of one or two cells, by the property's length. */
bool fdt_number(const struct fdt *f, uint32_t node, const char *name,
		uint64_t *n);

/* The number in `cells` (0..2) cells from cell `at` on; 0 past the end. */
uint64_t fdt_cells(const struct fdt_value *v, uint32_t at, uint32_t cells);

/* A string list's member after `s` (NULL: the first), or NULL at the end. */
const char *fdt_list_next(const struct fdt_value *v, const char *s);

/* ---- addresses -------------------------------------------------------- */

/*
 * Entry `i` of the node's reg, as an address of the CPU: translated through
 * the ranges of every bus above it (2.3.8). 0, -E_NOENT if there is no such
 * entry, -E_INVAL if reg or ranges make no sense (cells other than 1 or 2, a
 * cut entry), -E_RANGE if a bus does not map it.
 */
int fdt_reg(const struct fdt *f, uint32_t node, unsigned i, uint64_t *addr,
	    uint64_t *size);

/* The same as the bus of the node sees it, untranslated. */
int fdt_bus_reg(const struct fdt *f, uint32_t node, unsigned i, uint64_t *addr,
		uint64_t *size);

#endif
