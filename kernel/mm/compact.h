/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * compact.h - a folio of frames that follow one another, of a memory that has none:
 * what is in the way is moved (move.h).
 *
 *	a block	   [used][free][used][free][free][table][used][free]
 *	claim	    used  ####  used  ####  ####  table  used  ####     nobody gets them
 *	move	    ####  ####  ####  ####  ####  ####   ####  ####     one by one
 *	give	   [                    free                      ]
 *
 * Block after block is looked at, until one has nothing in it that must stay, and
 * the rest of memory has room for what must go. Frames that others free in it
 * meanwhile are claimed, too. If something cannot be moved the claimed frames go
 * back, and the next block is tried.
 *
 * Who wants the folio does the steps himself; there is one compaction at a time.
 */
#ifndef MM_COMPACT_H
#define MM_COMPACT_H

/*
 * A step towards a free folio of `order`, or for whoever has asked before: -E_STEP,
 * again. -E_NOMEM: all of memory has been gone through in vain.
 */
int compact_step(unsigned order);

/* What is claimed goes back: who asked for it may not come again, and memory is low. */
void compact_give_up(void);

#endif
