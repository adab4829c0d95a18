/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * object.h - memory objects: pages by index, that regions map.
 *
 * Kinds: PHYSICAL, a run of frames that exist already (the boot archive, a
 * device). Anonymous-shared and pager-backed objects join it.
 *
 * A private mapping shows an object's page read-only until it is written; then
 * the region owns a copy. The object is never changed by that.
 * Locking: refs are atomic; the rest does not change after creation.
 */
#ifndef MM_OBJECT_H
#define MM_OBJECT_H
#include "lib/types.h"

#define OBJECT_NAME 24

struct frame;

struct object {
	uint32_t refs;
	uint64_t pages;
	pa_t base;	     /* PHYSICAL: of page 0 */
	struct frame *folio; /* PHYSICAL: owned memory, or NULL */
	char name[OBJECT_NAME];
};

/*
 * The `bytes` at `pa`, as they lie, if `pa` is page aligned; else a copy in a
 * folio of its own. Refs 1, the caller's. NULL: no memory.
 */
struct object *object_physical(const char *name, pa_t pa, uint64_t bytes);

void object_get(struct object *o);
void object_put(struct object *o); /* the last frees it */

/* Where page `index` is; 0 past the end. */
pa_t object_page(const struct object *o, uint64_t index);

/* Gives spare kernel memory back, so that frames can be counted. */
void object_trim(void);

#endif
