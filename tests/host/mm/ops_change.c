/* SPDX-License-Identifier: BSD-2-Clause */
/* ops_change.c - unmap, protect, whole or in steps; list. */
#include "abi/error.h"
#include "tests/host/mm/ops.h"

static void set_prot(struct m_space *s, unsigned from, unsigned to,
		     unsigned prot)
{
	for (unsigned i = from; i < to; i++)
		s->page[i].prot = (uint8_t)whole(prot);
}

static void unmap(void)
{
	struct m_space *s = any_space();
	struct range r = any_range();

	if (!s)
		return;
	model_at(s, r.from);
	if (agree(space_unmap(s->real, r.start, r.end - r.start), 0))
		model_unmap(s, r.from, r.to);
}

static void protect(void)
{
	struct m_space *s = any_space();
	struct range r = any_range();
	unsigned prot = any_prot();

	if (!s)
		return;
	model_at(s, r.from);
	if (agree(space_protect(s->real, r.start, r.end - r.start, prot),
		  model_may_protect(s, r.start, r.end, whole(prot))))
		set_prot(s, r.from, r.to, prot);
}

/* Some steps, or all; each leaves the rest as it was. */
static void unmap_steps(void)
{
	struct m_space *s = any_space();
	struct range r = any_range();
	uint64_t len = r.end - r.start;
	va_t at = r.start;

	while (s && len) {
		va_t before = at;

		model_at(s, page_above(at));
		if (!agree(space_unmap_step(s->real, &at, &len, 0), 0))
			return;
		CHECK_EQ(at + len, r.end);
		model_unmap(s, page_above(before), page_above(at));
		if (chance(10))
			return;
	}
}

static void protect_steps(void)
{
	struct m_space *s = any_space();
	struct range r = any_range();
	unsigned prot = any_prot();
	uint64_t len = r.end - r.start;
	va_t at = r.start;

	while (s && len) {
		va_t before = at;
		int err;

		model_at(s, page_above(at));
		err = space_protect_step(s->real, &at, &len, prot);
		if (err && !agree(err, model_may_protect(s, before, r.end,
							 whole(prot))))
			return;
		CHECK_EQ(at + len, r.end);
		CHECK_EQ(model_may_protect(s, before, at, whole(prot)), 0);
		set_prot(s, page_above(before), page_above(at), prot);
		if (chance(10))
			return;
	}
}

/* One region of a list, against the pages; *next is where it must go on. */
static void check_info(const struct m_space *s, const struct region_info *info,
		       unsigned *next)
{
	unsigned i = page_at(info->start);
	unsigned to = i + (unsigned)((info->end - info->start) >> PAGE_SHIFT);

	CHECK(i < PAGES && info->start < info->end);
	for (; *next < i; ++*next) {
		model_at(s, *next);
		CHECK(!s->page[*next].mapped);
	}
	for (; *next < to; ++*next) {
		const struct m_page *p = &s->page[*next];
		uint64_t index = p->index - (*next - i);

		model_at(s, *next);
		CHECK(p->mapped && page_va(*next) < info->end);
		CHECK_EQ(info->prot, p->prot);
		CHECK_EQ(info->flags & ~MAP_PART,
			 p->flags | (p->shared ? MAP_SHARED : 0));
		CHECK_EQ(info->offset, p->object ? index << PAGE_SHIFT : 0);
	}
}

static void list(void)
{
	const struct m_space *s = any_space();
	struct region_info info[8];
	unsigned next = 0;
	va_t from = 0;
	int n;

	while (s && (n = space_list(s->real, from, info, 1 + choose(8))) > 0) {
		for (int i = 0; i < n; i++)
			check_info(s, &info[i], &next);
		from = info[n - 1].end;
	}
	for (; s && next < PAGES; next++) {
		model_at(s, next);
		CHECK(!s->page[next].mapped);
	}
}

const struct op change_ops[] = {
	{"unmap", 25, unmap},	  {"unmap in steps", 10, unmap_steps},
	{"protect", 40, protect}, {"protect in steps", 10, protect_steps},
	{"list", 3, list},	  {0},
};
