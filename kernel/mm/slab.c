/* SPDX-License-Identifier: BSD-2-Clause */
/* slab.c - small kernel structures of one size: see slab.h. */
#include "mm/slab.h"
#include "lib/assert.h"
#include "mm/frame.h"
#include <string.h>

/* At the start of its frame; the structures follow. */
struct slab {
	struct list link; /* in partial or full; in neither if spare */
	struct slab_cache *cache;
	struct frame *frame;
	void **free;	/* given back, each holding the next; NULL ends */
	uint32_t used;	/* given out now */
	uint32_t fresh; /* this many were given out at least once */
};
_Static_assert(sizeof(struct slab) == SLAB_HEADER, "SLAB_EACH() counts on it");

static uint8_t *slab_at(struct slab *s, uint32_t i)
{
	return (uint8_t *)s + SLAB_HEADER + (size_t)i * s->cache->size;
}

/* `p` is one of this slab's structures, and one that was given out before. */
static bool slab_owns(struct slab *s, const void *p)
{
	size_t at = (size_t)((const uint8_t *)p - slab_at(s, 0));

	return at < (size_t)s->fresh * s->cache->size &&
	       at % s->cache->size == 0;
}

#ifdef QUIRE_TEST
static uint64_t slab_allowed = SLAB_NEVER;

void slab_fail_after(uint64_t n)
{
	slab_allowed = n;
}

struct slab_cache *slab_known;

/* The cache's lock is held, that of the list is a compare and swap. */
static void slab_note(struct slab_cache *c)
{
	if (c->known)
		return;
	c->known = true;
	c->next_known = __atomic_load_n(&slab_known, __ATOMIC_RELAXED);
	while (!__atomic_compare_exchange_n(&slab_known, &c->next_known, c,
					    false, __ATOMIC_RELEASE,
					    __ATOMIC_RELAXED))
		;
}

static bool slab_may_alloc(void)
{
	if (slab_allowed == 0)
		return false;
	if (slab_allowed != SLAB_NEVER)
		slab_allowed--;
	return true;
}
#else
static bool slab_may_alloc(void)
{
	return true;
}

static void slab_note(struct slab_cache *c)
{
	(void)c;
}
#endif

#ifdef QUIRE_DEBUG
static bool slab_is_free(struct slab *s, const void *p)
{
	for (void **f = s->free; f != NULL; f = *f) {
		if (f == p)
			return true;
	}
	return false;
}

static void slab_poison(struct slab *s, void **p)
{
	assert(!slab_is_free(s, p));
	memset(p + 1, SLAB_POISON, s->cache->size - sizeof(*p));
}

/* Nobody wrote to the free `p`: neither over its link nor behind that. */
static bool slab_untouched(struct slab *s, void **p)
{
	const uint8_t *byte = (const uint8_t *)p;

	for (uint32_t i = sizeof(*p); i < s->cache->size; i++) {
		if (byte[i] != SLAB_POISON)
			return false;
	}
	return *p == NULL || slab_owns(s, *p);
}
#else
static void slab_poison(struct slab *s, void **p)
{
	(void)s, (void)p;
}

static bool slab_untouched(struct slab *s, void **p)
{
	(void)s, (void)p;
	return true;
}
#endif

/* From the list that it is on to the front of another. */
static void slab_move(struct slab *s, struct list *to)
{
	list_remove(&s->link);
	list_push_front(to, &s->link);
}

/* A slab with something free, on the partial list; NULL if there is none. */
static struct slab *slab_open(struct slab_cache *c)
{
	struct slab *s = c->spare;
	struct frame *f;

	if (!list_empty(&c->partial))
		return container_of(c->partial.next, struct slab, link);
	if (s == NULL) {
		f = frame_alloc(0, FRAME_SLAB, 0);
		if (f == NULL)
			return NULL;
		s = frame_va(f);
		*s = (struct slab){.cache = c, .frame = f};
		c->slabs++;
		slab_note(c);
	}
	c->spare = NULL;
	list_push_front(&c->partial, &s->link);
	return s;
}

/* The last structure in `s` came back. */
static COLD void slab_close(struct slab_cache *c, struct slab *s)
{
	list_remove(&s->link);
	if (c->spare == NULL) {
		c->spare = s;
		return;
	}
	c->slabs--;
	frame_put(s->frame);
}

static void *slab_take(struct slab_cache *c, struct slab *s)
{
	void **p = s->free;

	if (p != NULL) {
		assert(slab_untouched(s, p));
		s->free = *p;
	} else {
		p = (void **)slab_at(s, s->fresh++);
	}
	c->used++;
	if (++s->used == c->each)
		slab_move(s, &c->full);
	return p;
}

void *slab_alloc_dirty(struct slab_cache *c)
{
	struct slab *s;
	void *p = NULL;

	if (!slab_may_alloc())
		return NULL;
	lock_take(&c->lock);
	s = slab_open(c);
	if (s != NULL)
		p = slab_take(c, s);
	lock_drop(&c->lock);
	return p;
}

/*
 * Word by word. Volatile, or a compiler makes it a call of memset(), and the C
 * library's goes byte by byte.
 */
void *slab_alloc(struct slab_cache *c)
{
	void *p = slab_alloc_dirty(c);
	volatile uint64_t *word = p;

	for (uint32_t left = p != NULL ? c->size : 0; left > 0; left -= 16) {
		*word++ = 0;
		*word++ = 0;
	}
	return p;
}

void slab_free(struct slab_cache *c, void *p)
{
	struct slab *s = (struct slab *)round_down((uintptr_t)p, PAGE_SIZE);

	if (p == NULL)
		return;
	lock_take(&c->lock);
	assert(s->cache == c && s->used > 0 && slab_owns(s, p));
	slab_poison(s, p);
	*(void **)p = s->free;
	s->free = p;
	c->used--;
	if (s->used-- == c->each)
		slab_move(s, &c->partial);
	if (s->used == 0)
		slab_close(c, s);
	lock_drop(&c->lock);
}

COLD void slab_trim(struct slab_cache *c)
{
	lock_take(&c->lock);
	if (c->spare != NULL) {
		frame_put(c->spare->frame);
		c->spare = NULL;
		c->slabs--;
	}
	lock_drop(&c->lock);
}

/* ---- checking -------------------------------------------------------- */

static const char *slab_check_one(struct slab_cache *c, struct slab *s)
{
	uint32_t n = 0;

	if (s->cache != c || frame_va(s->frame) != s)
		return "a slab names its cache and its frame";
	if (s->frame->state != FRAME_SLAB || s->frame->refs != 1)
		return "a slab's frame is a slab's alone";
	for (void **p = s->free; p != NULL; p = *p) {
		if (!slab_owns(s, p) || n++ == c->each)
			return "a free structure lies in its slab, once";
		if (!slab_untouched(s, p))
			return "nobody writes to a free structure";
	}
	if (s->used + n != s->fresh || s->fresh > c->each)
		return "a structure is used, free or never given";
	return NULL;
}

/* Walks one list, adding up. `lo`..`hi` structures are used in each slab. */
static const char *slab_check_list(struct slab_cache *c, struct list *head,
				   uint32_t lo, uint32_t hi, uint64_t sum[2])
{
	const char *broken;

	list_for_each (e, head) {
		struct slab *s = container_of(e, struct slab, link);

		broken = slab_check_one(c, s);
		if (broken != NULL)
			return broken;
		if (s->used < lo || s->used > hi)
			return "a slab is on the list that it belongs on";
		sum[0] += s->used;
		sum[1]++;
	}
	return NULL;
}

static const char *slab_check_locked(struct slab_cache *c)
{
	uint64_t sum[2] = {0, c->spare != NULL};
	const char *broken;

	broken = slab_check_list(c, &c->partial, 1, c->each - 1, sum);
	if (broken == NULL)
		broken = slab_check_list(c, &c->full, c->each, c->each, sum);
	if (broken == NULL && c->spare != NULL)
		broken = slab_check_one(c, c->spare);
	if (broken == NULL && c->spare != NULL && c->spare->used != 0)
		broken = "the spare slab is empty";
	if (broken == NULL && (sum[0] != c->used || sum[1] != c->slabs))
		broken = "the counters are the sums over the slabs";
	return broken;
}

const char *slab_check(struct slab_cache *c)
{
	const char *broken;

	lock_take(&c->lock);
	broken = slab_check_locked(c);
	lock_drop(&c->lock);
	return broken;
}
