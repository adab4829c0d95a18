/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * elf.c - checks in the order of the file: its header, each program header,
 * each segment against the one before it, the entry point.
 */
#include "boot/elf.h"
#include "abi/space.h"
#include "arch/layout.h"
#include "arch/mmu.h"
#include "lib/bits.h"
#include "lib/text.h"
#include <string.h>

/* ---- the file's layouts ----------------------------------------------- */

struct file_header {
	uint8_t magic[4], class, data, version, os_abi, padding[8];
	uint16_t type, machine;
	uint32_t version2;
	uint64_t entry, phoff, shoff;
	uint32_t flags;
	uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};
_Static_assert(sizeof(struct file_header) == 64, "Elf64_Ehdr");

struct program_header {
	uint32_t type, flags;
	uint64_t offset, vaddr, paddr, filesz, memsz, align;
};
_Static_assert(sizeof(struct program_header) == 56, "Elf64_Phdr");

struct dynamic_entry {
	uint64_t tag, value;
};

#define CLASS_64      2
#define DATA_LITTLE   1
#define VERSION	      1
#define TYPE_EXEC     2
#define MACHINE_RISCV 243

/* psABI, "File Header": e_flags. RVC and RVE run on any hart that we have. */
#define FLAGS_FLOAT_ABI	 6u
#define FLAGS_FLOAT_QUAD 6u
#define FLAGS_TSO	 0x10u

enum { PT_LOAD = 1, PT_DYNAMIC = 2, PT_INTERP = 3 };
#define PF_X 1u
#define PF_W 2u
#define PF_R 4u

#define USER_LOW 0x1000ul /* page 0 stays empty: NULL must fault */

/* ---- the header ------------------------------------------------------- */

static enum elf_error check_header(const struct file_header *h, size_t size)
{
	if (memcmp(h->magic, "\177ELF", 4) != 0)
		return ELF_MAGIC;
	if (h->class != CLASS_64)
		return ELF_CLASS;
	if (h->data != DATA_LITTLE)
		return ELF_ENDIAN;
	if (h->version != VERSION || h->version2 != VERSION)
		return ELF_VERSION;
	if (h->machine != MACHINE_RISCV)
		return ELF_MACHINE;
	if (h->type != TYPE_EXEC)
		return ELF_TYPE;
	if ((h->flags & FLAGS_FLOAT_ABI) == FLAGS_FLOAT_QUAD)
		return ELF_QUAD_FLOAT;
	if (h->flags & FLAGS_TSO)
		return ELF_MEMORY_MODEL;
	if (h->ehsize != sizeof(struct file_header) ||
	    h->phentsize != sizeof(struct program_header))
		return ELF_HEADER_SIZE;
	if (h->phnum == 0 || h->phnum > ELF_HEADERS)
		return ELF_HEADER_COUNT;
	if (!range_within(h->phoff, h->phnum * sizeof(struct program_header), 0,
			  size))
		return ELF_HEADERS_OUTSIDE;
	return ELF_OK;
}

/* ---- program headers -------------------------------------------------- */

/* Tags that ask for a loader: libraries, relocations. */
static bool needs_loader(uint64_t tag)
{
	static const uint8_t tags[] = {
		1,  /* NEEDED */
		7,  /* RELA */
		17, /* REL */
		22, /* TEXTREL */
		23, /* JMPREL */
		36, /* RELR */
	};

	for (unsigned i = 0; i < sizeof(tags); i++) {
		if (tag == tags[i])
			return true;
	}
	return false;
}

#define DYNAMIC_ENTRIES 64u /* no static program has as many */

static enum elf_error check_dynamic(const uint8_t *file, size_t size,
				    const struct program_header *p)
{
	struct dynamic_entry d;
	uint64_t count = p->filesz / sizeof(d);

	if (!range_within(p->offset, p->filesz, 0, size))
		return ELF_OUTSIDE_FILE;
	if (count > DYNAMIC_ENTRIES)
		return ELF_DYNAMIC;
	for (uint64_t i = 0; i < count; i++) {
		memcpy(&d, file + p->offset + i * sizeof(d), sizeof(d));
		if (d.tag == 0)
			break;
		if (needs_loader(d.tag))
			return ELF_DYNAMIC;
	}
	return ELF_OK;
}

static uint32_t segment_prot(uint32_t flags)
{
	uint32_t prot = PROT_NONE;

	if (flags & PF_R)
		prot |= PROT_R;
	if (flags & PF_W)
		prot |= PROT_W | PROT_R;
	if (flags & PF_X)
		prot |= PROT_X;
	return prot;
}

static enum elf_error check_address(const struct program_header *p)
{
	uint64_t end = p->vaddr + p->memsz;

	if (p->vaddr < USER_LOW)
		return ELF_LOW;
	if (end < p->vaddr)
		return ELF_WRAP;
	if (p->vaddr >= KERNEL_HALF)
		return ELF_KERNEL_HALF;
	if (end > MMU_USER_END)
		return ELF_HIGH;
	if ((p->vaddr ^ p->offset) & PAGE_MASK)
		return ELF_OFFSET;
	return ELF_OK;
}

/* Against the segment before it, the highest so far. */
static enum elf_error check_neighbour(const struct elf_segment *before,
				      const struct elf_segment *s)
{
	uint64_t end = before->va + before->memsz;

	if (s->va < before->va)
		return ELF_ORDER;
	if (s->va < end)
		return ELF_OVERLAP;
	if (s->prot != before->prot &&
	    round_down(s->va, PAGE_SIZE) <= round_down(end - 1, PAGE_SIZE))
		return ELF_SHARED_PAGE;
	return ELF_OK;
}

static enum elf_error add_segment(struct elf_image *image, size_t size,
				  const struct program_header *p)
{
	struct elf_segment *s = &image->seg[image->count];
	enum elf_error err;

	if (p->filesz > p->memsz)
		return ELF_FILE_SIZE;
	if (!range_within(p->offset, p->filesz, 0, size))
		return ELF_OUTSIDE_FILE;
	if (p->memsz == 0)
		return ELF_OK;
	err = check_address(p);
	if (err)
		return err;
	if ((p->flags & PF_W) && (p->flags & PF_X))
		return ELF_WRITE_EXECUTE;
	if (image->count == ELF_SEGMENTS)
		return ELF_SEGMENT_COUNT;
	*s = (struct elf_segment){.va = p->vaddr,
				  .filesz = p->filesz,
				  .memsz = p->memsz,
				  .offset = p->offset,
				  .prot = segment_prot(p->flags)};
	err = image->count > 0 ? check_neighbour(s - 1, s) : ELF_OK;
	image->count++;
	return err;
}

static enum elf_error decode_headers(const uint8_t *file, size_t size,
				     const struct file_header *h,
				     struct elf_image *image)
{
	enum elf_error err = ELF_OK;
	struct program_header p;

	for (unsigned i = 0; i < h->phnum && !err; i++) {
		memcpy(&p, file + h->phoff + i * sizeof(p), sizeof(p));
		image->header = i;
		if (p.type == PT_INTERP)
			err = ELF_INTERPRETER;
		else if (p.type == PT_DYNAMIC)
			err = check_dynamic(file, size, &p);
		else if (p.type == PT_LOAD)
			err = add_segment(image, size, &p);
	}
	return err;
}

/* ---- the program as a whole ------------------------------------------- */

static enum elf_error check_entry(const struct elf_image *image)
{
	if (image->entry & 1)
		return ELF_ENTRY_ODD;
	for (unsigned i = 0; i < image->count; i++) {
		const struct elf_segment *s = &image->seg[i];

		if ((s->prot & PROT_X) && image->entry >= s->va &&
		    image->entry - s->va < s->memsz)
			return ELF_OK;
	}
	return ELF_ENTRY;
}

/* Where the program headers are mapped with the file, 0 if they are not. */
static va_t find_headers(const struct elf_image *image,
			 const struct file_header *h)
{
	uint64_t len = h->phnum * sizeof(struct program_header);

	for (unsigned i = 0; i < image->count; i++) {
		const struct elf_segment *s = &image->seg[i];

		if ((s->prot & PROT_R) && range_within(h->phoff, len, s->offset,
						       s->offset + s->filesz))
			return s->va + (h->phoff - s->offset);
	}
	return 0;
}

enum elf_error elf_decode(const void *file, size_t size,
			  struct elf_image *image)
{
	struct file_header h;
	enum elf_error err;

	memset(image, 0, sizeof(*image));
	if (size < sizeof(h))
		return ELF_TRUNCATED;
	memcpy(&h, file, sizeof(h));
	err = check_header(&h, size);
	if (!err)
		err = decode_headers(file, size, &h, image);
	if (err)
		return err;
	if (image->count == 0)
		return ELF_EMPTY;
	image->entry = h.entry;
	image->phnum = h.phnum;
	image->phdr = find_headers(image, &h);
	return check_entry(image);
}

/* ---- texts ------------------------------------------------------------ */

const char *elf_error_text(enum elf_error e)
{
#define TEXT(name, text) text "\0"
	static const char texts[] = ELF_TEXTS(TEXT) "an unknown ELF error";
#undef TEXT

	return text_nth(texts, (unsigned)e < ELF_ERRORS ? e : ELF_ERRORS);
}
