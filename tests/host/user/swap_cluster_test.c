/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Requests become runs. A drawing is the pages in the order in which they come, a
 * letter each, and the runs that are taken: "cabx" -> "abc x".
 */
#include "tests/test.h"
#include "user/servers/swap/cluster.h"
#include <string.h>

static struct cluster c;
static struct want run[CLUSTER_MAX];

static void add(char page)
{
	struct want w = {.sector = (uint64_t)(page - 'A') * CLUSTER_SECTORS,
			 .address = (uint64_t)page,
			 .ring = (uint16_t)page};

	cluster_add(&c, &w);
}

static void add_all(const char *pages)
{
	for (; *pages; pages++)
		add(*pages);
}

/* All runs, drawn. */
static const char *draw(unsigned max)
{
	static char text[2 * CLUSTER_QUEUE + 1];
	char *at = text;
	unsigned n;

	while ((n = cluster_take(&c, max, run))) {
		if (at > text)
			*at++ = ' ';
		for (unsigned i = 0; i < n; i++) {
			CHECK_EQ(run[i].address, run[i].ring);
			CHECK_EQ(run[i].sector,
				 (run[i].address - 'A') * CLUSTER_SECTORS);
			*at++ = (char)run[i].address;
		}
	}
	*at = 0;
	return text;
}

TEST(neighbours_become_one_run_in_whatever_order_they_come)
{
	static const struct {
		const char *pages, *runs;
	} row[] = {
		{"", ""},
		{"D", "D"},
		{"ABCD", "ABCD"},
		{"DCBA", "ABCD"},
		{"BDAC", "ABCD"},
		{"ABD", "AB D"},
		{"xABCz", "ABC x z"},
		{"ACEG", "A C E G"},
		{"ABCDEFGHIJKLMNOPQR", "ABCDEFGHIJKLMNOP QR"},
	};

	for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		memset(&c, 0, sizeof(c));
		add_all(row[i].pages);
		CHECK(strcmp(draw(CLUSTER_MAX), row[i].runs) == 0);
		CHECK_EQ(c.count, 0);
	}
}

TEST(a_run_is_no_longer_than_it_may_be)
{
	memset(&c, 0, sizeof(c));
	add_all("ABCDEFG");
	CHECK(strcmp(draw(3), "ABC DEF G") == 0);
	add_all("ABC");
	CHECK(strcmp(draw(1), "A B C") == 0);
}

TEST(runs_are_taken_in_one_direction_and_then_from_the_lowest_on)
{
	memset(&c, 0, sizeof(c));
	add_all("EFKL");
	CHECK_EQ(cluster_take(&c, CLUSTER_MAX, run), 2);
	CHECK_EQ(run[0].address, 'E');
	add_all("ABG"); /* behind the sweep, and where it is */
	CHECK(strcmp(draw(CLUSTER_MAX), "G KL AB") == 0);
}

TEST(pages_of_two_areas_are_no_run)
{
	struct want a = {.sector = 8, .area = 1}, b = {.sector = 16};

	memset(&c, 0, sizeof(c));
	cluster_add(&c, &a);
	cluster_add(&c, &b);
	CHECK_EQ(cluster_take(&c, CLUSTER_MAX, run), 1);
	CHECK_EQ(cluster_take(&c, CLUSTER_MAX, run), 1);
}

TEST(sectors_that_do_not_meet_are_no_run)
{
	struct want a = {.sector = 8}, b = {.sector = 17};

	memset(&c, 0, sizeof(c));
	cluster_add(&c, &a);
	cluster_add(&c, &b);
	CHECK_EQ(cluster_take(&c, CLUSTER_MAX, run), 1);
	CHECK_EQ(cluster_take(&c, CLUSTER_MAX, run), 1);
}

TEST(who_is_to_be_alone_is)
{
	memset(&c, 0, sizeof(c));
	add_all("ABCDE");
	c.want[2].alone = true;
	CHECK(strcmp(draw(CLUSTER_MAX), "AB C DE") == 0);
}

TEST(a_full_queue_is_taken_to_its_end)
{
	unsigned n = 0, runs = 0;

	memset(&c, 0, sizeof(c));
	for (unsigned i = 0; i < CLUSTER_QUEUE; i++)
		cluster_add(&c, &(struct want){.sector = (i * 37 % 64) * 8});
	while (c.count) {
		n += cluster_take(&c, CLUSTER_MAX, run);
		runs++;
	}
	CHECK_EQ(n, CLUSTER_QUEUE);
	CHECK_EQ(runs, CLUSTER_QUEUE / CLUSTER_MAX);
}
