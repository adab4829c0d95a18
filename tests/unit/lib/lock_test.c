/* SPDX-License-Identifier: BSD-2-Clause */
/* lock_test.c - taking, trying and dropping, by one hart. */
#include "lib/lock.h"
#include "tests/test.h"

TEST(a_held_lock_is_not_had_by_trying)
{
	struct lock l;

	lock_init(&l, LOCK_FRAME);
	CHECK(!lock_is_held(&l));
	lock_take(&l);
	CHECK(lock_is_held(&l));
	CHECK(!lock_try(&l));
	lock_drop(&l);
	CHECK(!lock_is_held(&l));
	CHECK(lock_try(&l));
	lock_drop(&l);
}
