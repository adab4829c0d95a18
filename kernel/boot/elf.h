/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * elf.h - a program file, checked and decoded into a plan for mapping it.
 * System V ABI, "Object Files"; RISC-V ELF psABI specification.
 *
 * What runs here is a static executable (ET_EXEC) for 64-bit little-endian
 * RISC-V with nothing both writable and executable. elf_decode() is pure: it
 * reads `size` bytes, writes *image, and maps nothing; whoever follows the plan
 * has nothing left to check but memory running out.
 */
#ifndef BOOT_ELF_H
#define BOOT_ELF_H
#include "lib/types.h"

#define ELF_SEGMENTS 8
#define ELF_HEADERS  32 /* program headers of all kinds */

enum elf_error {
	ELF_OK = 0,
	ELF_TRUNCATED,
	ELF_MAGIC,
	ELF_CLASS,
	ELF_ENDIAN,
	ELF_VERSION,
	ELF_TYPE,
	ELF_MACHINE,
	ELF_QUAD_FLOAT,
	ELF_MEMORY_MODEL,
	ELF_HEADER_SIZE,
	ELF_HEADERS_OUTSIDE,
	ELF_HEADER_COUNT,
	/* about one program header: its number is in image->header */
	ELF_INTERPRETER,
	ELF_DYNAMIC,
	ELF_SEGMENT_COUNT,
	ELF_FILE_SIZE,
	ELF_OUTSIDE_FILE,
	ELF_LOW,
	ELF_WRAP,
	ELF_KERNEL_HALF,
	ELF_HIGH,
	ELF_OFFSET,
	ELF_WRITE_EXECUTE,
	ELF_ORDER,
	ELF_OVERLAP,
	ELF_SHARED_PAGE,
	/* about the program as a whole */
	ELF_EMPTY,
	ELF_ENTRY_ODD,
	ELF_ENTRY,
	ELF_ERRORS /* how many there are */
};

/*
 * [va, va+memsz) holds filesz bytes of the file from `offset` on, then zeros.
 * va and offset are equal modulo 4096, neither need be a multiple of it.
 */
struct elf_segment {
	va_t va;
	uint64_t filesz, memsz; /* filesz <= memsz, memsz > 0 */
	uint64_t offset;
	uint32_t prot; /* PROT_* of abi/space.h; PROT_W comes with PROT_R */
};

/*
 * Segments are in order of address and disjoint. Two neighbours may share a
 * page only if their protections are equal.
 */
struct elf_image {
	va_t entry; /* even, inside an executable segment */
	unsigned count;
	struct elf_segment seg[ELF_SEGMENTS];
	va_t phdr;	 /* of the program headers, for auxv; 0: not mapped */
	unsigned phnum;	 /* how many; each is 56 bytes */
	unsigned header; /* after an error: the program header it is about */
};

/*
 * Decodes the file of `size` bytes at `file`. On an error *image holds nothing
 * of use but `header`.
 */
enum elf_error elf_decode(const void *file, size_t size,
			  struct elf_image *image);

/* Whether the error is about one program header. */
static inline bool elf_error_has_header(enum elf_error e)
{
	return e >= ELF_INTERPRETER && e < ELF_EMPTY;
}

/* What is wrong, to be printed after "not a program that can run here: ". */
const char *elf_error_text(enum elf_error e);

#endif
