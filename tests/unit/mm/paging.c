/* SPDX-License-Identifier: BSD-2-Clause */
/* paging.c - acting for a pager: see paging.h. */
#include "tests/unit/mm/paging.h"
#include "arch/cpu.h"
#include "tests/unit/quiet.h"

struct paging paging;

static struct pager_ring *ring(void)
{
	return pa_to_va(paging.pager->ring_memory->base);
}

void paging_open(uint64_t pages, unsigned slots, unsigned flags)
{
	struct pager_config c = {
		.space = space_create(),
		.slots = slots,
		.flags = (flags & PAGER_TELL_DIRTY) |
			 (flags & PAGING_AHEAD ? 0 : PAGER_NO_AHEAD),
		.physical = flags & PAGING_PHYSICAL,
	};
	int err;

	paging = (struct paging){.home = c.space};
	paging.pager = pager_create(&c);
	CHECK(paging.pager != NULL);
	paging.object = object_paged(paging.pager, KEY, pages, &err);
	CHECK(paging.object != NULL);
	for (unsigned i = 0; i < 2; i++) {
		va_t va = VA;

		paging.client[i] = space_create();
		CHECK_EQ(space_map_object(paging.client[i], &va,
					  pages << PAGE_SHIFT, RW, PROT_ALL,
					  MAP_FIXED | MAP_SHARED, paging.object,
					  0),
			 0);
	}
}

void paging_close(void)
{
	quiet_check();
	for (unsigned i = 0; i < 2; i++)
		if (paging.client[i])
			space_put(paging.client[i]);
	if (paging.object)
		object_put(paging.object);
	quiet_check();
	if (paging.pager)
		kobject_put(&paging.pager->kobject);
	quiet_check();
	paging = (struct paging){0};
}

bool paging_idle(void)
{
	return ring()->requests_put == paging.seen;
}

struct pager_request paging_next(void)
{
	CHECK(ring()->requests_put != paging.seen);
	return ring()->request[paging.seen++ % PAGER_RING];
}

int paging_answer(struct pager_answer a)
{
	struct pager_ring *r = ring();
	struct pager_taking t = {.left = PAGER_RING};
	int n;

	r->answer[r->answers_put++ % PAGER_RING] = a;
	n = pager_take(paging.pager, &t);
	CHECK_EQ(n, a.kind == PAGER_REVOKE ? PAGER_REVOKE : 0);
	CHECK_EQ(t.left, PAGER_RING - 1);
	a = t.answer;
	if (n == PAGER_REVOKE)
		pager_result(paging.pager, t.at,
			     object_revoke(paging.object, paging.pager, a.index,
					   a.count, a.prot));
	return r->answer[t.at].result;
}

int paging_supply(const struct pager_request *q, unsigned prot)
{
	return paging_answer((struct pager_answer){
		.kind = PAGER_SUPPLY, .slot = q->slot, .prot = (uint16_t)prot});
}

int paging_done(const struct pager_request *q)
{
	return paging_answer(
		(struct pager_answer){.kind = PAGER_DONE, .slot = q->slot});
}

int paging_fail(const struct pager_request *q, int error)
{
	return paging_answer((struct pager_answer){
		.kind = PAGER_FAIL, .slot = q->slot, .error = error});
}

int paging_revoke(uint64_t index, unsigned count, unsigned prot)
{
	return paging_answer((struct pager_answer){.kind = PAGER_REVOKE,
						   .index = index,
						   .count = (uint16_t)count,
						   .prot = (uint16_t)prot});
}

int paging_sync(uint64_t pages, uint64_t *at)
{
	int err;

	do
		err = object_sync(paging.object, 0, pages, at);
	while (err == -E_STEP);
	return err;
}

void paging_bring(uint64_t index, char byte)
{
	struct pager_request q;

	CHECK_EQ(touch(0, index, PROT_R), -E_WAIT);
	q = paging_next();
	CHECK_EQ(q.kind, PAGER_PAGEIN);
	CHECK_EQ(q.index, index);
	memset(paging_bytes(paging.home, q.address), byte, PAGE_SIZE);
	CHECK_EQ(paging_supply(&q, RW), 0);
	CHECK_EQ(touch(0, index, PROT_R), 0);
}

pte_t paging_entry(struct space *s, va_t va)
{
	const pte_t *slot = mmu_slot(&s->mmu, va, 0);

	return slot ? pte_load(slot) : 0;
}

pte_t paging_leaf(struct space *s, va_t va)
{
	int level;

	return mmu_query(&s->mmu, va, &level);
}

unsigned paging_prot(struct space *s, va_t va)
{
	return pte_prot(paging_leaf(s, va)) & ~MMU_U;
}

char *paging_bytes(struct space *s, va_t va)
{
	CHECK(paging_leaf(s, va) != 0);
	return pa_to_va(pte_pa(paging_leaf(s, va)));
}

unsigned paging_flags(uint64_t index)
{
	struct frame *f;

	lock_take(&paging.object->lock);
	f = object_frame_locked(paging.object, index);
	lock_drop(&paging.object->lock);
	return f ? f->flags & ~FRAME_OF_OBJECT : 0;
}

void paging_ran_here(struct space *s)
{
	s->mmu.harts |= BIT(this_cpu()->index);
}

uint64_t paging_fences(void)
{
	struct mmu_counts c = mmu_counts_read();

	return c.fence_all + c.fence_space + c.fence_page + c.remote;
}
