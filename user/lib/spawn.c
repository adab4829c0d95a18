/* SPDX-License-Identifier: BSD-2-Clause */
/* spawn.c - follows the plan of an ELF file, in a space of its own. */
#include "spawn.h"
#include "elf.h"
#include "quire.h"
#include "stack.h"
#include <abi/thread.h>
#include <string.h>

#define PAGE 4096ul
#define RW   (PROT_R | PROT_W)

static uint64_t down(uint64_t n)
{
	return n & ~(PAGE - 1);
}

static uint64_t up(uint64_t n)
{
	return down(n + PAGE - 1);
}

static const void *address(uint64_t va)
{
	return (const void *)va; // NOLINT(performance-no-int-to-ptr)
}

/* A positive result is no error. */
static long error_of(long r)
{
	return r < 0 ? r : 0;
}

/* ---- pages that are filled here ----------------------------------------- */

struct page {
	uint64_t object;
	char *here;
};

static long page_make(struct page *p)
{
	long r = object_create(SELF, PAGE, 0);

	if (r < 0)
		return r;
	p->object = (uint64_t)r;
	r = space_map_object(SELF, NULL, PAGE, RW | MAP_SHARED, p->object, 0);
	if (r < 0) {
		handle_close(p->object);
		return r;
	}
	p->here = (char *)r; // NOLINT(performance-no-int-to-ptr)
	return 0;
}

/* Into the space at `va`, privately; and away from here. */
static long page_move(struct page *p, uint64_t space, uint64_t va,
		      unsigned flags)
{
	long r = space_map_object(space, address(va), PAGE,
				  RW | MAP_FIXED | flags, p->object, 0);

	space_unmap(SELF, p->here, PAGE);
	handle_close(p->object);
	return error_of(r);
}

/* ---- segments ----------------------------------------------------------- */

static long map_file(uint64_t space, const struct spawn_file *f,
		     const struct elf_segment *s, uint64_t start, uint64_t end)
{
	uint64_t offset = f->offset + down(s->offset);

	if (start >= end)
		return 0;
	return error_of(space_map_object(space, address(start), end - start,
					 s->prot | MAP_FIXED, f->object,
					 offset));
}

static long map_zeros(uint64_t space, const struct elf_segment *s,
		      uint64_t start, uint64_t end)
{
	if (start >= end)
		return 0;
	return error_of(space_map(space, address(start), end - start, s->prot,
				  MAP_FIXED, NULL));
}

/* The page in which the file's bytes end and zeros begin. */
static long map_last(uint64_t space, const struct spawn_file *f,
		     const struct elf_segment *s, uint64_t va)
{
	uint64_t from = va > s->va ? va - s->va : 0, skip = s->va + from - va;
	const char *data = (const char *)f->data + s->offset + from;
	struct page p;
	long err = page_make(&p);

	if (err)
		return err;
	memcpy(p.here + skip, data, s->filesz - from);
	return page_move(&p, space, va, 0);
}

/*
 *	| file pages ... | last: file, zeros | zeros ... |
 *	start            last               zero        end
 */
static long map_segment(uint64_t space, const struct spawn_file *f,
			const struct elf_segment *s)
{
	uint64_t start = down(s->va), end = up(s->va + s->memsz);
	uint64_t zero = s->filesz ? up(s->va + s->filesz) : start;
	int is_mixed = s->memsz > s->filesz && s->filesz &&
		       down(s->va + s->filesz) != s->va + s->filesz;
	uint64_t last = is_mixed ? zero - PAGE : zero;
	long err = map_file(space, f, s, start, last);

	if (!err && is_mixed)
		err = map_last(space, f, s, last);
	if (!err)
		err = map_zeros(space, s, zero, end);
	return err;
}

static long map_image(struct spawn *s, const struct spawn_file *f)
{
	struct elf_image image;
	long err = 0;

	s->why = elf_decode(f->data, f->bytes, &image);
	if (!s->why && f->offset % PAGE)
		s->why = "the file does not begin at a page of the archive";
	if (s->why)
		return -E_NOEXEC;
	for (unsigned i = 0; i < image.count && !err; i++)
		err = map_segment(s->space, f, &image.seg[i]);
	s->entry = image.entry;
	s->phdr = image.phdr;
	s->phnum = image.phnum;
	return err;
}

/* ---- the task ----------------------------------------------------------- */

long spawn_task(struct spawn *s, const struct spawn_file *file,
		const char *name)
{
	long r = space_create();

	*s = (struct spawn){.task = 0};
	if (r < 0)
		return r;
	s->space = (uint64_t)r;
	r = map_image(s, file);
	if (!r)
		r = task_create(s->space, name, strlen(name));
	if (r < 0) {
		spawn_drop(s);
		return r;
	}
	s->task = (uint64_t)r;
	return 0;
}

/* Where the stack ends: the kernel says where there is room, at random. */
static long stack_place(uint64_t space)
{
	long at = space_map(space, NULL, SPAWN_STACK, PROT_NONE, 0, NULL);

	if (at < 0)
		return at;
	space_unmap(space, address((uint64_t)at), SPAWN_STACK);
	return at + (long)SPAWN_STACK;
}

/* The stack: its first page filled, below it pages that come when needed. */
static long make_stack(struct spawn *s, const struct stack_words *w,
		       uint64_t *sp)
{
	long end = stack_place(s->space);
	uint64_t top = (uint64_t)end - PAGE;
	struct page p;
	long err = end < 0 ? end : page_make(&p);

	if (err)
		return err;
	*sp = stack_fill(p.here, (uint64_t)end, w);
	err = page_move(&p, s->space, top, MAP_STACK);
	if (!*sp)
		return -E_RANGE;
	if (err)
		return err;
	return error_of(space_map(s->space, address(top - PAGE), PAGE, RW,
				  MAP_FIXED | MAP_GROW_DOWN | MAP_STACK,
				  address((uint64_t)end - SPAWN_STACK)));
}

long spawn_start(struct spawn *s, const char *const *arguments,
		 const char *const *environment, unsigned priority,
		 uint64_t harts)
{
	struct stack_words w = {arguments, environment, s->phdr, s->phnum,
				s->entry};
	uint64_t sp;
	long r = make_stack(s, &w, &sp);

	if (r)
		return r;
	r = thread_create(s->task, address(s->entry), address(sp), 0);
	if (r < 0)
		return r;
	s->thread = (uint64_t)r;
	r = thread_schedule(s->thread, priority, harts);
	return r ? r : thread_control(s->thread, THREAD_START);
}

static void close_one(uint64_t *handle)
{
	if (*handle)
		handle_close(*handle);
	*handle = 0;
}

void spawn_release(struct spawn *s)
{
	close_one(&s->thread);
	close_one(&s->space);
}

void spawn_drop(struct spawn *s)
{
	if (s->task)
		task_end(s->task, 1);
	spawn_release(s);
	close_one(&s->task);
}
