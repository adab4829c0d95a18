/* SPDX-License-Identifier: BSD-2-Clause */
/* region_gap_test.c - finding a free range, drawn: see region_picture.h. */
#include "lib/bits.h"
#include "tests/test.h"
#include "tests/unit/mm/region_picture.h"

static struct region_set set;

/* '*' in `answer` is the range found, in the window [lo, hi) of pages. */
struct row {
	const char *before, *answer;
	unsigned len, align, lo, hi, hint;
};

static va_t row_gap(const struct row *row)
{
	return region_gap(&set, row->len * PAGE_SIZE, row->align * PAGE_SIZE,
			  PICTURE_VA(row->lo), PICTURE_VA(row->hi),
			  row->hint ? PICTURE_VA(row->hint) : 0);
}

static void run_rows(const struct row *rows, unsigned n)
{
	va_t start, end;

	for (unsigned i = 0; i < n; i++) {
		picture_begin(&set);
		CHECK_EQ(picture_insert_all(&set, rows[i].before), 0);
		picture_range(rows[i].answer, &start, &end);
		CHECK_EQ(row_gap(&rows[i]), start);
		picture_end(&set);
	}
}

TEST(region_gap_is_the_highest_in_the_window)
{
	static const struct row rows[] = {
		{"", "       *", 1, 1, 0, 8, 0},
		{"", "********", 8, 1, 0, 8, 0},
		{"", "", 9, 1, 0, 8, 0},
		{"", "", 0, 1, 0, 8, 0},
		{"ww      ", "      **", 2, 1, 0, 8, 0},
		{"ww      ", "  ******", 6, 1, 0, 8, 0},
		{"ww      ", "", 7, 1, 0, 8, 0},
		{"ww  rr  ", "      **", 2, 1, 0, 8, 0},
		{"ww  rr xx", "  **", 2, 1, 0, 9, 0},
		{"ww  rr xx", "      *", 1, 1, 0, 9, 0},
		{"ww  rr xx", "", 3, 1, 0, 9, 0},
		{"   ww xx", "***", 3, 1, 0, 8, 0},
		/* the window cuts */
		{"ww    ww", "   **", 2, 1, 0, 5, 0},
		{"ww    ww", "", 2, 1, 5, 8, 0},
		{"ww    ww", "     *", 1, 1, 5, 8, 0},
		{"ww    ww", "  *", 1, 1, 0, 3, 0},
		{"ww    ww", "", 1, 1, 0, 2, 0},
		{"ww    ww", "", 1, 1, 3, 3, 0},
		{"ww    ww", "", 1, 1, 5, 3, 0},
	};

	run_rows(rows, ARRAY_LEN(rows));
}

TEST(region_gap_is_aligned)
{
	static const struct row rows[] = {
		{"", "    ****", 4, 4, 0, 8, 0},
		{"", "    ***", 3, 4, 0, 8, 0},
		{"", "        *", 1, 8, 0, 15, 0},
		{"       w", "    *", 1, 4, 0, 8, 0},
		{" w       w", "    ****", 4, 4, 0, 10, 0},
	};

	run_rows(rows, ARRAY_LEN(rows));
}

TEST(region_gap_keeps_off_what_may_grow)
{
	static const struct row rows[] = {
		/* the limit is page 16, and 15 is its guard */
		{"                    ss", "              *", 1, 1, 0, 22, 0},
		{"                    ss", "             **", 2, 1, 0, 22, 0},
		{"                    ss", "", 1, 1, 15, 22, 0},
		/* what grew is what may grow */
		{"                ss", "              *", 1, 1, 0, 18, 0},
		/* below a neighbour between start and limit it is free again */
		{"                 w  ss", "              *", 1, 1, 0, 15, 0},
		{"                 w  ss", "                *", 1, 1, 0, 22, 0},
		{"                w   ss", "", 1, 1, 16, 22, 0},
	};

	run_rows(rows, ARRAY_LEN(rows));
}

TEST(region_gap_takes_the_hint_if_it_can)
{
	static const struct row rows[] = {
		{"w   w   w", "  **", 2, 1, 0, 9, 4},
		{"w   w   w", " **", 2, 1, 0, 9, 3},
		{"w   w   w", " **", 2, 1, 0, 9, 3},
		/* nothing below it: the highest at all */
		{"w   w   w", "      **", 2, 1, 0, 9, 2},
		{"w   w   w", "      **", 2, 1, 0, 9, 9},
		{"w   w   w", "     **", 2, 1, 4, 8, 7},
		{"w   w   w", "      **", 2, 1, 4, 8, 3},
	};

	run_rows(rows, ARRAY_LEN(rows));
}

TEST(region_gap_refuses_what_makes_no_sense)
{
	const va_t top = MMU_USER_END;

	picture_begin(&set);
	CHECK_EQ(region_gap(&set, 100, PAGE_SIZE, 0, top, 0), 0);
	CHECK_EQ(region_gap(&set, PAGE_SIZE, 0, 0, top, 0), 0);
	CHECK_EQ(region_gap(&set, PAGE_SIZE, 3 * PAGE_SIZE, 0, top, 0), 0);
	CHECK_EQ(region_gap(&set, PAGE_SIZE, 1ul << 63, 0, top, 0), 0);
	CHECK_EQ(region_gap(&set, ~PAGE_MASK, PAGE_SIZE, 0, ~0ul, 0), 0);
	CHECK_EQ(region_gap(&set, top, PAGE_SIZE, 0, ~0ul, 0), 0);
	/* Page 0 is the null pointer's. */
	CHECK_EQ(region_gap(&set, top - PAGE_SIZE, PAGE_SIZE, 0, ~0ul, 0),
		 PAGE_SIZE);
	CHECK_EQ(region_gap(&set, PAGE_SIZE, PAGE_SIZE, 0, PAGE_SIZE, 0), 0);
	picture_end(&set);
}
