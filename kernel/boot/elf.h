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

/* Each X(name, text for a person). */
/* clang-format off */
#define ELF_TEXTS(X) \
	X(OK, "nothing is wrong") \
	X(TRUNCATED, "the file is shorter than an ELF header") \
	X(MAGIC, "the file does not begin with \\177ELF") \
	X(CLASS, "not a 64-bit ELF file") \
	X(ENDIAN, "not a little-endian ELF file") \
	X(VERSION, "not ELF version 1") \
	X(TYPE, "not a static executable; link with -static -no-pie") \
	X(MACHINE, "not for RISC-V") \
	X(QUAD_FLOAT, "built for quad-precision floating point") \
	X(MEMORY_MODEL, "built for the TSO memory model (Ztso)") \
	X(HEADER_SIZE, "ELF or program header of a wrong size") \
	X(HEADERS_OUTSIDE, "the program headers lie outside the file") \
	X(HEADER_COUNT, "no program headers, or more than 32") \
	/* about one program header: its number is in image->header */ \
	X(INTERPRETER, "asks for an interpreter; link with -static") \
	X(DYNAMIC, "needs libraries or relocation; link with -static -no-pie") \
	X(SEGMENT_COUNT, "more than 8 segments to load") \
	X(FILE_SIZE, "a segment is larger in the file than in memory") \
	X(OUTSIDE_FILE, "a segment lies outside the file") \
	X(LOW, "a segment lies below 0x1000") \
	X(WRAP, "a segment wraps around the end of the addresses") \
	X(KERNEL_HALF, "a segment lies in the kernel's half") \
	X(HIGH, "a segment reaches past 2^38, the end of user addresses") \
	X(OFFSET, "a segment's address and file offset differ modulo 4096") \
	X(WRITE_EXECUTE, "a segment is writable and executable") \
	X(ORDER, "the segments are not in order of address") \
	X(OVERLAP, "two segments overlap") \
	X(SHARED_PAGE, "two segments of different protection share a page") \
	/* about the program as a whole */ \
	X(EMPTY, "no segment to load") \
	X(ENTRY_ODD, "the entry point is odd") \
	X(ENTRY, "the entry point is in no executable segment")
/* clang-format on */

#define ELF_NUMBER(name, text) ELF_##name,
enum elf_error {
	ELF_TEXTS(ELF_NUMBER) ELF_ERRORS /* how many there are */
};
#undef ELF_NUMBER

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
