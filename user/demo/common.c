/* SPDX-License-Identifier: BSD-2-Clause */
/* common.c - one object, seen by three regions: twice shared, once private. */
#include "demo/show.h"
#include "demo/steps.h"
#include "quire.h"
#include <stdio.h>

#define PAGE 4096ul

static volatile char *view(uint64_t object, unsigned flags)
{
	long at = space_map_object(SELF, NULL, PAGE, PROT_R | PROT_W | flags,
				   object, 0);

	return at < 0 ? NULL : (volatile char *)at; // NOLINT
}

static void look(volatile char *a, volatile char *b, volatile char *own)
{
	*a = 'x';
	printf("  'x' written at the first: the second reads '%c', the private "
	       "one '%c'\n",
	       *b, *own);
	show("first, shared", (const void *)a);
	show("second, shared", (const void *)b);
	show("third, private", (const void *)own);
	*own = 'y';
	printf("  'y' written at the private one: the others read '%c', '%c'\n",
	       *a, *b);
	show("third, written", (const void *)own);
}

void step_common_pages(void)
{
	long object = object_create(SELF, PAGE, 0);
	volatile char *v[3];

	show_step("an object of one page in three regions");
	for (unsigned i = 0; i < 3; i++)
		v[i] = view((uint64_t)object, i < 2 ? MAP_SHARED : 0);
	if (v[0] && v[1] && v[2])
		look(v[0], v[1], v[2]);
	else
		printf("  no memory\n");
	for (unsigned i = 0; i < 3; i++)
		if (v[i])
			space_unmap(SELF, (const void *)v[i], PAGE);
	handle_close((uint64_t)object);
}
