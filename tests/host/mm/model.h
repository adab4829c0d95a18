/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * model.h - what the memory of programs is, said with plain arrays: no tables, no
 * sharing, no laziness. A clone is a copy of an array.
 *
 * Of what a page holds only its first and last word are ever written, each time
 * with a number that is written nowhere else; the rest stays 0.
 *
 *	space.page[i]   is not mapped, or
 *	                own:         holds its own words
 *	                else:        shows page `index` of `object`, to which shared
 *	                             mappings write
 */
#ifndef TESTS_HOST_MM_MODEL_H
#define TESTS_HOST_MM_MODEL_H
#include "mm/object.h"
#include "mm/space.h"
#include "tests/host/mm/universe.h"

#define SPACES	     6u
#define OBJECTS	     16u
#define OBJECT_PAGES 600u

struct m_pager;

struct words {
	uint64_t word[2];
};

/* Where word 0 and word 1 lie in the page. */
#define WORD_OFFSET(w) ((w) ? PAGE_SIZE - 8 : 0)

struct m_object {
	struct object *real; /* NULL: this place is free */
	bool held;	     /* by a handle; else by regions and requests */
	bool revoked;	     /* and may be showing pages until all has ended */
	bool unwritten;	     /* a WRITEBACK has failed: a sync may say so */
	bool is_area;	     /* pages go there, or went: swap.h */
	uint8_t type;
	unsigned pages, key;
	unsigned shown; /* more than `pages` until what was cut off is gone */
	struct m_pager *pager; /* NULL: none, or it has ended */
	struct words page[OBJECT_PAGES];
	struct words stored[OBJECT_PAGES]; /* what its pager has */
};

/* Has it been written since space_pages() was last asked with PAGES_CLEAN? */
enum written { NOT_WRITTEN, WRITTEN, MAY_BE_WRITTEN };

struct m_page {
	bool mapped, own, shared;
	bool stays; /* is pinned, and was there */
	bool lost;  /* what swap had of it */
	bool lazy;  /* what it holds may go, unless it is written */
	uint8_t prot, max_prot;
	uint8_t written; /* enum written, if own */
	uint32_t flags;	 /* MAP_GROW_DOWN, labels, advice */
	uint16_t limit;	 /* of a stack: the lowest page */
	uint32_t index;
	struct m_object *object; /* also if own */
	struct words words;	 /* if own */
};

struct m_space {
	struct space *real; /* NULL: this place is free */
	struct m_page page[PAGES];
};

extern struct m_space spaces[SPACES];
extern struct m_object objects[OBJECTS];

/* Nothing is anywhere. */
void model_begin(void);

/* A number that was never written before. */
uint64_t model_fresh(void);

/* Any of those that there are, or NULL. */
struct m_space *any_space(void);
struct m_object *any_object(void);
struct m_object *any_paged(void);
struct m_object *any_resizable(void);

/* One of its pages, most often one that somebody shows. */
unsigned any_index(const struct m_object *o);

/* A place for a new one, or NULL. */
struct m_space *free_space(void);

struct m_space *space_of_real(const struct space *real);

/* What somebody who reads the page finds; NULL: the object has no such page. */
struct words *page_words(struct m_page *p);

/* What a fault there has to say: 0, -E_FAULT, -E_ACCES. A stack may grow. */
int model_fault(struct m_space *s, unsigned i, unsigned access);

/* The word was written: it is the page's own from now on, or its object's. */
void model_write(struct m_page *p, unsigned w, uint64_t value);

/* The page becomes its space's own, holding what it shows. */
void model_own(struct m_page *p);

/* What was the space's own is gone: zero, or as in the object. */
void model_forget(struct m_page *p);

/* The page holds `seen`: if it is lazy it may have been forgotten. */
void model_is_seen(struct m_page *p, const struct words *seen);

/* Nothing shows any more what was cut off the object: it is new if it comes again. */
void model_cut(struct m_object *o);

/* The pages [from, to) are not mapped any more. */
void model_unmap(struct m_space *s, unsigned from, unsigned to);

/* What space_protect() has to say, without changing anything. */
int model_may_protect(const struct m_space *s, va_t start, va_t end,
		      unsigned prot);

/* ---- where it went wrong --------------------------------------------------- */

/* Of which page the failure speaks, if one follows. */
void model_at(const struct m_space *s, unsigned i);
void model_at_object(const struct m_object *o, unsigned index);
void model_at_nothing(void);

/* "space 2, page 17 (0x401f5000)", or "". */
const char *model_where(void);

#endif
