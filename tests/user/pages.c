/* SPDX-License-Identifier: BSD-2-Clause */
/* pages.c - what a program is told of its pages, and of another's. */
#include "check.h"
#include "forked.h"
#include "regions.h"

#define PAGES 40ul

static volatile char *memory;
static uint64_t word[PAGES_MAX];

/* What is told of page `i`. */
static uint64_t told(uint64_t i)
{
	uint64_t w;

	CHECK_EQ(space_pages(SELF, (const void *)(memory + i * PAGE), &w, 1, 0),
		 1);
	return w;
}

#define STATE(w)  ((w) & ((1ul << PAGE_REFS_SHIFT) - 1) & ~PAGE_IS_ACCESSED)
#define UNTOUCHED PAGE_IS_MAPPED
#define READ	  (PAGE_IS_MAPPED | PAGE_IS_PRESENT | PAGE_IS_ZERO)
#define OWN	  (PAGE_IS_MAPPED | PAGE_IS_PRESENT | PAGE_IS_PRIVATE)
#define WRITTEN	  (OWN | PAGE_IS_DIRTY | PAGE_IS_WRITABLE)

static void map(void)
{
	long r = space_map(SELF, (const void *)0x2000000000, PAGES * PAGE, RW,
			   MAP_FIXED, NULL);

	CHECK(r > 0);
	memory = (volatile char *)r;
}

static void unmap(void)
{
	CHECK_EQ(space_unmap(SELF, (const void *)memory, PAGES * PAGE), 0);
}

static void touching_is_told(void)
{
	map();
	CHECK_EQ(told(0), UNTOUCHED);
	CHECK_EQ(memory[0], 0);
	CHECK_EQ(told(0), READ | PAGE_IS_ACCESSED);
	memory[0] = 1;
	CHECK_EQ(told(0),
		 (WRITTEN | PAGE_IS_ACCESSED | 1ul << PAGE_REFS_SHIFT));
	CHECK_EQ(PAGE_REFS(told(0)), 1);
	CHECK_EQ(space_protect(SELF, (const void *)memory, PAGE, PROT_NONE), 0);
	CHECK_EQ(STATE(told(0)), OWN | PAGE_IS_DIRTY);
	unmap();
	CHECK_EQ(told(0), 0);
}

/* A table's end is as far as one call goes. */
static void a_call_tells_up_to_the_table_s_end(void)
{
	const char *end = (const char *)0x2000200000;
	long r = space_map(SELF, end - 2 * PAGE, 4 * PAGE, RW, MAP_FIXED, NULL);

	CHECK(r > 0);
	memory = (volatile char *)r;
	memory[PAGE] = 1;
	memory[2 * PAGE] = 1;
	memset(word, 0xff, sizeof(word));
	CHECK_EQ(space_pages(SELF, end - 4 * PAGE, word, 128, 0), 4);
	CHECK_EQ(word[0], 0);
	CHECK_EQ(word[1], 0);
	CHECK_EQ(word[2], UNTOUCHED);
	CHECK_EQ(STATE(word[3]), WRITTEN);
	CHECK_EQ(word[4], ~0ul);
	CHECK_EQ(space_pages(SELF, end, word, 3, 0), 3);
	CHECK_EQ(STATE(word[0]), WRITTEN);
	CHECK_EQ(word[1], UNTOUCHED);
	CHECK_EQ(word[2], 0);
	CHECK_EQ(space_pages(SELF, end, word, ~0ul, 0), PAGES_MAX);
	CHECK_EQ(space_unmap(SELF, (const void *)memory, 4 * PAGE), 0);
}

/* ---- what has been written since ---------------------------------------- */

static long ask(unsigned flags)
{
	return space_pages(SELF, (const void *)memory, word, PAGES, flags);
}

/* Pages that are told as dirty, as bits. */
static uint64_t dirty(unsigned flags)
{
	uint64_t bits = 0;

	CHECK_EQ(ask(flags), PAGES);
	for (uint64_t i = 0; i < PAGES; i++)
		bits |= (uint64_t)((word[i] & PAGE_IS_DIRTY) != 0) << i;
	return bits;
}

static void what_is_written_since_is_told_once(void)
{
	uint64_t before;

	map();
	for (uint64_t i = 0; i < 20; i++)
		memory[i * PAGE] = (char)(i + 1);
	CHECK_EQ(memory[30 * PAGE], 0);
	CHECK_EQ(dirty(0), 0xfffff);
	CHECK_EQ(dirty(PAGES_CLEAN), 0xfffff);
	CHECK_EQ(dirty(PAGES_CLEAN), 0);
	memory[3 * PAGE] = 1;
	memory[25 * PAGE] = 1;
	CHECK_EQ(memory[4 * PAGE], 5); /* reads are not writes */
	CHECK_EQ(dirty(0), 1ul << 3 | 1ul << 25);
	CHECK_EQ(dirty(PAGES_CLEAN), 1ul << 3 | 1ul << 25);
	before = counts().zeroed;
	for (uint64_t i = 0; i < 20; i++)
		memory[i * PAGE + 1] = 1; /* still there, and its own */
	CHECK_EQ(counts().zeroed, before);
	CHECK_EQ(dirty(PAGES_CLEAN), 0xfffff);
	for (uint64_t i = 4; i < 20; i++)
		CHECK_EQ(memory[i * PAGE], i + 1);
	unmap();
}

/* What cannot be told is not taken for told. */
static void an_error_cleans_nothing(void)
{
	map();
	memory[5 * PAGE] = 1;
	CHECK_EQ(space_pages(SELF, (const void *)memory, (void *)8, PAGES,
			     PAGES_CLEAN),
		 -E_FAULT);
	CHECK_EQ(dirty(PAGES_CLEAN), 1ul << 5);
	CHECK_EQ(dirty(PAGES_CLEAN), 0);
	unmap();
}

/* ---- clones and objects -------------------------------------------------- */

/* Stays until it is told to go on; then writes, and says what it is told. */
int forked_child(uint64_t argument)
{
	(void)argument;
	for (uint64_t i = 0; i < PAGES; i++)
		if (!(told(i) & PAGE_IS_SHARED) || told(i) & PAGE_IS_WRITABLE)
			return 1;
	memory[1 * PAGE] = 2;
	if (told(1) & PAGE_IS_SHARED || PAGE_REFS(told(1)) != 1)
		return 2;
	return PAGE_REFS(told(2)) == 2 ? 0 : 3; /* its table was copied */
}

static void a_clone_s_pages_are_shared(void)
{
	static struct forked child;
	uint64_t space;

	map();
	for (uint64_t i = 0; i < PAGES; i++)
		memory[i * PAGE] = 1;
	child.over = (uint64_t)notification_create();
	CHECK_EQ(fork_off(&child, 0), 0);
	CHECK_EQ(fork_wait(&child), 0);
	space = (uint64_t)space_clone(SELF);
	CHECK_EQ(STATE(told(7)), OWN | PAGE_IS_DIRTY | PAGE_IS_SHARED);

	/* To clean is to have a table of one's own; the clone's stays dirty. */
	CHECK_EQ(dirty(PAGES_CLEAN), (1ul << PAGES) - 1);
	CHECK_EQ(dirty(PAGES_CLEAN), 0);
	CHECK_EQ(space_pages(space, (const void *)memory, word, PAGES, 0),
		 PAGES);
	CHECK(word[7] & PAGE_IS_DIRTY);
	memory[7 * PAGE] = 8;
	CHECK_EQ(dirty(PAGES_CLEAN), 1ul << 7);
	CHECK_EQ(STATE(word[7]), WRITTEN);
	CHECK_EQ(handle_close(space), 0);
	unmap();
}

static void an_object_s_pages_are_its_own(void)
{
	uint64_t o = (uint64_t)object_create(SELF, PAGES * PAGE, 0);

	memory = (volatile char *)space_map_object(SELF, NULL, PAGES * PAGE,
						   RW | MAP_SHARED, o, 0);
	memory[0] = 1;
	CHECK_EQ(STATE(told(0)), PAGE_IS_MAPPED | PAGE_IS_PRESENT |
					 PAGE_IS_OBJECT | PAGE_IS_SHARED |
					 PAGE_IS_WRITABLE);
	unmap();
	memory = (volatile char *)space_map_object(SELF, NULL, PAGES * PAGE, RW,
						   o, 0);
	CHECK_EQ(memory[0], 1);
	CHECK_EQ(STATE(told(0)),
		 PAGE_IS_MAPPED | PAGE_IS_PRESENT | PAGE_IS_OBJECT);
	memory[0] = 2;
	CHECK_EQ(STATE(told(0)), WRITTEN);
	unmap();
	CHECK_EQ(handle_close(o), 0);
}

/* ---- who may -------------------------------------------------------------- */

static void rights_and_arguments(void)
{
	uint64_t space = (uint64_t)space_create();
	uint64_t reader =
		(uint64_t)handle_duplicate(SELF, space, RIGHT_READ, 0);
	uint64_t writer =
		(uint64_t)handle_duplicate(SELF, space, RIGHT_WRITE, 0);
	const void *at = (const void *)0x1000;

	CHECK_EQ(space_pages(reader, at, word, 1, 0), 1);
	CHECK_EQ(word[0], 0);
	CHECK_EQ(space_pages(reader, at, word, 1, PAGES_CLEAN), -E_PERM);
	CHECK_EQ(space_pages(writer, at, word, 1, PAGES_CLEAN), -E_PERM);
	CHECK_EQ(space_pages(writer, at, word, 1, 0), -E_PERM);
	CHECK_EQ(space_pages(space, at, word, 1, PAGES_CLEAN), 1);
	CHECK_EQ(space_pages(space, at, word, 0, 0), 0);
	CHECK_EQ(space_pages(space, at, word, 1, 2), -E_INVAL);
	CHECK_EQ(space_pages(space, (const void *)0x1001, word, 1, 0),
		 -E_INVAL);
	CHECK_EQ(space_pages(space, (const void *)(1ul << 38), word, 1, 0),
		 -E_INVAL);
	CHECK_EQ(space_pages(99, at, word, 1, 0), -E_BADF);
	CHECK_EQ(space_pages(SELF, at, NULL, 1, 0), -E_FAULT);
	CHECK_EQ(handle_close(space), 0);
	CHECK_EQ(space_pages(space, at, word, 1, 0), -E_STALE);
	CHECK_EQ(handle_close(reader), 0);
	CHECK_EQ(handle_close(writer), 0);
}

int main(void)
{
	touching_is_told();
	a_call_tells_up_to_the_table_s_end();
	what_is_written_since_is_told_once();
	an_error_cleans_nothing();
	a_clone_s_pages_are_shared();
	an_object_s_pages_are_its_own();
	rights_and_arguments();
	return 0;
}
