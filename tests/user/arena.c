/* SPDX-License-Identifier: BSD-2-Clause */
/* arena.c - see arena.h. */
#include "arena.h"
#include "stress.h"

#define WORDS	    (PAGE / 8)
#define OBJECT_HOLE 16u
#define TRIES	    100000u

enum {
	MAPPED = 1,
	READ = 2,
	WRITE = 4,
	LAZY = 8, /* it may have become zeros */
	NO_FORK = 16,
	WIPE = 32,
};

/* What has to succeed once there is memory. */
#define SURELY(call)                                \
	do {                                        \
		unsigned n_ = 0;                    \
		long e_;                            \
                                                    \
		while ((e_ = (call)) == -E_NOMEM) { \
			CHECK(++n_ < TRIES);        \
			thread_yield();             \
		}                                   \
		CHECK_EQ(e_, 0);                    \
	} while (0)

struct range {
	uint64_t first, pages;
};

/* ---- one page -------------------------------------------------------------- */

static volatile uint64_t *private_page(const struct arena *a, uint64_t i)
{
	return (volatile uint64_t *)(ARENA_AT(a->number) + i * PAGE);
}

static volatile uint64_t *object_page(const struct arena *a, uint64_t i)
{
	return private_page(a, ARENA_PAGES + OBJECT_HOLE + i);
}

static volatile uint64_t *file_page(const struct arena *a, uint64_t i)
{
	return (volatile uint64_t *)(ARENA_FILE_AT +
				     (a->number * ARENA_FILE + i) * PAGE);
}

/* What the page holds after so many writes. */
static uint64_t content(const volatile uint64_t *page, uint32_t written)
{
	return written ? (uint64_t)page << 24 | written : 0;
}

static void fill(struct arena *a, volatile uint64_t *page, uint32_t *written)
{
	uint64_t v;

	*written = ++a->writes;
	CHECK(*written < 1u << 24);
	v = content(page, *written);
	for (unsigned i = 0; i < WORDS; i++)
		page[i] = v;
}

__attribute__((noreturn)) static void wrong(const volatile uint64_t *page,
					    unsigned word, uint64_t expected)
{
	uint64_t is[2] = {0,
			  page[word]}; /* another look: is it so in memory? */

	space_pages(SELF, (const void *)page, is, 1, 0);
	printf("# %p word %u: 0x%lx, expected 0x%lx; pages say 0x%lx\n",
	       (const void *)page, word, is[1], expected, is[0]);
	exit(1);
}

/* All words, or some. */
static void look(struct arena *a, const volatile uint64_t *page,
		 uint32_t written)
{
	unsigned step = random_once_in(&a->random, 8) ? 1 : WORDS / 2 - 1;
	uint64_t v = content(page, written);

	for (unsigned i = 0; i < WORDS; i += step) {
		uint64_t is = page[i];

		if (is != v) {
			printf("# it was 0x%lx\n", is);
			wrong(page, i, v);
		}
	}
}

/* It may become zeros between any two looks, but not anything else. */
static void look_at_lazy(struct arena *a, const volatile uint64_t *page,
			 struct arena_page *p)
{
	unsigned word = (unsigned)random_below(&a->random, WORDS);
	uint64_t v = page[word];

	if (!v)
		*p = (struct arena_page){0, p->is & ~(uint32_t)LAZY};
	else if (v != content(page, p->written))
		wrong(page, word, content(page, p->written));
}

static void look_at_private(struct arena *a, uint64_t i)
{
	struct arena_page *p = &a->page[i];

	if (p->is & READ && p->is & LAZY)
		look_at_lazy(a, private_page(a, i), p);
	if (p->is & READ && !(p->is & LAZY))
		look(a, private_page(a, i), p->written);
}

/* ---- ranges ----------------------------------------------------------------- */

static struct range some(struct arena *a)
{
	uint64_t most = random_once_in(&a->random, 8) ? ARENA_PAGES : 40;
	struct range r = {random_below(&a->random, ARENA_PAGES),
			  random_below(&a->random, most) + 1};

	if (r.pages > ARENA_PAGES - r.first)
		r.pages = ARENA_PAGES - r.first;
	return r;
}

static const void *start(const struct arena *a, struct range r)
{
	return (const void *)private_page(a, r.first);
}

static bool all_are(const struct arena *a, struct range r, uint32_t what)
{
	for (uint64_t i = 0; i < r.pages; i++)
		if ((a->page[r.first + i].is & what) != what)
			return false;
	return true;
}

static bool none_is(const struct arena *a, struct range r, uint32_t what)
{
	for (uint64_t i = 0; i < r.pages; i++)
		if (a->page[r.first + i].is & what)
			return false;
	return true;
}

static void change(struct arena *a, struct range r, uint32_t clear,
		   uint32_t set)
{
	for (uint64_t i = 0; i < r.pages; i++) {
		struct arena_page *p = &a->page[r.first + i];

		p->is = (p->is & ~clear) | set;
	}
}

static void are_zero(struct arena *a, struct range r)
{
	for (uint64_t i = 0; i < r.pages; i++)
		a->page[r.first + i].written = 0;
	change(a, r, LAZY, 0);
}

/* ---- what is done to them ----------------------------------------------------- */

static void map(struct arena *a, struct range r)
{
	bool is_free = none_is(a, r, MAPPED);
	long at = space_map(SELF, start(a, r), r.pages * PAGE, RW, MAP_FIXED,
			    NULL);

	if (at == -E_NOMEM) {
		a->refused++;
		return;
	}
	CHECK_EQ(at, is_free ? (long)start(a, r) : -E_EXIST);
	if (!is_free)
		return;
	are_zero(a, r);
	change(a, r, ~0u, MAPPED | READ | WRITE);
}

static void unmap(struct arena *a, struct range r)
{
	SURELY(space_unmap(SELF, start(a, r), r.pages * PAGE));
	are_zero(a, r);
	change(a, r, ~0u, 0);
}

static void map_anew(struct arena *a, struct range r)
{
	unmap(a, r);
	map(a, r);
}

static void protect(struct arena *a, struct range r)
{
	static const unsigned prots[] = {PROT_NONE, PROT_R, RW, RW};
	unsigned prot = prots[random_below(&a->random, 4)];

	if (!all_are(a, r, MAPPED))
		return;
	SURELY(space_protect(SELF, start(a, r), r.pages * PAGE, prot));
	change(a, r, READ | WRITE,
	       (prot & PROT_R ? READ : 0u) | (prot & PROT_W ? WRITE : 0u));
}

static void write_all(struct arena *a, struct range r)
{
	for (uint64_t i = r.first; i < r.first + r.pages; i++) {
		struct arena_page *p = &a->page[i];

		if (!(p->is & WRITE))
			continue;
		if (random_once_in(&a->random, 2))
			look_at_private(a, i);
		fill(a, private_page(a, i), &p->written);
		p->is &= ~(uint32_t)LAZY;
	}
}

static void look_at_all(struct arena *a, struct range r)
{
	for (uint64_t i = r.first; i < r.first + r.pages; i++)
		look_at_private(a, i);
}

/* What the kernel says is there must be mapped. */
static void list_pages(struct arena *a, struct range r)
{
	uint64_t word[PAGES_MAX];
	unsigned flags = random_once_in(&a->random, 2) ? PAGES_CLEAN : 0;
	long n = space_pages(SELF, start(a, r), word, PAGES_MAX, flags);

	if (n == -E_NOMEM)
		return;
	CHECK(n > 0);
	for (uint64_t i = 0; i < (uint64_t)n && i < r.pages; i++) {
		uint32_t is = a->page[r.first + i].is;

		CHECK_EQ(!!(word[i] & PAGE_IS_MAPPED), !!(is & MAPPED));
		if (!(is & WRITE))
			CHECK(!(word[i] & PAGE_IS_WRITABLE));
	}
}

/* ---- advice --------------------------------------------------------------------- */

static long advise(struct arena *a, struct range r, unsigned advice)
{
	return space_advise(SELF, start(a, r), r.pages * PAGE, advice);
}

static void bring(struct arena *a, struct range r, unsigned advice)
{
	long err;

	if (!all_are(a, r, READ))
		return;
	err = advise(a, r, advice);
	CHECK(!err || err == -E_NOMEM);
	a->refused += err != 0;
	if (advice != ADVISE_PIN)
		return;
	look_at_all(a, r);
	SURELY(advise(a, r, ADVISE_UNPIN));
}

static void give_advice(struct arena *a, struct range r)
{
	unsigned advice = (unsigned)random_below(&a->random, ADVISE_END);

	if (!all_are(a, r, MAPPED))
		return;
	if (advice == ADVISE_PIN || advice == ADVISE_POPULATE ||
	    advice == ADVISE_WILL_NEED) {
		bring(a, r, advice);
		return;
	}
	SURELY(advise(a, r, advice));
	if (advice == ADVISE_NO_FORK || advice == ADVISE_FORK)
		change(a, r, NO_FORK, advice == ADVISE_NO_FORK ? NO_FORK : 0);
	if (advice == ADVISE_WIPE_ON_FORK || advice == ADVISE_KEEP_ON_FORK)
		change(a, r, WIPE, advice == ADVISE_WIPE_ON_FORK ? WIPE : 0);
	if (advice == ADVISE_FREE)
		change(a, r, 0, LAZY);
	if (advice == ADVISE_DONT_NEED)
		are_zero(a, r);
}

/* ---- an object -------------------------------------------------------------------- */

static void look_at_object(struct arena *a)
{
	for (uint64_t i = 0; i < a->visible; i++)
		look(a, object_page(a, i), a->in_object[i]);
}

/* Past its end a call of the kernel's meets -E_FAULT. */
static void look_past_end(const struct arena *a)
{
	if (a->visible < ARENA_OBJECT)
		CHECK_EQ(space_pages(SELF, start(a, (struct range){0, 1}),
				     (uint64_t *)(uintptr_t)object_page(
					     a, a->visible),
				     1, 0),
			 -E_FAULT);
}

static void use_object(struct arena *a, struct range r)
{
	uint32_t wanted = (uint32_t)random_below(&a->random, ARENA_OBJECT + 1);
	long err = object_resize(a->object, wanted * PAGE);

	(void)r;
	CHECK(!err || err == -E_NOMEM);
	if (!err) {
		for (uint64_t i = wanted; i < a->visible; i++)
			a->in_object[i] = 0;
		a->visible = wanted;
	}
	look_at_object(a);
	look_past_end(a);
	for (uint64_t i = 0; i < a->visible; i += 3)
		fill(a, object_page(a, i), &a->in_object[i]);
}

/* ---- a file ------------------------------------------------------------------------- */

static void use_file(struct arena *a, struct range r)
{
	uint64_t first = a->number * ARENA_FILE;

	(void)r;
	for (uint64_t i = 0; i < ARENA_FILE; i++)
		look(a, file_page(a, i), a->in_file[i]);
	for (uint64_t i = 0; i < ARENA_FILE; i++)
		if (random_once_in(&a->random, 3))
			fill(a, file_page(a, i), &a->in_file[i]);
	if (!random_once_in(&a->random, 4))
		return;
	CHECK_EQ(object_sync(a->file, first * PAGE, ARENA_FILE * PAGE), 0);
	for (uint64_t i = 0; i < ARENA_FILE; i++)
		CHECK_EQ(load(&a->store[first + i]),
			 content(file_page(a, i), a->in_file[i]));
}

/* ---- clones ---------------------------------------------------------------------------- */

static const struct range whole = {0, ARENA_PAGES};

static void be_cloned(struct arena *a, uint64_t argument)
{
	long err = fork_off(&a->child, argument);

	if (err == -E_NOMEM) {
		a->refused++;
		return;
	}
	CHECK_EQ(err, 0);
	a->clones++;
	if (random_once_in(&a->random, 2))
		write_all(a, some(a));
	if (random_once_in(&a->random, 8))
		task_end(a->child.task, 0);
	CHECK_EQ(fork_wait(&a->child), 0);
	look_at_all(a, some(a));
}

/* What clones do not get is as the model says from now on. */
static void leave_behind(struct arena *a)
{
	for (uint64_t i = 0; i < ARENA_PAGES; i++) {
		struct arena_page *p = &a->page[i];
		uint64_t word = 0;

		if (!(p->is & (NO_FORK | WIPE)))
			continue;
		if (p->is & NO_FORK) {
			space_pages(SELF, (const void *)private_page(a, i),
				    &word, 1, 0);
			CHECK(!(word & PAGE_IS_MAPPED));
			p->is = 0;
		}
		*p = (struct arena_page){0, p->is & ~(uint32_t)LAZY};
	}
}

void arena_in_clone(struct arena *a)
{
	leave_behind(a);
	look_at_all(a, whole);
	look_at_object(a);
	for (unsigned n = 0; n < 4; n++)
		write_all(a, some(a));
	unmap(a, some(a));
	map(a, some(a));
	write_all(a, some(a));
	look_at_all(a, whole);
}

/* ---- all of it ------------------------------------------------------------------------------ */

void arena_open(struct arena *a)
{
	long o = object_create(SELF, ARENA_OBJECT * PAGE, 0);

	CHECK(o > 0);
	a->object = (uint64_t)o;
	a->visible = ARENA_OBJECT;
	CHECK(space_map_object(SELF, (const void *)object_page(a, 0),
			       ARENA_OBJECT * PAGE, RW | MAP_SHARED | MAP_FIXED,
			       a->object, 0) > 0);
	a->child.over = (uint64_t)notification_create();
	CHECK((long)a->child.over > 0);
	map(a, whole);
}

void arena_do_something(struct arena *a, uint64_t argument)
{
	static void (*const jobs[])(struct arena *, struct range) = {
		write_all,   write_all,	 write_all,   look_at_all, look_at_all,
		look_at_all, map,	 map_anew,    unmap,	   protect,
		protect,     list_pages, give_advice, give_advice, give_advice,
		use_object,  use_file,
	};
	uint64_t job =
		random_below(&a->random, sizeof(jobs) / sizeof(*jobs) + 1);

	if (job == sizeof(jobs) / sizeof(*jobs))
		be_cloned(a, argument);
	else
		jobs[job](a, some(a));
}

void arena_close(struct arena *a)
{
	look_at_all(a, whole);
	unmap(a, whole);
	CHECK_EQ(space_unmap(SELF, (const void *)object_page(a, 0),
			     ARENA_OBJECT * PAGE),
		 0);
	CHECK_EQ(handle_close(a->object), 0);
	CHECK_EQ(handle_close(a->child.over), 0);
}
