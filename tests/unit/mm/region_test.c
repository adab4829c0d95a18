/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * region_test.c - each operation at every edge, drawn: see region_picture.h.
 *
 * Every row is also run with memory failing at its first, second, ... structure
 * until it succeeds; what fails must leave the set as it was.
 */
#include "lib/bits.h"
#include "tests/test.h"
#include "tests/unit/mm/region_picture.h"

static struct region_set set;

struct row {
	const char *before, *range, *after;
	int err;
	unsigned prot; /* for protect */
	unsigned need; /* structures that the operation may have to reserve */
};

/* ---- running a table -------------------------------------------------- */

typedef int operation(const struct row *row);

static void check_set(const char *picture)
{
	CHECK_STR(picture_of(&set), picture);
	CHECK_STR(picture_check(&set), "");
}

/* 0 when the operation came to its end, with `n` structures to be had. */
static bool row_starved(const struct row *row, operation *op, unsigned n)
{
	int err;

	picture_begin(&set);
	CHECK_EQ(picture_insert_all(&set, row->before), 0);
	check_set(row->before);
	slab_fail_after(n);
	err = op(row);
	slab_fail_after(SLAB_NEVER);
	if (n < row->need) {
		CHECK_EQ(err, -E_NOMEM);
		check_set(row->before);
	} else {
		CHECK_EQ(err, row->err);
		check_set(row->after);
	}
	picture_end(&set);
	return n < row->need;
}

static void run_rows(const struct row *rows, unsigned n, operation *op)
{
	for (unsigned i = 0; i < n; i++) {
		unsigned allowed = 0;

		while (row_starved(&rows[i], op, allowed))
			allowed++;
	}
}

/* ---- insert ----------------------------------------------------------- */

static int op_insert(const struct row *row)
{
	return picture_insert_all(&set, row->range);
}

TEST(region_insert_at_every_edge)
{
	static const struct row rows[] = {
		{"", "ww", "ww", 0, 0, 1},
		{"", "  w", "  w", 0, 0, 1},
		/* apart */
		{"ww", "   ww", "ww ww", 0, 0, 1},
		{"   ww", "ww", "ww ww", 0, 0, 1},
		/* overlapping */
		{"wwww", "wwww", "wwww", -E_EXIST, 0, 0},
		{"wwww", " ww ", "wwww", -E_EXIST, 0, 0},
		{" ww", "wwww", " ww", -E_EXIST, 0, 0},
		{" ww", "ww  ", " ww", -E_EXIST, 0, 0},
		{" ww", "  ww", " ww", -E_EXIST, 0, 0},
		{"w  w", "wwww", "w  w", -E_EXIST, 0, 0},
		{"w  w", " www", "w  w", -E_EXIST, 0, 0},
		/* merging below, above, both */
		{"ww", "  ww", "wwww", 0, 0, 0},
		{"  ww", "ww", "wwww", 0, 0, 0},
		{"ww  ww", "  ww", "wwwwww", 0, 0, 0},
		{"ww  ww", "  w", "www ww", 0, 0, 0},
		{"ww  ww", "   w", "ww www", 0, 0, 0},
		/* another protection, maximum, label */
		{"ww", "  rr", "wwrr", 0, 0, 1},
		{"rr", "  qq", "rrqq", 0, 0, 1},
		{"ww", "  hh", "wwhh", 0, 0, 1},
		{"ww  rr", "  rr", "wwrrrr", 0, 0, 0},
		{"ww  rr", "  ww", "wwwwrr", 0, 0, 0},
		{"ww  rr", "  xx", "wwxxrr", 0, 0, 1},
		/* objects: the same, continuing */
		{"AA", "  AA", "AAAA", 0, 0, 0},
		{"  AA", "AA", "AAAA", 0, 0, 0},
		{"AA  AA", "  AA", "AAAAAA", 0, 0, 0},
		{"aa  aa", "  aa", "aaaaaa", 0, 0, 0},
		/* the same elsewhere, another, private, anonymous */
		{"AA", "  aa", "AAaa", 0, 0, 1},
		{"AA  AA", "  aa", "AAaaAA", 0, 0, 1},
		{"AA", "  BB", "AABB", 0, 0, 1},
		{"AA", "  pp", "AApp", 0, 0, 1},
		{"AA", "  ww", "AAww", 0, 0, 1},
		/* stacks stay apart */
		{"   ss", "     ss", "   ss|ss", 0, 0, 1},
		{"     ss", "   ss", "   ss|ss", 0, 0, 1},
		{"   ss", "  w", "  wss", 0, 0, 1},
	};

	run_rows(rows, ARRAY_LEN(rows), op_insert);
}

/* ---- remove ----------------------------------------------------------- */

static char pieces[PICTURE_PAGES + 1];
static va_t pieces_end;

static void draw_piece(void *ctx, const struct region *r, va_t start, va_t end)
{
	CHECK(ctx == pieces);
	CHECK(start >= pieces_end && start < end);
	CHECK(start >= r->start && end <= r->end);
	for (va_t va = start; va < end; va += PAGE_SIZE)
		pieces[(va - PICTURE_BASE) / PAGE_SIZE]++;
	pieces_end = end;
}

/* Also: the pieces are just the pages of `before` that lie in `range`. */
static int op_remove(const struct row *row)
{
	va_t start, end;
	unsigned page = 0;
	int err;

	memset(pieces, 0, sizeof(pieces));
	pieces_end = 0;
	picture_range(row->range, &start, &end);
	err = region_remove(&set, start, end, draw_piece, pieces);
	for (const char *p = row->before; *p != '\0'; p++) {
		va_t va = PICTURE_VA(page);

		if (*p == '|')
			continue;
		CHECK_EQ(pieces[page],
			 err == 0 && *p != ' ' && va >= start && va < end);
		page++;
	}
	return err;
}

TEST(region_remove_at_every_edge)
{
	static const struct row rows[] = {
		/* nothing there */
		{"", "**", "", 0, 0, 0},
		{"ww", "  **", "ww", 0, 0, 0},
		{"  ww", "**", "  ww", 0, 0, 0},
		{"w  w", " ** ", "w  w", 0, 0, 0},
		/* one: all, head, tail, middle, beyond */
		{"wwww", "****", "", 0, 0, 0},
		{"wwww", "*   ", " www", 0, 0, 0},
		{"wwww", "   *", "www", 0, 0, 0},
		{"wwww", " ** ", "w  w", 0, 0, 1},
		{" ww", "****", "", 0, 0, 0},
		{" ww", "**  ", "  w", 0, 0, 0},
		{" ww", "  **", " w", 0, 0, 0},
		/* several, with holes */
		{"ww rr xx", "********", "", 0, 0, 0},
		{"ww rr xx", " ****** ", "w      x", 0, 0, 0},
		{"ww rr xx", "  ****  ", "ww    xx", 0, 0, 0},
		{"wwrrxx", " **** ", "w    x", 0, 0, 0},
		{"wwrrxx", "  **  ", "ww  xx", 0, 0, 0},
		{"wwrrxx", "  *   ", "ww rxx", 0, 0, 0},
		/* objects: offsets follow */
		{"AAAA", "**", "  AA", 0, 0, 0},
		{"AAAA", "  **", "AA", 0, 0, 0},
		{"AAAA", " ** ", "A  A", 0, 0, 1},
		{"aaaaBB", " *** ", "a   BB", 0, 0, 0},
		{"AAaaBB", "******", "", 0, 0, 0},
		/* stacks */
		{"  ssss", "  **", "    ss", 0, 0, 0},
		{"  ssss", "   **", "  s  s", 0, 0, 1},
		{"  ss|ss", "   **", "  s  s", 0, 0, 0},
	};

	run_rows(rows, ARRAY_LEN(rows), op_remove);
}

/* ---- flags ------------------------------------------------------------ */

/* Labels are flags, too, and drawn: `prot` says whether there is to be one. */
static int op_flags(const struct row *row)
{
	unsigned on = row->prot ? MAP_HEAP : 0;
	va_t start, end;

	picture_range(row->range, &start, &end);
	return region_set_flags(&set, start, end, MAP_HEAP, on);
}

TEST(region_set_flags_at_every_edge)
{
	static const struct row rows[] = {
		/* all, head, tail, middle */
		{"wwww", "****", "hhhh", 0, 1, 2},
		{"wwww", "**  ", "hhww", 0, 1, 2},
		{"wwww", "  **", "wwhh", 0, 1, 2},
		{"wwww", " ** ", "whhw", 0, 1, 2},
		/* what it is already */
		{"whhw", " ** ", "whhw", 0, 1, 2},
		{"wwww", " ** ", "wwww", 0, 0, 2},
		/* several, with holes, and one again with who is outside */
		{"wwrrww", " **** ", "whHHhw", 0, 1, 2},
		{"whHHhw", " **** ", "wwrrww", 0, 0, 2},
		{"hhwwhh", "  **  ", "hhhhhh", 0, 1, 2},
		{"wwhh", "**  ", "hhhh", 0, 1, 2},
		{"hhww", "  **", "hhhh", 0, 1, 2},
		{"w ww w", "******", "h hh h", 0, 1, 2},
		{"", "**", "", 0, 1, 2},
		/* what is as it was is not split */
		{"  ssss", "   *  ", "  ssss", 0, 0, 2},
	};

	run_rows(rows, ARRAY_LEN(rows), op_flags);
}

/* Whatever takes pages away, or adds some, counts them. */
TEST(region_pins_are_counted)
{
	picture_begin(&set);
	CHECK_EQ(picture_insert_all(&set, "wwwwwwww"), 0);
	CHECK_EQ(region_set_flags(&set, PICTURE_VA(1), PICTURE_VA(7), 0,
				  MAP_PINNED),
		 0);
	CHECK_EQ(set.pinned, 6);
	CHECK_EQ(region_remove(&set, PICTURE_VA(3), PICTURE_VA(4), NULL, NULL),
		 0);
	CHECK_EQ(set.pinned, 5);
	CHECK_EQ(region_remove(&set, PICTURE_VA(0), PICTURE_VA(2), NULL, NULL),
		 0);
	CHECK_EQ(set.pinned, 4);
	CHECK_EQ(region_set_flags(&set, PICTURE_VA(0), PICTURE_VA(6),
				  MAP_PINNED, 0),
		 0);
	CHECK_EQ(set.pinned, 1);
	CHECK_EQ(region_remove(&set, PICTURE_VA(0), PICTURE_VA(8), NULL, NULL),
		 0);
	CHECK_EQ(set.pinned, 0);
	picture_end(&set);
}

/* ---- protect ---------------------------------------------------------- */

static int op_protect(const struct row *row)
{
	va_t start, end;

	picture_range(row->range, &start, &end);
	return region_protect(&set, start, end, row->prot);
}

TEST(region_protect_at_every_edge)
{
	static const struct row rows[] = {
		/* all, head, tail, middle */
		{"wwww", "****", "rrrr", 0, PROT_R, 0},
		{"wwww", "**  ", "rrww", 0, PROT_R, 1},
		{"wwww", "  **", "wwrr", 0, PROT_R, 1},
		{"wwww", " ** ", "wrrw", 0, PROT_R, 2},
		{"wwww", " ** ", "w--w", 0, PROT_NONE, 2},
		/* what it is already */
		{"wwww", " ** ", "wwww", 0, PROT_R | PROT_W, 0},
		{"wwww", " ** ", "wwww", 0, PROT_W, 0},
		{"wwrr", " ** ", "wrrr", 0, PROT_R, 1},
		/* several */
		{"wwrrxx", "******", "rrrrrr", 0, PROT_R, 0},
		{"wwrrxx", " **** ", "wrrrrx", 0, PROT_R, 2},
		{"wwrrxx", " **** ", "w----x", 0, PROT_NONE, 2},
		{"wwhhww", " **** ", "wrHHrw", 0, PROT_R, 2},
		/* merging with who is outside */
		{"rrwwrr", "  **  ", "rrrrrr", 0, PROT_R, 0},
		{"rrww", "  **", "rrrr", 0, PROT_R, 0},
		{"wwrr", "**  ", "rrrr", 0, PROT_R, 0},
		{"rrww", "  * ", "rrrw", 0, PROT_R, 1},
		{"rrwwrr", "  *   ", "rrrwrr", 0, PROT_R, 1},
		{"r w r", "  *  ", "r r r", 0, PROT_R, 0},
		/* holes */
		{"", "**", "", -E_NOMEM, PROT_R, 0},
		{"ww", " **", "ww", -E_NOMEM, PROT_R, 0},
		{" ww", "**", " ww", -E_NOMEM, PROT_R, 0},
		{"ww ww", "*****", "ww ww", -E_NOMEM, PROT_R, 0},
		{"ww", "  **", "ww", -E_NOMEM, PROT_R, 0},
		/* beyond the maximum; the lowest address decides */
		{"qq", "**", "qq", -E_ACCES, PROT_R | PROT_W, 0},
		{"wwqq", " **", "wwqq", -E_ACCES, PROT_R | PROT_W, 0},
		{"qq ww", "*****", "qq ww", -E_ACCES, PROT_W, 0},
		{"ww qq", "*****", "ww qq", -E_NOMEM, PROT_W, 0},
		/* objects */
		{"AAAA", "****", "RRRR", 0, PROT_R, 0},
		{"AAAA", " ** ", "ARRA", 0, PROT_R, 2},
		{"ARRA", " ** ", "AAAA", 0, PROT_W, 0},
		{"RAaR", " *  ", "RRaR", 0, PROT_R, 0},
		{"RRAABB", "  **  ", "RRRRBB", 0, PROT_R, 0},
		/* stacks split and stay so */
		{"  ssss", "  ****", "  ssss", 0, PROT_W, 0},
		{"  ss|ss", "  ****", "  ss|ss", 0, PROT_W, 0},
	};

	run_rows(rows, ARRAY_LEN(rows), op_protect);
}

TEST(region_protect_splits_a_stack_for_good)
{
	picture_begin(&set);
	CHECK_EQ(picture_insert_all(&set, "  ssss"), 0);
	CHECK_EQ(region_protect(&set, PICTURE_VA(3), PICTURE_VA(4), PROT_R), 0);
	CHECK_EQ(set.count, 3);
	CHECK_EQ(region_protect(&set, PICTURE_VA(3), PICTURE_VA(4), PROT_W), 0);
	check_set("  s|s|ss");
	picture_end(&set);
}

/* ---- arguments -------------------------------------------------------- */

TEST(region_arguments_that_make_no_sense_are_refused)
{
	enum { a = PICTURE_BASE, b = a + PAGE_SIZE };
	static const struct {
		va_t start, end;
		unsigned prot, max, flags;
		int object;
		uint64_t offset;
		int err;
	} rows[] = {
		{a, a, 1, 7, 0, 0, 0, -E_INVAL},
		{b, a, 1, 7, 0, 0, 0, -E_INVAL},
		{a + 1, b, 1, 7, 0, 0, 0, -E_INVAL},
		{a, b + 8, 1, 7, 0, 0, 0, -E_INVAL},
		{MMU_USER_END, MMU_USER_END + PAGE_SIZE, 1, 7, 0, 0, 0,
		 -E_INVAL},
		{a, MMU_USER_END + PAGE_SIZE, 1, 7, 0, 0, 0, -E_INVAL},
		{-PAGE_SIZE, 0, 1, 7, 0, 0, 0, -E_INVAL},
		{a, b, 8, 15, 0, 0, 0, -E_INVAL},
		{a, b, 1, 15, 0, 0, 0, -E_INVAL},
		{a, b, 256, 7, 0, 0, 0, -E_INVAL},
		{a, b, 2, 1, 0, 0, 0, -E_ACCES},
		{a, b, 4, 3, 0, 0, 0, -E_ACCES},
		{a, b, 1, 7, 0, 1, 1, -E_INVAL},
		{a, b, 1, 7, 0, 1, -PAGE_SIZE, -E_INVAL},
		{a, b, 1, 7, MAP_GROW_DOWN, 1, a, -E_INVAL},
		{a, b, 1, 7, MAP_GROW_DOWN, 0, b, -E_INVAL},
		{a, b, 1, 7, MAP_GROW_DOWN, 0, 0, -E_INVAL},
		{a, b, 1, 7, MAP_GROW_DOWN, 0, a - 8, -E_INVAL},
		{a, b, 1, 7, 0, 0, 1, 0},
	};

	picture_begin(&set);
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		CHECK_EQ(region_insert(&set, rows[i].start, rows[i].end,
				       rows[i].prot, rows[i].max, rows[i].flags,
				       picture_object(rows[i].object),
				       rows[i].offset),
			 rows[i].err);
		CHECK_EQ(set.count, rows[i].err == 0);
	}
	CHECK_EQ(region_remove(&set, a, a, NULL, NULL), -E_INVAL);
	CHECK_EQ(region_remove(&set, a, b + 1, NULL, NULL), -E_INVAL);
	CHECK_EQ(region_remove(&set, a, -PAGE_SIZE, NULL, NULL), -E_INVAL);
	CHECK_EQ(region_protect(&set, a, a, PROT_R), -E_INVAL);
	CHECK_EQ(region_protect(&set, a, b, 8), -E_INVAL);
	CHECK_EQ(region_protect(&set, a + 8, b, PROT_R), -E_INVAL);
	CHECK_STR(picture_check(&set), "");
	picture_end(&set);
}

TEST(region_set_covers_the_whole_user_half)
{
	picture_begin(&set);
	CHECK_EQ(region_insert(&set, 0, MMU_USER_END, PROT_R, PROT_ALL, 0, NULL,
			       0),
		 0);
	CHECK(region_find(&set, 0) != NULL);
	CHECK(region_find(&set, MMU_USER_END - 1) == region_first(&set));
	CHECK(region_find(&set, MMU_USER_END) == NULL);
	CHECK(region_find(&set, ~0ul) == NULL);
	CHECK_EQ(region_gap(&set, PAGE_SIZE, PAGE_SIZE, 0, ~0ul, 0), 0);
	CHECK_STR(picture_check(&set), "");
	picture_end(&set);
}

/* ---- find ------------------------------------------------------------- */

TEST(region_find_answers_at_every_edge)
{
	struct region *w, *r;

	picture_begin(&set);
	CHECK(region_find(&set, PICTURE_BASE) == NULL);
	CHECK(region_next(&set, 0) == NULL);
	CHECK_EQ(picture_insert_all(&set, " ww rr"), 0);
	w = region_first(&set);
	r = region_after(w);
	CHECK(set.last == r);
	CHECK(region_after(r) == NULL && region_before(w) == NULL);
	CHECK(region_before(r) == w);
	CHECK(region_find(&set, PICTURE_VA(1) - 1) == NULL);
	CHECK(region_find(&set, PICTURE_VA(1)) == w);
	CHECK(region_find(&set, PICTURE_VA(3) - 1) == w && set.last == w);
	CHECK(region_find(&set, PICTURE_VA(3)) == NULL);
	CHECK(region_find(&set, PICTURE_VA(4)) == r && set.last == r);
	CHECK(region_find(&set, PICTURE_VA(1) - 1) == NULL);
	CHECK(region_find(&set, PICTURE_VA(6)) == NULL);
	CHECK(region_next(&set, 0) == w);
	CHECK(region_next(&set, PICTURE_VA(3) - 1) == w);
	CHECK(region_next(&set, PICTURE_VA(3)) == r);
	CHECK(region_next(&set, PICTURE_VA(6)) == NULL);
	CHECK_EQ(region_remove(&set, r->start, r->end, NULL, NULL), 0);
	CHECK(region_find(&set, PICTURE_VA(4)) == NULL);
	picture_end(&set);
}

/* ---- growth ----------------------------------------------------------- */

static int op_grow(const struct row *row)
{
	va_t start, end;

	picture_range(row->range, &start, &end);
	return region_grow_down(&set, end - 8);
}

TEST(region_grow_down_keeps_limit_and_guard)
{
	static const struct row rows[] = {
		{"    ss", "   *", "   sss", 0, 0, 0},
		{"    ss", "*", "ssssss", 0, 0, 0},
		{"                  ss", "                *",
		 "                ssss", 0, 0, 0},
		{"                  ss", "               *",
		 "                  ss", -E_NOENT, 0, 0},
		/* a page stays free above the neighbour */
		{"w   ss", "  *", "w ssss", 0, 0, 0},
		{"w   ss", " *", "w   ss", -E_NOENT, 0, 0},
		{"w ss", " *", "w ss", -E_NOENT, 0, 0},
		/* not below one that grows */
		{"    ww", "   *", "    ww", -E_NOENT, 0, 0},
		{"ww", "    *", "ww", -E_NOENT, 0, 0},
		{"    ss", "      *", "    ss", -E_NOENT, 0, 0},
		{"    ss", "    *", "    ss", -E_NOENT, 0, 0},
		{"  w ss", "*", "  w ss", -E_NOENT, 0, 0},
		{"", "*", "", -E_NOENT, 0, 0},
		{"  ss|ss", " *", " sss|ss", 0, 0, 0},
	};

	run_rows(rows, ARRAY_LEN(rows), op_grow);
}

TEST(region_grows_again_after_its_low_end_is_removed)
{
	picture_begin(&set);
	CHECK_EQ(picture_insert_all(&set, "    ssss"), 0);
	CHECK_EQ(region_remove(&set, PICTURE_VA(4), PICTURE_VA(6), NULL, NULL),
		 0);
	CHECK_EQ(region_grow_down(&set, PICTURE_VA(3) + 1), 0);
	check_set("   sssss");
	CHECK(set.last == region_first(&set));
	picture_end(&set);
}

/* ---- destroying ------------------------------------------------------- */

TEST(region_destroy_goes_on_where_it_stopped)
{
	const struct row row = {.before = "ww r AABB  s|s"};

	picture_begin(&set);
	memset(pieces, 0, sizeof(pieces));
	pieces_end = 0;
	CHECK_EQ(picture_insert_all(&set, row.before), 0);
	CHECK(!region_destroy(&set, 2, draw_piece, pieces));
	CHECK_EQ(pieces_end, PICTURE_VA(4));
	CHECK_EQ(set.count, 4);
	CHECK(region_destroy(&set, 4, draw_piece, pieces));
	CHECK_EQ(pieces_end, PICTURE_VA(13));
	CHECK(region_destroy(&set, 0, NULL, NULL));
	picture_end(&set);
}
