/* SPDX-License-Identifier: BSD-2-Clause */
/* fdt_find.c - nodes by path, phandle and kind; addresses through buses. */
#include "abi/error.h"
#include "lib/bits.h"
#include "platform/fdt.h"
#include <string.h>

/* ---- by name ---------------------------------------------------------- */

/* Length of a path's first component. */
static size_t component_length(const char *s)
{
	return strcspn(s, "/:");
}

/* The child named by the `len` bytes at `s`; 2.2.1: name@unit-address. */
static uint32_t find_child(const struct fdt *f, uint32_t node, const char *s,
			   size_t len)
{
	node = fdt_first_child(f, node);
	for (; node; node = fdt_next_sibling(f, node)) {
		const char *name = fdt_name(f, node);

		if (strncmp(name, s, len) != 0)
			continue;
		if (name[len] == '\0' || name[len] == '@')
			break;
	}
	return node;
}

/* From `node` on along the rest of a path, up to its end or a ':'. */
static uint32_t follow(const struct fdt *f, uint32_t node, const char *path)
{
	while (node && *path != '\0' && *path != ':') {
		size_t len = component_length(path);

		if (len > 0)
			node = find_child(f, node, path, len);
		path += len + (path[len] == '/');
	}
	return node;
}

/* 3.3: the value of a property of /aliases, a full path. */
static const char *find_alias(const struct fdt *f, const char *s, size_t len)
{
	uint32_t aliases = find_child(f, f->root, "aliases", 7);
	char name[32]; /* 3.3: an alias has at most 31 characters */
	const char *path;

	if (len >= sizeof(name))
		return NULL;
	memcpy(name, s, len);
	name[len] = '\0';
	path = fdt_string(f, aliases, name);
	return path && path[0] == '/' ? path : NULL;
}

uint32_t fdt_find_path(const struct fdt *f, const char *path)
{
	size_t len = component_length(path);
	const char *alias;

	if (path[0] == '/')
		return follow(f, f->root, path);
	alias = find_alias(f, path, len);
	return alias ? follow(f, follow(f, f->root, alias), path + len) : 0;
}

/* ---- by property ------------------------------------------------------ */

uint32_t fdt_find_phandle(const struct fdt *f, uint32_t phandle)
{
	uint64_t n;

	for (uint32_t at = f->root; at; at = fdt_next(f, at, NULL)) {
		if (fdt_number(f, at, "phandle", &n) && n == phandle)
			return at;
	}
	return 0;
}

uint32_t fdt_find_compatible(const struct fdt *f, uint32_t node,
			     const char *compatible)
{
	node = node ? fdt_next(f, node, NULL) : f->root;
	while (node && !fdt_compatible(f, node, compatible))
		node = fdt_next(f, node, NULL);
	return node;
}

bool fdt_compatible(const struct fdt *f, uint32_t node, const char *name)
{
	struct fdt_value v;
	const char *s = NULL;

	if (!fdt_prop(f, node, "compatible", &v))
		return false;
	while ((s = fdt_list_next(&v, s)) != NULL) {
		if (strcmp(s, name) == 0)
			return true;
	}
	return false;
}

bool fdt_enabled(const struct fdt *f, uint32_t node)
{
	const char *status;

	if (!fdt_prop(f, node, "status", NULL))
		return true;
	status = fdt_string(f, node, "status");
	return status &&
	       (strcmp(status, "okay") == 0 || strcmp(status, "ok") == 0);
}

/* ---- addresses -------------------------------------------------------- */

/* The width of addresses and sizes of a bus's children, in cells (2.3.5). */
struct cells {
	uint32_t address, size;
};

/* False if they are wider than a number here. */
static bool bus_cells(const struct fdt *f, uint32_t bus, struct cells *c)
{
	uint64_t address = 2, size = 1; /* 2.3.5: if the bus does not say */

	fdt_number(f, bus, "#address-cells", &address);
	fdt_number(f, bus, "#size-cells", &size);
	if (address < 1 || address > 2 || size > 2)
		return false;
	*c = (struct cells){(uint32_t)address, (uint32_t)size};
	return true;
}

int fdt_bus_reg(const struct fdt *f, uint32_t node, unsigned i, uint64_t *addr,
		uint64_t *size)
{
	struct fdt_value reg;
	struct cells c;
	uint32_t entry;

	if (!fdt_prop(f, node, "reg", &reg))
		return -E_NOENT;
	if (!bus_cells(f, fdt_parent(f, node), &c))
		return -E_INVAL;
	entry = c.address + c.size;
	if (reg.len % (4 * entry) != 0)
		return -E_INVAL;
	if (i >= reg.len / (4 * entry))
		return -E_NOENT;
	*addr = fdt_cells(&reg, i * entry, c.address);
	*size = fdt_cells(&reg, i * entry + c.address, c.size);
	return *addr + *size < *addr ? -E_INVAL : 0;
}

/* One bus up, 2.3.8: (child address, parent address, length) triplets. */
static int translate(const struct fdt *f, uint32_t bus, uint32_t above,
		     uint64_t *addr, uint64_t size)
{
	struct cells child, parent;
	struct fdt_value v;
	uint32_t entry;

	if (!fdt_prop(f, bus, "ranges", &v))
		return -E_RANGE;
	if (v.len == 0)
		return 0; /* an empty one: the same addresses on both sides */
	if (!bus_cells(f, bus, &child) || !bus_cells(f, above, &parent))
		return -E_INVAL;
	entry = child.address + parent.address + child.size;
	if (v.len % (4 * entry) != 0)
		return -E_INVAL;
	for (uint32_t at = 0; at < v.len / 4; at += entry) {
		uint64_t from = fdt_cells(&v, at, child.address);
		uint64_t to = fdt_cells(&v, at + child.address, parent.address);
		uint64_t len =
			fdt_cells(&v, at + entry - child.size, child.size);

		if (from + len < from || to + len < to ||
		    !range_within(*addr, size, from, from + len) ||
		    *addr == from + len)
			continue;
		*addr = to + (*addr - from);
		return 0;
	}
	return -E_RANGE;
}

int fdt_reg(const struct fdt *f, uint32_t node, unsigned i, uint64_t *addr,
	    uint64_t *size)
{
	uint32_t bus = fdt_parent(f, node), above;
	int err = fdt_bus_reg(f, node, i, addr, size);

	while (!err && (above = fdt_parent(f, bus)) != 0) {
		err = translate(f, bus, above, addr, *size);
		bus = above;
	}
	return err;
}
