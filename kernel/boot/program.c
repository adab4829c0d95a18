/* SPDX-License-Identifier: BSD-2-Clause */
/* program.c - follows the plan of an ELF file. */
#include "boot/program.h"
#include "abi/error.h"
#include "arch/layout.h"
#include "boot/elf.h"
#include "lib/assert.h"
#include "lib/bits.h"
#include "lib/random.h"
#include "mm/fault.h"
#include "mm/object.h"
#include "task/thread.h"
#include <string.h>

struct loader {
	struct space *space;
	struct object *object;
	const char *file;
	va_t mapped_end; /* pages below it have a region */
};

static int map(struct loader *l, va_t start, va_t end, unsigned prot,
	       struct object *o, uint64_t offset)
{
	if (start >= end)
		return 0;
	return space_map(l->space, &start, end - start, prot, MAP_FIXED, o,
			 offset);
}

/* File bytes into a page that two segments share. */
static int fill_shared_page(struct loader *l, const struct elf_segment *s)
{
	uint64_t n = round_up(s->va + 1, PAGE_SIZE) - s->va;
	void *page;
	int err;

	if (s->va >= l->mapped_end || !s->filesz)
		return 0;
	err = fault_own(l->space, s->va, &page);
	if (err)
		return err;
	if (n > s->filesz)
		n = s->filesz;
	memcpy((char *)page + (s->va & PAGE_MASK), l->file + s->offset, n);
	return 0;
}

/* In the page where the file's bytes end the rest is zero. */
static int clear_tail(struct loader *l, const struct elf_segment *s)
{
	va_t end = s->va + s->filesz;
	void *page;
	int err;

	if (s->memsz == s->filesz || !s->filesz || is_aligned(end, PAGE_SIZE))
		return 0;
	err = fault_own(l->space, end, &page);
	if (err)
		return err;
	memset((char *)page + (end & PAGE_MASK), 0,
	       PAGE_SIZE - (end & PAGE_MASK));
	return 0;
}

static int load_segment(struct loader *l, const struct elf_segment *s)
{
	va_t start = round_down(s->va, PAGE_SIZE);
	va_t file_end =
		s->filesz ? round_up(s->va + s->filesz, PAGE_SIZE) : start;
	va_t end = round_up(s->va + s->memsz, PAGE_SIZE);
	uint64_t offset = round_down(s->offset, PAGE_SIZE);
	int err = fill_shared_page(l, s);

	if (err)
		return err;
	if (start < l->mapped_end) {
		offset += l->mapped_end - start;
		start = l->mapped_end;
	}
	err = map(l, start, file_end, s->prot, l->object, offset);
	if (!err)
		err = map(l, file_end > start ? file_end : start, end, s->prot,
			  NULL, 0);
	if (!err)
		err = clear_tail(l, s);
	l->mapped_end = end;
	return err;
}

/*
 * A stack as a program expects it (System V ABI): argc, argv with the name,
 * no environment, an empty auxiliary vector.
 */
static int make_stack(struct space *space, const char *name, va_t *sp)
{
	struct {
		uint64_t argc, argv[2], envp[1], auxv[2];
		char name[OBJECT_NAME];
	} start = {.argc = 1};
	va_t top = SPACE_HIGH - random_pages(SPACE_STACK_BITS);
	va_t va = top - PAGE_SIZE;
	void *page;
	int err = space_map(space, &va, PAGE_SIZE, PROT_R | PROT_W,
			    MAP_FIXED | MAP_GROW_DOWN | MAP_STACK, NULL,
			    top - PROGRAM_STACK);

	if (!err)
		err = fault_own(space, va, &page);
	if (err)
		return err;
	*sp = round_down(top - sizeof(start), 16);
	start.argv[0] = *sp + offsetof(typeof(start), name);
	strncpy(start.name, name, OBJECT_NAME - 1);
	memcpy((char *)page + (*sp & PAGE_MASK), &start, sizeof(start));
	return 0;
}

static int load(struct task *t, const struct archive_entry *file,
		const struct elf_image *image, struct thread **thread)
{
	struct loader l = {.space = t->space, .file = file->data};
	va_t sp;
	int err = 0;

	l.object =
		object_physical(file->name, va_to_pa(file->data), file->size);
	if (!l.object)
		return -E_NOMEM;
	for (unsigned i = 0; i < image->count && !err; i++)
		err = load_segment(&l, &image->seg[i]);
	object_put(l.object); /* the regions hold it now */
	if (!err)
		err = make_stack(t->space, file->name, &sp);
	if (err)
		return err;
	*thread = thread_create(t, image->entry, sp, 0);
	return *thread ? 0 : -E_NOMEM;
}

/* A task of that name in a new space. */
static struct task *new_task(const char *name)
{
	struct space *s = space_create();
	struct task *t = s ? task_create(name, s) : NULL;

	if (s)
		space_put(s);
	return t;
}

int program_load(const struct archive_entry *file,
		 void (*ended)(struct task *t), struct thread **thread,
		 const char **why)
{
	struct elf_image image;
	enum elf_error e = elf_decode(file->data, file->size, &image);
	struct task *t;
	int err;

	*why = elf_error_text(e);
	if (e != ELF_OK)
		return -E_NOEXEC;
	*why = "out of memory";
	t = new_task(file->name);
	if (!t)
		return -E_NOMEM;
	err = load(t, file, &image, thread);
	if (err && err != -E_NOMEM)
		*why = "a segment lies where the stack goes, or beyond";
	if (err)
		kobject_put(&t->object);
	else
		t->on_end = ended;
	return err;
}
