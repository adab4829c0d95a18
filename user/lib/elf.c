/* SPDX-License-Identifier: BSD-2-Clause */
/* elf.c - the file header, each program header, then the program as a whole. */
#include "elf.h"
#include <abi/space.h>
#include <stdbool.h>
#include <string.h>

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
_Static_assert(sizeof(struct program_header) == ELF_HEADER_BYTES, "Elf64_Phdr");

/* \177ELF, 64 bits, little-endian, version 1 */
static const uint8_t identity[7] = {0x7f, 'E', 'L', 'F', 2, 1, 1};

#define TYPE_EXEC     2
#define MACHINE_RISCV 243
#define HEADERS_MAX   32

enum { PT_LOAD = 1, PT_INTERP = 3 };
#define PF_X 1u
#define PF_W 2u
#define PF_R 4u

#define PAGE	 4096ul
#define USER_LOW PAGE /* page 0 stays empty: NULL must fault */

static bool is_within(uint64_t at, uint64_t n, uint64_t bytes)
{
	return at <= bytes && n <= bytes - at;
}

static const char *check_header(const struct file_header *h, size_t bytes)
{
	if (memcmp(h, identity, sizeof(identity)) != 0)
		return "not a 64-bit little-endian ELF file";
	if (h->machine != MACHINE_RISCV)
		return "not for RISC-V";
	if (h->type != TYPE_EXEC)
		return "not a static executable";
	if (h->phentsize != ELF_HEADER_BYTES || h->phnum == 0 ||
	    h->phnum > HEADERS_MAX ||
	    !is_within(h->phoff, h->phnum * (uint64_t)ELF_HEADER_BYTES, bytes))
		return "its program headers make no sense";
	return NULL;
}

static const char *check_segment(const struct program_header *p, size_t bytes)
{
	if (p->filesz > p->memsz || !is_within(p->offset, p->filesz, bytes))
		return "a segment lies outside the file";
	if (p->vaddr < USER_LOW ||
	    !is_within(p->vaddr, p->memsz, ELF_USER_END - PAGE))
		return "a segment lies outside the user addresses";
	if ((p->vaddr ^ p->offset) & (PAGE - 1))
		return "a segment's address and offset differ modulo 4096";
	if ((p->flags & PF_W) && (p->flags & PF_X))
		return "a segment is writable and executable";
	return NULL;
}

static unsigned prot_of(uint32_t flags)
{
	return (flags & PF_R ? PROT_R : 0) |
	       (flags & PF_W ? PROT_R | PROT_W : 0) |
	       (flags & PF_X ? PROT_X : 0);
}

static uint64_t page_after(const struct elf_segment *s)
{
	return (s->va + s->memsz + PAGE - 1) & ~(PAGE - 1);
}

static const char *add_segment(struct elf_image *image, size_t bytes,
			       const struct program_header *p)
{
	const char *why = check_segment(p, bytes);

	if (why || p->memsz == 0)
		return why;
	if (image->count == ELF_SEGMENTS)
		return "too many segments";
	if (image->count > 0 &&
	    p->vaddr < page_after(&image->seg[image->count - 1]))
		return "segments out of order, or on the same page";
	image->seg[image->count++] =
		(struct elf_segment){.va = p->vaddr,
				     .filesz = p->filesz,
				     .memsz = p->memsz,
				     .offset = p->offset,
				     .prot = prot_of(p->flags)};
	return NULL;
}

/* The segment whose file bytes hold [offset, offset+n), or NULL. */
static const struct elf_segment *segment_with(const struct elf_image *image,
					      uint64_t offset, uint64_t n)
{
	for (unsigned i = 0; i < image->count; i++) {
		const struct elf_segment *s = &image->seg[i];

		if (offset >= s->offset &&
		    is_within(offset - s->offset, n, s->filesz))
			return s;
	}
	return NULL;
}

static const char *check_entry(const struct elf_image *image)
{
	for (unsigned i = 0; i < image->count; i++) {
		const struct elf_segment *s = &image->seg[i];

		if ((s->prot & PROT_X) && !(image->entry & 1) &&
		    image->entry >= s->va && image->entry - s->va < s->memsz)
			return NULL;
	}
	return "the entry point is in no executable segment";
}

const char *elf_decode(const void *file, size_t bytes, struct elf_image *image)
{
	const struct elf_segment *with_headers;
	struct program_header p;
	struct file_header h;
	const char *why;

	memset(image, 0, sizeof(*image));
	if (bytes < sizeof(h))
		return "shorter than an ELF header";
	memcpy(&h, file, sizeof(h));
	why = check_header(&h, bytes);
	for (unsigned i = 0; !why && i < h.phnum; i++) {
		memcpy(&p, (const char *)file + h.phoff + i * sizeof(p),
		       sizeof(p));
		if (p.type == PT_INTERP)
			why = "asks for an interpreter; link with -static";
		else if (p.type == PT_LOAD)
			why = add_segment(image, bytes, &p);
	}
	if (why)
		return why;
	image->entry = h.entry;
	image->phnum = h.phnum;
	with_headers = segment_with(image, h.phoff, h.phnum * sizeof(p));
	if (with_headers)
		image->phdr =
			with_headers->va + (h.phoff - with_headers->offset);
	return check_entry(image);
}
