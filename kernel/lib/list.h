/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * list.h - a doubly linked ring with a head, links kept inside the elements.
 * An element that is on no list has both links NULL.
 */
#ifndef LIB_LIST_H
#define LIB_LIST_H
#include "lib/assert.h"
#include "lib/bits.h"

struct list {
	struct list *next, *prev;
};

static inline void list_init(struct list *head)
{
	head->next = head->prev = head;
}

static inline bool list_empty(const struct list *head)
{
	return head->next == head;
}

static inline bool list_linked(const struct list *e)
{
	return e->next != NULL;
}

static inline void list_insert(struct list *e, struct list *prev,
			       struct list *next)
{
	assert(!list_linked(e));
	e->prev = prev;
	e->next = next;
	prev->next = e;
	next->prev = e;
}

static inline void list_push_front(struct list *head, struct list *e)
{
	list_insert(e, head, head->next);
}

static inline void list_push_back(struct list *head, struct list *e)
{
	list_insert(e, head->prev, head);
}

static inline void list_remove(struct list *e)
{
	assert(e->next->prev == e && e->prev->next == e);
	e->next->prev = e->prev;
	e->prev->next = e->next;
	e->next = e->prev = NULL;
}

/* First element, taken off; NULL if there is none. */
static inline struct list *list_pop_front(struct list *head)
{
	struct list *e = head->next;

	if (e == head)
		return NULL;
	list_remove(e);
	return e;
}

#define list_for_each(e, head) \
	for (struct list *e = (head)->next; e != (head); e = e->next)

#endif
