/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * atomic.h - stores that other harts may see at any time, as one instruction.
 * The compiler's own builtins make of each a read-modify-write; RVWMO needs a
 * plain store for the relaxed one, and FENCE RW,W before it for a release
 * (unprivileged spec, "Code Porting and Mapping Guidelines").
 */
#ifndef LIB_ATOMIC_H
#define LIB_ATOMIC_H

/* clang-format off */
#define store_relaxed(p, v)                                                    \
	do {                                                                   \
		*(volatile __typeof__(*(p)) *)(p) = (v);                       \
	} while (0)

#if !defined(QUIRE_HOST)
#define store_release(p, v)                                                    \
	do {                                                                   \
		__asm__ volatile("fence rw, w" : : : "memory");                \
		*(volatile __typeof__(*(p)) *)(p) = (v);                       \
	} while (0)
#else
#define store_release(p, v) __atomic_store_n((p), (v), __ATOMIC_RELEASE)
#endif
/* clang-format on */

#endif
