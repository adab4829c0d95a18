/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * around_test.c - what is shown together with a page: mm/around.h. A letter of a
 * picture is a page: . nothing, r shown, a the same with A, w shown with W.
 */
#include "mm/around.h"
#include "mm/frame.h"
#include "mm/private.h"
#include "tests/unit/mm/paging.h"
#include "tests/unit/quiet.h"

static bool by_hand; /* as the machine is */

static void open_pages(uint64_t pages)
{
	by_hand = around_by_hand;
	around_by_hand = false;
	paging_open(pages, 8, 0);
}

static void close_pages(void)
{
	around_by_hand = by_hand;
	paging_close();
}

static char letter(pte_t p)
{
	if (!pte_valid(p))
		return '.';
	if (pte_prot(p) & MMU_W)
		return 'w';
	return pte_accessed(p) ? 'a' : 'r';
}

/* As many pages as the picture has, from `va` on. */
static void check_picture(struct space *s, va_t va, const char *picture)
{
	char seen[64];
	unsigned i;

	for (i = 0; picture[i]; i++)
		seen[i] = letter(paging_leaf(s, va + i * PAGE_SIZE));
	seen[i] = 0;
	CHECK_STR(seen, picture);
}

/* ---- a run ----------------------------------------------------------------- */

static struct space *s;
static struct object *file;
static struct frame *folio;

/* 64 pages that exist, of which the object has `pages`. */
static void open_run(uint64_t pages)
{
	by_hand = around_by_hand;
	around_by_hand = false;
	s = space_create();
	folio = frame_alloc(6, FRAME_SLAB, FRAME_ZERO);
	file = object_physical("file", frame_pa(folio), pages * PAGE_SIZE);
}

static void map_run(uint64_t page, uint64_t pages, unsigned prot,
		    uint64_t first)
{
	va_t va = page_va(page);

	CHECK_EQ(space_map(s, &va, pages * PAGE_SIZE, prot, MAP_FIXED, file,
			   first * PAGE_SIZE),
		 0);
}

static void close_run(void)
{
	around_by_hand = by_hand;
	quiet_check();
	space_put(s);
	object_put(file);
	frame_put(folio);
}

TEST(a_read_of_a_run_shows_its_window)
{
	open_run(64);
	map_run(0, 64, PROT_R, 0);
	CHECK_EQ(fault_resolve(s, page_va(20) + 5, PROT_R), 0);
	check_picture(s, page_va(0),
		      "................rrrrarrrrrrrrrrr........");
	for (unsigned i = 16; i < 32; i++)
		CHECK_EQ(pte_pa(paging_leaf(s, page_va(i))),
			 frame_pa(folio) + i * PAGE_SIZE);
	CHECK_EQ(s->counts.faults, 1);
	CHECK_EQ(s->counts.shown, 1);
	close_run();
}

TEST(a_window_ends_with_region_and_object)
{
	open_run(8);
	map_run(2, 4, PROT_R, 1);  /* region  ..bcde........... */
	map_run(18, 9, PROT_R, 4); /* object's end  ..efgh----- */
	CHECK_EQ(fault_resolve(s, page_va(3), PROT_R), 0);
	check_picture(s, page_va(0), "..rarr..........................");
	CHECK_EQ(pte_pa(paging_leaf(s, page_va(5))),
		 frame_pa(folio) + 4 * PAGE_SIZE);
	CHECK_EQ(fault_resolve(s, page_va(21), PROT_R), 0);
	check_picture(s, page_va(0), "..rarr............rrra..........");
	CHECK_EQ(fault_resolve(s, page_va(22), PROT_R), -E_FAULT);
	close_run();
}

TEST(entries_that_are_not_empty_are_left_alone)
{
	pte_t own;

	open_run(16);
	map_run(0, 16, RW, 0);
	CHECK_EQ(fault_resolve(s, page_va(3), PROT_W), 0);
	check_picture(s, page_va(0), "...w............"); /* no write does */
	own = paging_leaf(s, page_va(3));
	CHECK_EQ(fault_resolve(s, page_va(4), PROT_R), 0);
	check_picture(s, page_va(0), "rrrwarrrrrrrrrrr");
	CHECK_EQ(paging_leaf(s, page_va(3)), own);
	CHECK_EQ(fault_resolve(s, page_va(5), PROT_W), 0); /* a copy, as ever */
	CHECK(private_frame(paging_leaf(s, page_va(5))) != NULL);
	CHECK_EQ(s->counts.copied, 2);
	close_run();
}

TEST(where_the_machine_does_not_set_a_it_is_set)
{
	open_run(16);
	map_run(0, 16, PROT_R | PROT_X, 0);
	around_met_old();
	CHECK_EQ(fault_resolve(s, page_va(3), PROT_X), 0);
	check_picture(s, page_va(0), "aaaaaaaaaaaaaaaa");
	close_run();
}

/* ---- pages of a pager --------------------------------------------------------- */

TEST(only_pages_that_are_here_are_shown)
{
	struct pager_request q;

	open_pages(20);
	paging_bring(2, '2');
	paging_bring(5, '5');
	paging_bring(17, 'n');
	paging_bring(7, '7');
	CHECK_EQ(touch(0, 9, PROT_R), -E_WAIT); /* on its way */
	q = paging_next();
	CHECK_EQ(touch(1, 5, PROT_R), 0);
	check_picture(paging.client[1], VA, "..r..a.r............");
	CHECK(paging_idle());
	CHECK_EQ(*paging_bytes(paging.client[1], page_va(7)), '7');
	CHECK_EQ(paging_supply(&q, RW), 0);
	check_picture(paging.client[1], VA, "..r..a.r............");
	CHECK_EQ(touch(1, 9, PROT_R), 0);
	check_picture(paging.client[1], VA, "..r..a.r.a..........");
	close_pages();
}

TEST(what_goes_is_not_shown)
{
	struct pager_request q;

	open_pages(8);
	paging_bring(1, '1');
	paging_bring(2, '2');
	CHECK_EQ(touch(0, 2, PROT_W), 0);
	CHECK_EQ(paging_revoke(2, 1, PROT_NONE), 1);
	q = paging_next();
	CHECK_EQ(q.kind, PAGER_WRITEBACK);
	CHECK_EQ(touch(1, 1, PROT_R), 0);
	check_picture(paging.client[1], VA, ".a......");
	CHECK_EQ(paging_done(&q), 0);
	close_pages();
}

TEST(a_shared_page_has_w_only_if_it_is_dirty)
{
	open_pages(8);
	for (unsigned i = 1; i < 8; i += 2)
		paging_bring(i, 'p');
	CHECK_EQ(touch(0, 3, PROT_W), 0);
	CHECK_EQ(touch(1, 5, PROT_R), 0);
	check_picture(paging.client[1], VA, ".r.w.a.r");
	CHECK_EQ(touch(1, 7, PROT_W), 0); /* the first write is seen */
	CHECK_EQ(paging.object->dirty, 2);
	CHECK_EQ(paging.client[1]->counts.faults, 2);
	close_pages();
}

TEST(a_write_shows_nothing_around)
{
	open_pages(8);
	paging_bring(1, '1');
	paging_bring(2, '2');
	CHECK_EQ(touch(1, 1, PROT_W), 0);
	check_picture(paging.client[1], VA, ".w......");
	close_pages();
}

TEST(pages_around_lose_w_and_go_like_any)
{
	uint64_t at = 0;
	struct pager_request q;

	open_pages(8);
	paging_bring(1, '1');
	paging_bring(2, '2');
	CHECK_EQ(touch(0, 2, PROT_W), 0);
	CHECK_EQ(touch(1, 1, PROT_R), 0);
	check_picture(paging.client[1], VA, ".aw.....");
	CHECK_EQ(paging_sync(8, &at), -E_WAIT);
	check_picture(paging.client[1], VA, ".ar.....");
	q = paging_next();
	CHECK_EQ(paging_done(&q), 0);
	CHECK_EQ(paging_revoke(1, 2, PROT_NONE), 0);
	check_picture(paging.client[1], VA, "........");
	close_pages();
}

TEST(code_is_shown_with_x)
{
	va_t va = page_va(100);

	open_pages(8);
	paging_bring(1, '1');
	paging_bring(2, '2');
	CHECK_EQ(space_map_object(paging.client[0], &va, 8 * PAGE_SIZE,
				  PROT_R | PROT_X, PROT_ALL, MAP_FIXED,
				  paging.object, 0),
		 0);
	CHECK_EQ(fault_resolve(paging.client[0], page_va(101), PROT_X), 0);
	check_picture(paging.client[0], page_va(100), ".ar.....");
	CHECK_EQ(paging_prot(paging.client[0], page_va(102)), MMU_R | MMU_X);
	close_pages();
}
