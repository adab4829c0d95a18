/* SPDX-License-Identifier: BSD-2-Clause */
/* space_fail_test.c - memory runs out where a space has tables in common. */
#include "mm/frame_boot.h"
#include "mm/slab.h"
#include "tests/unit/mm/paging.h"
#include "tests/unit/quiet.h"

#define SPAN (2 * MiB)

static struct space *a;

static void write(va_t va, char byte)
{
	CHECK_EQ(fault_resolve(a, va, PROT_W), 0);
	*paging_bytes(a, va) = byte;
}

static char read(struct space *s, va_t va)
{
	CHECK_EQ(fault_resolve(s, va, PROT_R), 0);
	return *paging_bytes(s, va);
}

/* Span 1, as a whole, and a page of span 2. */
static int unmap_failing(bool structures, unsigned n)
{
	int err;

	if (structures)
		slab_fail_after(n);
	else
		frame_fail_after(n);
	err = space_unmap(a, VA + SPAN, SPAN + PAGE_SIZE);
	slab_fail_after(SLAB_NEVER);
	frame_fail_after(-1);
	return err;
}

static void unmap_fails(bool structures)
{
	va_t va = VA, gone = VA + SPAN, part = VA + 2 * SPAN;
	unsigned n = 0;
	struct space *b;
	int err;

	a = space_create();
	CHECK_EQ(space_map(a, &va, 4 * SPAN, RW, MAP_FIXED, NULL, 0), 0);
	write(gone, 'a');
	write(part, 'b');
	b = space_clone(a, &err);
	CHECK(b != NULL);
	while (unmap_failing(structures, n++) == -E_NOMEM) {
		CHECK_EQ(read(a, gone), 'a');
		CHECK_EQ(read(a, part), 'b');
		CHECK(n < 32);
	}
	CHECK(n > 1);
	CHECK_EQ(fault_resolve(a, gone, PROT_R), -E_FAULT);
	CHECK_EQ(fault_resolve(a, part, PROT_R), -E_FAULT);
	CHECK_EQ(read(b, gone), 'a');
	space_put(a);
	space_put(b);
	quiet_check();
}

TEST(an_unmap_that_frames_fail_has_taken_nothing)
{
	unmap_fails(false);
}

TEST(an_unmap_that_structures_fail_has_taken_nothing)
{
	unmap_fails(true);
}
