/* SPDX-License-Identifier: BSD-2-Clause */
/* The ring, drawn: the elements of a list as letters, in order. */
#include "lib/list.h"
#include "tests/test.h"

struct letter {
	char c;
	struct list link;
};

#define LETTER(name, c) struct letter name = {c, {NULL, NULL}}

/* Also checks that the links backwards are those forwards, reversed. */
static const char *draw(const struct list *head)
{
	static char s[16];
	unsigned n = 0;

	list_for_each (e, head) {
		CHECK(n < sizeof(s) - 1);
		CHECK(e->next->prev == e && e->prev->next == e);
		s[n++] = container_of(e, struct letter, link)->c;
	}
	s[n] = '\0';
	return s;
}

TEST(an_empty_list_pops_nothing)
{
	struct list head;

	list_init(&head);
	CHECK(list_empty(&head));
	CHECK(list_pop_front(&head) == NULL);
	CHECK_STR(draw(&head), "");
}

TEST(elements_go_to_either_end)
{
	LETTER(a, 'a');
	LETTER(b, 'b');
	LETTER(c, 'c');
	struct list head;

	list_init(&head);
	list_push_back(&head, &b.link);
	CHECK_STR(draw(&head), "b");
	list_push_back(&head, &c.link);
	list_push_front(&head, &a.link);
	CHECK_STR(draw(&head), "abc");
	CHECK(!list_empty(&head));
}

TEST(an_element_is_inserted_between_two)
{
	LETTER(a, 'a');
	LETTER(b, 'b');
	LETTER(c, 'c');
	struct list head;

	list_init(&head);
	list_push_back(&head, &a.link);
	list_push_back(&head, &c.link);
	list_insert(&b.link, &a.link, &c.link);
	CHECK_STR(draw(&head), "abc");
}

TEST(a_removed_element_is_on_no_list)
{
	LETTER(a, 'a');
	LETTER(b, 'b');
	LETTER(c, 'c');
	struct list head;

	list_init(&head);
	CHECK(!list_linked(&a.link));
	list_push_back(&head, &a.link);
	list_push_back(&head, &b.link);
	list_push_back(&head, &c.link);
	CHECK(list_linked(&b.link));
	list_remove(&b.link);
	CHECK(!list_linked(&b.link));
	CHECK_STR(draw(&head), "ac");
	list_push_front(&head, &b.link);
	CHECK_STR(draw(&head), "bac");
}

TEST(popping_takes_from_the_front_until_it_is_empty)
{
	LETTER(a, 'a');
	LETTER(b, 'b');
	struct list head;

	list_init(&head);
	list_push_back(&head, &a.link);
	list_push_back(&head, &b.link);
	CHECK(list_pop_front(&head) == &a.link);
	CHECK(!list_linked(&a.link));
	CHECK(list_pop_front(&head) == &b.link);
	CHECK(list_empty(&head));
	CHECK(list_pop_front(&head) == NULL);
}
