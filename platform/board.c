/* SPDX-License-Identifier: BSD-2-Clause */
/* board.c - the order of reading; memory, and what /chosen says. */
#include "platform/board.h"
#include "abi/error.h"
#include "lib/bits.h"
#include "platform/board_parts.h"
#include <string.h>

/* ---- memory ----------------------------------------------------------- */

static const char *add_memory(struct board *b, pa_t base, uint64_t size)
{
	if (size == 0)
		return NULL;
	for (unsigned i = 0; i < b->memory_count; i++) {
		const struct board_range *m = &b->memory[i];

		if (ranges_overlap(base, base + size, m->base,
				   m->base + m->size))
			return "two memory ranges of the devicetree overlap";
	}
	if (b->memory_count == BOARD_MEMORY) {
		b->memory_ignored++;
		return NULL;
	}
	b->memory[b->memory_count++] = (struct board_range){base, size, false};
	return NULL;
}

static bool is_memory(const struct fdt *f, uint32_t node)
{
	const char *type = fdt_string(f, node, "device_type");

	return type && strcmp(type, "memory") == 0 && fdt_enabled(f, node);
}

/* 3.4: the memory nodes are children of the root. */
static const char *read_memory(struct board *b, const struct fdt *f)
{
	uint32_t node = fdt_first_child(f, f->root);
	uint64_t base, size;
	const char *why = NULL;
	int err;

	for (; node && !why; node = fdt_next_sibling(f, node)) {
		if (!is_memory(f, node))
			continue;
		for (unsigned i = 0; !why; i++) {
			err = fdt_reg(f, node, i, &base, &size);
			if (err == -E_NOENT)
				break;
			why = err ? "a memory node has a bad reg"
				  : add_memory(b, base, size);
		}
	}
	if (!why && b->memory_count == 0)
		why = "the devicetree has no memory node";
	return why;
}

/* ---- reserved memory -------------------------------------------------- */

static __attribute__((noinline)) const char *
add_reserved(struct board *b, pa_t base, uint64_t size, bool no_map)
{
	if (size == 0)
		return NULL;
	if (base + size < base)
		return "a memory reservation wraps around";
	if (b->reserved_count == BOARD_RESERVED)
		return "the devicetree reserves more than 16 memory ranges";
	b->reserved[b->reserved_count++] =
		(struct board_range){base, size, no_map};
	return NULL;
}

/*
 * 3.5: children with a reg; one that only asks for a size has no place yet.
 * The bus address is the physical one, since ranges is empty by definition.
 */
static const char *reserve_node(struct board *b, const struct fdt *f,
				uint32_t node)
{
	bool no_map = fdt_prop(f, node, "no-map", NULL);
	const char *why = NULL;
	uint64_t base, size;
	int err;

	for (unsigned i = 0; !why; i++) {
		err = fdt_bus_reg(f, node, i, &base, &size);
		if (err == -E_NOENT)
			break;
		why = err ? "a /reserved-memory node has a bad reg"
			  : add_reserved(b, base, size, no_map);
	}
	return why;
}

static const char *read_reserved(struct board *b, const struct fdt *f)
{
	const char *why = NULL;
	uint64_t base, size;
	uint32_t node;

	/* 5.3.1: the reservation block may be mapped, only not used. */
	for (unsigned i = 0; !why && fdt_reservation(f, i, &base, &size); i++)
		why = add_reserved(b, base, size, false);

	node = fdt_first_child(f, fdt_find_path(f, "/reserved-memory"));
	for (; node && !why; node = fdt_next_sibling(f, node)) {
		if (fdt_enabled(f, node))
			why = reserve_node(b, f, node);
	}
	return why;
}

/* ---- /chosen (3.6) and the model -------------------------------------- */

/*
 * One or two cells each, whatever the root's #address-cells: boot loaders
 * differ, and some leave one of them out when there is no initrd.
 */
static const char *read_initrd(struct board *b, const struct fdt *f)
{
	uint32_t chosen = fdt_find_path(f, "/chosen");

	if (!fdt_prop(f, chosen, "linux,initrd-start", NULL) ||
	    !fdt_prop(f, chosen, "linux,initrd-end", NULL))
		return NULL;
	if (!fdt_number(f, chosen, "linux,initrd-start", &b->initrd_start) ||
	    !fdt_number(f, chosen, "linux,initrd-end", &b->initrd_end))
		return "linux,initrd-start or -end is not one or two cells";
	if (b->initrd_end < b->initrd_start)
		return "linux,initrd-end lies before linux,initrd-start";
	return NULL;
}

static const char *read_chosen(struct board *b, const struct fdt *f)
{
	uint32_t chosen = fdt_find_path(f, "/chosen");
	const char *args = fdt_string(f, chosen, "bootargs");
	struct fdt_value seed;

	if (fdt_prop(f, chosen, "rng-seed", &seed))
		b->rng_seed = fdt_cells(&seed, 0, 2);
	if (args && strlen(args) >= sizeof(b->bootargs))
		return "the boot arguments are longer than 511 characters";
	if (args)
		memcpy(b->bootargs, args, strlen(args) + 1);
	return NULL;
}

static const char *read_model(struct board *b, const struct fdt *f)
{
	const char *model = fdt_string(f, f->root, "model");

	if (model)
		strncpy(b->model, model, sizeof(b->model) - 1);
	return NULL;
}

/* ---- all of it -------------------------------------------------------- */

int board_read(struct board *b, const struct fdt *f, const char **why)
{
	static const char *(*const parts[])(struct board *,
					    const struct fdt *) = {
		read_model,	    read_memory,     read_reserved,
		read_initrd,	    read_chosen,     board_read_cpus,
		board_read_uart,    board_read_plic, board_read_test_device,
		board_read_devices,
	};

	memset(b, 0, sizeof(*b));
	for (unsigned i = 0; i < ARRAY_LEN(parts); i++) {
		*why = parts[i](b, f);
		if (*why)
			return -E_INVAL;
	}
	return 0;
}
