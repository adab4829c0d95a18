/* SPDX-License-Identifier: BSD-2-Clause */
/* asan.h - memory that may not be touched; without the sanitizer, nothing. */
#ifndef TESTS_HOST_ASAN_H
#define TESTS_HOST_ASAN_H
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(p, n)	  ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#endif
#endif
