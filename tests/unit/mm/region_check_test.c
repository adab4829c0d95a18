/* SPDX-License-Identifier: BSD-2-Clause */
/* region_check_test.c - region_check() sees each invariant that is broken. */
#include "lib/bits.h"
#include "tests/test.h"
#include "tests/unit/mm/region_picture.h"

static struct region_set set;

/* Bytes of the second region (page 3..5 of "w  rrr  AA") to overwrite. */
struct damage {
	size_t at, size;
	uint64_t value;
	const char *broken;
};

#define FIELD(f) offsetof(struct region, f), sizeof(((struct region *)0)->f)

static const struct damage damages[] = {
	{FIELD(start), PICTURE_VA(6), "a region is not empty"},
	{FIELD(start), PICTURE_VA(3) + 8, "a region and its offset"},
	{FIELD(start), PICTURE_VA(1), "the gap reaches"},
	{FIELD(end), PICTURE_VA(9), "the gap reaches"},
	{FIELD(end), ~PAGE_MASK, "a region is not empty"},
	{FIELD(gap), 0, "the gap reaches"},
	{FIELD(max_gap), 1u << 30, "the largest gap"},
	{FIELD(height), 4, "the height is"},
	{FIELD(flags), MAP_FIXED, "MAP_FIXED is of a call"},
	{FIELD(prot), 15, "the protection is within"},
	{FIELD(max_prot), PROT_NONE, "the protection is within"},
	{FIELD(prot), PROT_W, "what can be written"},
	{FIELD(offset), 8, "a region and its offset"},
	{FIELD(set), 0, "a region names its set"},
};

static const char *broken_by(const struct damage *d, struct region *r)
{
	struct region whole = *r;
	const char *broken;

	memcpy((char *)r + d->at, &d->value, d->size);
	broken = region_check(&set);
	*r = whole;
	return broken != NULL ? broken : "(nothing)";
}

TEST(region_check_sees_a_damaged_region)
{
	struct region *r;
	const char *broken;

	picture_begin(&set);
	CHECK_EQ(picture_insert_all(&set, "w  rrr  AA"), 0);
	r = region_after(region_first(&set));
	for (unsigned i = 0; i < ARRAY_LEN(damages); i++) {
		broken = broken_by(&damages[i], r);
		if (strncmp(broken, damages[i].broken,
			    strlen(damages[i].broken)) != 0)
			CHECK_STR(broken, damages[i].broken);
	}
	CHECK_STR(picture_check(&set), "");
	picture_end(&set);
}

TEST(region_check_sees_neighbours_that_should_be_one)
{
	struct region *r;
	const char *broken;

	picture_begin(&set);
	CHECK_EQ(picture_insert_all(&set, "wwrr"), 0);
	r = region_first(&set);
	r->prot = PROT_R;
	broken = region_check(&set);
	r->prot = PROT_R | PROT_W;
	CHECK(broken != NULL);
	CHECK_STR(broken, "neighbours that could be one are one");
	picture_end(&set);
}

TEST(region_check_sees_a_wrong_set)
{
	static struct region stranger;
	const char *broken;

	picture_begin(&set);
	CHECK_EQ(picture_insert_all(&set, "wwrr"), 0);
	set.last = &stranger;
	broken = region_check(&set);
	set.last = NULL;
	CHECK(broken != NULL);
	CHECK_STR(broken, "the last one found is in the set");
	set.count++;
	broken = region_check(&set);
	set.count--;
	CHECK(broken != NULL);
	CHECK_STR(broken, "the count is that of the regions");
	picture_end(&set);
}
