/* SPDX-License-Identifier: BSD-2-Clause */
/* radix.c - words by index: see radix.h. */
#include "mm/radix.h"
#include "lib/assert.h"
#include "lib/bits.h"
#include "mm/frame.h"
#include <string.h>

#define NODE_WORDS (1ul << RADIX_BITS)
_Static_assert(NODE_WORDS * sizeof(uint64_t) == PAGE_SIZE, "a node is a frame");

void radix_init(struct radix *r, uint64_t size)
{
	assert(size <= RADIX_MAX);
	*r = (struct radix){.size = size};
	if (size <= RADIX_INLINE)
		return;
	for (uint64_t n = size - 1; n; n >>= RADIX_BITS)
		r->height++;
}

/* Indexes that one word of a node stands for; leaves are of level 0. */
static inline uint64_t span(unsigned level)
{
	return 1ul << RADIX_BITS * level;
}

static inline uint64_t *child(uint64_t word)
{
	return (uint64_t *)word;
}

uint64_t *radix_find_deep(struct radix *r, uint64_t index)
{
	uint64_t *node = r->root;
	unsigned shift = RADIX_BITS * r->height;

	if (index >= r->size)
		return NULL;
	if (!shift)
		return &r->word[index];
	while (node && (shift -= RADIX_BITS) > 0)
		node = child(node[index >> shift & (NODE_WORDS - 1)]);
	return node ? &node[index & (NODE_WORDS - 1)] : NULL;
}

static uint64_t *make_node(struct radix *r)
{
	struct frame *f = frame_alloc(0, FRAME_SLAB, FRAME_ZERO);

	if (!f)
		return NULL;
	r->nodes++;
	return frame_va(f);
}

COLD uint64_t *radix_make(struct radix *r, uint64_t index)
{
	uint64_t *place = radix_find(r, index), *node;

	if (place || index >= r->size)
		return place;
	if (!r->root && !(r->root = make_node(r)))
		return NULL;
	node = r->root;
	for (unsigned level = r->height - 1; level > 0; level--) {
		place = &node[index / span(level) % NODE_WORDS];
		if (!*place && !(*place = (uint64_t)make_node(r)))
			return NULL;
		node = child(*place);
	}
	return &node[index % NODE_WORDS];
}

/* What there is moves one level down, below word 0 of a new root. */
static COLD bool deepen(struct radix *r)
{
	uint64_t words = 0, *node = NULL;

	for (unsigned i = 0; i < (r->height ? 1 : RADIX_INLINE); i++)
		words |= r->word[i];
	if (words && !(node = make_node(r)))
		return false;
	if (r->height && node)
		node[0] = r->word[0];
	else if (node)
		memcpy(node, r->word, sizeof(r->word));
	r->root = node;
	r->height++;
	return true;
}

COLD bool radix_grow(struct radix *r, uint64_t size)
{
	struct radix as;

	radix_init(&as, size);
	while (r->height < as.height)
		if (!deepen(r))
			return false;
	if (r->size < size)
		r->size = size;
	return true;
}

static uint64_t *next_inline(struct radix *r, uint64_t *index, uint64_t end)
{
	for (; *index < end; ++*index)
		if (r->word[*index])
			return &r->word[*index];
	return NULL;
}

/* Down to the leaf that holds *index, or behind the hole that it lies in. */
static uint64_t *leaf_of(struct radix *r, uint64_t *index)
{
	uint64_t *node = r->root;

	for (unsigned level = r->height - 1; level > 0; level--) {
		node = child(node[*index / span(level) % NODE_WORDS]);
		if (!node) {
			*index = round_down(*index, span(level)) + span(level);
			return NULL;
		}
	}
	return node;
}

uint64_t *radix_next(struct radix *r, uint64_t *index, uint64_t end)
{
	if (end > r->size)
		end = r->size;
	if (!r->height)
		return next_inline(r, index, end);
	while (r->root && *index < end) {
		uint64_t *leaf = leaf_of(r, index);
		uint64_t stop = round_down(*index, NODE_WORDS) + NODE_WORDS;

		for (; leaf && *index < end && *index < stop; ++*index)
			if (leaf[*index % NODE_WORDS])
				return &leaf[*index % NODE_WORDS];
	}
	return NULL;
}

/* What the word leads to, with all below, as far as *left lasts. */
static COLD void free_node(uint64_t *word, unsigned level, unsigned *left)
{
	uint64_t *node = child(*word);

	for (unsigned i = 0; level > 0 && i < NODE_WORDS && *left; i++)
		if (node[i])
			free_node(&node[i], level - 1, left);
	if (!*left)
		return;
	--*left;
	*word = 0;
	frame_put(frame_of(va_to_pa(node)));
}

COLD bool radix_clear(struct radix *r, unsigned max)
{
	uint64_t root = (uint64_t)r->root;

	if (r->height && root)
		free_node(&root, r->height - 1, &max);
	r->root = child(root);
	if (r->height && root)
		return false;
	radix_init(r, r->size);
	return true;
}
