/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * args.h - the boot arguments: words separated by blanks, such as
 *
 *	quiet ad=soft test=fdt
 *
 * The table is BOOT_ARGS: one line is one argument, one member of struct
 * boot_args, and one word of args_known(). A FLAG is a whole word, with its '='
 * if it has one; a TEXT takes what stands after its '='.
 */
#ifndef BOOT_ARGS_H
#define BOOT_ARGS_H
#include "lib/types.h"

#define ARGS_TEXT 64 /* longest value, its NUL included */

/* clang-format off */
#define BOOT_ARGS(FLAG, TEXT)                                                  \
	FLAG("asid=0",       no_asid)      /* as if the hart had no ASIDs */   \
	FLAG("ad=soft",      soft_ad)      /* as if it left A and D alone */   \
	FLAG("aslr=0",       no_aslr)      /* everything where it lay before */ \
	FLAG("huge=always",  huge_always)  /* 2 MiB leaves without advice */   \
	FLAG("stay",         stay)         /* do not power off at the end */   \
	FLAG("expect=fault", expect_fault) /* it is to end by a fault */    \
	FLAG("quiet",        quiet)        /* only warnings and results */     \
	TEXT("test=",        test, "<pattern>") /* run the tests that fit */   \
	TEXT("init=",        init, "<name>")    /* the first program */        \
	TEXT("words=",       words, "<text>")   /* for programs to read */
/* clang-format on */

struct boot_args {
#define FLAG(word, member)	 bool member;
#define TEXT(word, member, what) char member[ARGS_TEXT];
	BOOT_ARGS(FLAG, TEXT)
#undef FLAG
#undef TEXT
	/* after an error: the word that is wrong, cut if it is long */
	char bad[ARGS_TEXT];
};

/*
 * Fills *args from `line`; what is not said is false or "", and of a text said
 * twice the last counts. 0, -E_NOENT for a word that is not in the table, or
 * -E_INVAL for one whose value is not (none, too long, or another than the flag
 * has). After an error the words before the bad one are in effect.
 */
int args_read(struct boot_args *args, const char *line);

/* All arguments in one line, for a message. */
const char *args_known(void);

#endif
