/* SPDX-License-Identifier: BSD-2-Clause */
/* region_picture.c - sets of regions drawn as text: see region_picture.h. */
#include "tests/unit/mm/region_picture.h"
#include "lib/bits.h"
#include "mm/frame.h"
#include "tests/test.h"

#define RW (PROT_R | PROT_W)

const struct picture_kind picture_kinds[] = {
	{'-', PROT_NONE, PROT_ALL, 0, 0, 0},
	{'r', PROT_R, PROT_ALL, 0, 0, 0},
	{'w', RW, PROT_ALL, 0, 0, 0},
	{'x', PROT_R | PROT_X, PROT_ALL, 0, 0, 0},
	{'q', PROT_R, PROT_R, 0, 0, 0},		 /* may never be written */
	{'h', RW, PROT_ALL, MAP_HEAP, 0, 0},	 /* labelled, */
	{'H', PROT_R, PROT_ALL, MAP_HEAP, 0, 0}, /* read-only now */
	{'s', RW, RW, MAP_GROW_DOWN, 0, 0},	 /* a stack */
	{'A', RW, RW, MAP_SHARED, 1, 0},	 /* an object, */
	{'a', RW, RW, MAP_SHARED, 1, 100},	 /* further on in it, */
	{'R', PROT_R, RW, MAP_SHARED, 1, 0},	 /* read-only now, */
	{'p', RW, RW, 0, 1, 0},			 /* private */
	{'B', RW, RW, MAP_SHARED, 2, 0},	 /* another object */
};
const unsigned picture_kind_count = ARRAY_LEN(picture_kinds);

/* ---- objects that only count ------------------------------------------ */

static char objects[3];
static uint64_t refs[3];
static uint64_t frames_before, used_before;

struct object *picture_object(int number)
{
	return number != 0 ? (struct object *)(void *)&objects[number] : NULL;
}

static uint64_t *refs_of(const struct region *r)
{
	return &refs[(const char *)(const void *)r->object - objects];
}

static void count_get(struct region *r)
{
	CHECK(!list_linked(&r->in_object));
	++*refs_of(r);
}

static void count_put(struct region *r)
{
	CHECK(*refs_of(r) > 0);
	--*refs_of(r);
}

static const struct region_ops count_ops = {count_get, count_put};

/* ---- begin and end ---------------------------------------------------- */

void picture_begin(struct region_set *set)
{
	slab_fail_after(SLAB_NEVER);
	slab_trim(&region_cache);
	frames_before = frames_free();
	used_before = region_cache.used;
	memset(refs, 0, sizeof(refs));
	region_set_init(set, &count_ops);
}

void picture_end(struct region_set *set)
{
	region_destroy_all(set, NULL, NULL);
	CHECK(set->root == NULL && set->last == NULL && set->count == 0);
	CHECK_EQ(refs[1] + refs[2], 0);
	slab_trim(&region_cache);
	CHECK_EQ(region_cache.used, used_before);
	CHECK_EQ(frames_free(), frames_before);
}

const char *picture_check(const struct region_set *set)
{
	uint64_t n[ARRAY_LEN(refs)] = {0};
	const char *broken = region_check(set);
	const struct region *r;

	if (broken == NULL)
		broken = slab_check(&region_cache);
	if (broken != NULL)
		return broken;
	for (r = region_first(set); r != NULL; r = region_after(r)) {
		if (r->object != NULL)
			n[refs_of(r) - refs]++;
	}
	if (memcmp(n, refs, sizeof(n)) != 0)
		return "an object has one reference for each region";
	if (region_cache.used != used_before + set->count)
		return "the cache gave the memory of each region, and no more";
	return "";
}

/* ---- from pictures ---------------------------------------------------- */

const struct picture_kind *picture_kind(char letter)
{
	for (unsigned i = 0; i < picture_kind_count; i++) {
		if (picture_kinds[i].letter == letter)
			return &picture_kinds[i];
	}
	return NULL;
}

uint64_t picture_offset(const struct picture_kind *k, unsigned page)
{
	if (k->flags & MAP_GROW_DOWN)
		return PICTURE_VA(round_down(page, PICTURE_STACK));
	return k->object != 0 ? (page + (uint64_t)k->shift) * PAGE_SIZE : 0;
}

int picture_insert(struct region_set *set, char letter, unsigned page,
		   unsigned n)
{
	const struct picture_kind *k = picture_kind(letter);

	CHECK(k != NULL);
	return region_insert(set, PICTURE_VA(page), PICTURE_VA(page + n),
			     k->prot, k->max_prot, k->flags | MAP_FIXED,
			     picture_object(k->object),
			     picture_offset(k, page));
}

int picture_insert_all(struct region_set *set, const char *picture)
{
	unsigned page = 0, n;
	int err;

	for (const char *p = picture; *p != '\0'; p += n) {
		n = 1;
		if (*p == '|')
			continue;
		if (*p != ' ') {
			while (p[n] == *p)
				n++;
			err = picture_insert(set, *p, page, n);
			if (err != 0)
				return err;
		}
		page += n;
	}
	return 0;
}

void picture_range(const char *picture, va_t *start, va_t *end)
{
	unsigned page = 0;

	*start = *end = 0;
	for (const char *p = picture; *p != '\0'; p++) {
		if (*p == '|')
			continue;
		if (*p != ' ') {
			if (*end == 0)
				*start = PICTURE_VA(page);
			*end = PICTURE_VA(page + 1);
		}
		page++;
	}
}

/* ---- to pictures ------------------------------------------------------ */

static char letter_of(const struct region *r)
{
	unsigned page = (unsigned)((r->start - PICTURE_BASE) >> PAGE_SHIFT);

	for (unsigned i = 0; i < picture_kind_count; i++) {
		const struct picture_kind *k = &picture_kinds[i];

		if (k->prot == r->prot && k->max_prot == r->max_prot &&
		    k->flags == r->flags &&
		    picture_object(k->object) == r->object &&
		    (r->object == NULL || picture_offset(k, page) == r->offset))
			return k->letter;
	}
	return '?';
}

const char *picture_of(const struct region_set *set)
{
	static char out[2 * PICTURE_PAGES + 2];
	const struct region *r;
	unsigned at = 0;
	va_t va = PICTURE_BASE;
	char last = '\0', letter;

	for (r = region_first(set); r != NULL; r = region_after(r)) {
		letter = letter_of(r);
		if (r->start < PICTURE_BASE ||
		    r->end > PICTURE_VA(PICTURE_PAGES))
			return "(a region outside the picture)";
		if (va == r->start && last == letter)
			out[at++] = '|';
		for (; va < r->start; va += PAGE_SIZE)
			out[at++] = ' ';
		for (; va < r->end; va += PAGE_SIZE)
			out[at++] = letter;
		last = letter;
	}
	out[at] = '\0';
	return out;
}
