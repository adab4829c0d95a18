/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * region_random_test.c - thousands of random operations, each also done to a
 * model that knows nothing of regions: an array with one element a page.
 */
#include "lib/bits.h"
#include "tests/test.h"
#include "tests/unit/mm/region_picture.h"

#ifdef QUIRE_HOST
#include "tests/host/host.h"
#define ROUNDS 16u
#else
static uint64_t host_seed;
#define ROUNDS 1u
#endif

#define PAGES 320u
#define STEPS 4000u

/* A page of the model; used is false where no region is. */
struct page {
	bool used;
	uint8_t prot, max_prot;
	uint32_t flags;
	struct object *object;
	uint64_t offset; /* of this page; of a stack the limit */
};

static struct region_set set;
static struct page model[PAGES];
static uint64_t seed;

/* xorshift64: the same operations on every machine. */
static unsigned random_below(unsigned n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)((seed >> 16) % n);
}

static bool page_grows(const struct page *p)
{
	return p->used && (p->flags & MAP_GROW_DOWN);
}

/* ---- comparing -------------------------------------------------------- */

static void compare_page(const struct page *p, const struct region *r, va_t va)
{
	uint64_t offset = r->offset;

	CHECK(p->used);
	CHECK_EQ(r->prot, p->prot);
	CHECK_EQ(r->max_prot, p->max_prot);
	CHECK_EQ(r->flags, p->flags);
	CHECK(r->object == p->object);
	if (r->object != NULL)
		offset += va - r->start;
	CHECK_EQ(offset, p->offset);
}

/* Page by page; that no region could be larger, region_check() says. */
static void compare(void)
{
	const struct region *r = region_first(&set);

	CHECK_STR(picture_check(&set), "");
	for (unsigned i = 0; i < PAGES; i++) {
		va_t va = PICTURE_VA(i);

		if (r != NULL && r->end <= va)
			r = region_after(r);
		if (r != NULL && r->start <= va)
			compare_page(&model[i], r, va);
		else
			CHECK(!model[i].used);
	}
	CHECK(r == NULL || region_after(r) == NULL);
}

/* ---- the operations, on both ------------------------------------------ */

/* Fails sometimes at the first or second structure: then nothing changed. */
static void starve(void)
{
	if (random_below(4) == 0)
		slab_fail_after(random_below(2));
}

static bool starved(int err)
{
	slab_fail_after(SLAB_NEVER);
	return err == -E_NOMEM;
}

static void random_insert(unsigned page, unsigned n)
{
	const struct picture_kind *k =
		&picture_kinds[random_below(picture_kind_count)];
	int err, expected = 0;

	starve();
	err = picture_insert(&set, k->letter, page, n);
	for (unsigned i = page; i < page + n; i++) {
		if (model[i].used)
			expected = -E_EXIST;
	}
	if (starved(err) && expected == 0)
		return;
	CHECK_EQ(err, expected);
	for (unsigned i = page; i < page + n && err == 0; i++) {
		bool grows = k->flags & MAP_GROW_DOWN;

		model[i] = (struct page){
			.used = true,
			.prot = k->prot,
			.max_prot = k->max_prot,
			.flags = k->flags,
			.object = picture_object(k->object),
			.offset = picture_offset(k, grows ? page : i),
		};
	}
}

static void random_remove(unsigned page, unsigned n)
{
	int err;

	starve();
	err = region_remove(&set, PICTURE_VA(page), PICTURE_VA(page + n), NULL,
			    NULL);
	if (starved(err))
		return;
	CHECK_EQ(err, 0);
	memset(&model[page], 0, n * sizeof(model[0]));
}

static void random_protect(unsigned page, unsigned n)
{
	static const uint8_t prots[] = {PROT_NONE, PROT_R, PROT_R | PROT_W,
					PROT_R | PROT_X};
	uint8_t prot = prots[random_below(ARRAY_LEN(prots))];
	int err, expected = 0;

	starve();
	err = region_protect(&set, PICTURE_VA(page), PICTURE_VA(page + n),
			     prot);
	for (unsigned i = page; i < page + n && expected == 0; i++) {
		if (!model[i].used)
			expected = -E_NOMEM;
		else if (prot & ~model[i].max_prot)
			expected = -E_ACCES;
	}
	if (starved(err) && expected == 0)
		return;
	CHECK_EQ(err, expected);
	for (unsigned i = page; i < page + n && err == 0; i++)
		model[i].prot = prot;
}

static void random_flags(unsigned page, unsigned n)
{
	static const uint32_t bits[] = {MAP_PINNED, MAP_HEAP,
					MAP_PINNED | MAP_RANDOM};
	uint32_t off = bits[random_below(ARRAY_LEN(bits))];
	uint32_t on = random_below(2) ? bits[random_below(ARRAY_LEN(bits))] : 0;
	int err;

	starve();
	err = region_set_flags(&set, PICTURE_VA(page), PICTURE_VA(page + n),
			       off, on);
	if (starved(err))
		return;
	CHECK_EQ(err, 0);
	for (unsigned i = page; i < page + n; i++)
		if (model[i].used)
			model[i].flags = (model[i].flags & ~off) | on;
}

static void random_grow(unsigned page)
{
	unsigned above = page;
	int expected = 0;

	while (above < PAGES && !model[above].used)
		above++;
	if (above == page || above == PAGES || !page_grows(&model[above]) ||
	    PICTURE_VA(page) < model[above].offset ||
	    (page > 0 && model[page - 1].used))
		expected = -E_NOENT;
	CHECK_EQ(region_grow_down(&set, PICTURE_VA(page) + 5), expected);
	for (unsigned i = page; i < above && expected == 0; i++)
		model[i] = model[above];
}

/* ---- gaps ------------------------------------------------------------- */

/* Page i is free, and no stack above may grow there or needs it as guard. */
static bool page_given(unsigned i)
{
	unsigned above = i;

	while (above < PAGES && !model[above].used)
		above++;
	if (above == i)
		return false;
	return above == PAGES || !page_grows(&model[above]) ||
	       PICTURE_VA(i + 1) < model[above].offset;
}

static bool range_given(unsigned page, unsigned n)
{
	for (unsigned i = page; i < page + n; i++) {
		if (!page_given(i))
			return false;
	}
	return true;
}

/* The highest answer in [lo, hi), as an address; 0 if there is none. */
static va_t model_gap(unsigned n, unsigned align, unsigned lo, unsigned hi)
{
	for (unsigned page = hi; page-- > lo;) {
		if (page % align == 0 && page + n <= hi && range_given(page, n))
			return PICTURE_VA(page);
	}
	return 0;
}

static void random_gap(unsigned lo, unsigned window)
{
	unsigned n = 1 + random_below(12), align = 1u << random_below(4);
	unsigned hi = lo + window, hint = random_below(PAGES);
	va_t va = region_gap(&set, n * PAGE_SIZE, align * PAGE_SIZE,
			     PICTURE_VA(lo), PICTURE_VA(hi), 0);
	va_t best = model_gap(n, align, lo, hi);

	if (align == 1) {
		CHECK_EQ(va, best);
		va = region_gap(&set, n * PAGE_SIZE, PAGE_SIZE, PICTURE_VA(lo),
				PICTURE_VA(hi), PICTURE_VA(hint));
		if (hint > lo && hint < hi && model_gap(n, 1, lo, hint) != 0)
			best = model_gap(n, 1, lo, hint);
		CHECK_EQ(va, best);
		return;
	}
	/* One that fits wherever it begins must be found, others may be. */
	CHECK(va <= best);
	CHECK(va != 0 || model_gap(n + align - 1, 1, lo, hi) == 0);
	if (va != 0) {
		CHECK(is_aligned(va, align * PAGE_SIZE));
		CHECK(range_given((unsigned)((va - PICTURE_BASE) / PAGE_SIZE),
				  n));
		CHECK(range_within(va, n * PAGE_SIZE, PICTURE_VA(lo),
				   PICTURE_VA(hi)));
	}
}

static void random_find(unsigned page)
{
	struct region *r = region_find(&set, PICTURE_VA(page) + 7);

	CHECK_EQ(r != NULL, model[page].used);
	if (r != NULL)
		compare_page(&model[page], r, PICTURE_VA(page));
	r = region_next(&set, PICTURE_VA(page));
	while (page < PAGES && !model[page].used)
		page++;
	CHECK_EQ(r != NULL, page < PAGES);
	CHECK(r == NULL || r->start <= PICTURE_VA(page));
}

/* ---- the tests -------------------------------------------------------- */

static void random_step(void)
{
	unsigned page = random_below(PAGES), n = 1 + random_below(12);

	if (random_below(8) == 0)
		n = 1 + random_below(100);
	if (n > PAGES - page)
		n = PAGES - page;
	switch (random_below(9)) {
	case 0:
	case 1:
	case 2:
		random_insert(page, n);
		break;
	case 3:
		random_remove(page, n);
		break;
	case 4:
	case 5:
		random_protect(page, n);
		break;
	case 6:
		random_flags(page, n);
		break;
	case 7:
		random_grow(page);
		break;
	default:
		random_gap(page, n);
		random_find(page);
	}
}

TEST(region_random_operations_do_what_a_page_array_does)
{
	for (unsigned round = 1; round <= ROUNDS; round++) {
		host_seed = seed = round * 0x9e3779b97f4a7c15;
		picture_begin(&set);
		memset(model, 0, sizeof(model));
		for (unsigned i = 0; i < STEPS; i++) {
			random_step();
			compare();
		}
		picture_end(&set);
	}
}
