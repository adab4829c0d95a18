/* SPDX-License-Identifier: BSD-2-Clause */
/* args.c - one word after the other, looked up in the table. */
#include "boot/args.h"
#include "abi/error.h"
#include "lib/bits.h"
#include <string.h>

#define BLANKS " \t\r\n"

struct arg {
	const char *word; /* of a text: up to and with its '=' */
	size_t offset;	  /* of the member of struct boot_args */
	bool is_text;
};

static const struct arg table[] = {
#define FLAG(word, member) {word, offsetof(struct boot_args, member), false},
#define TEXT(word, member, what) \
	{word, offsetof(struct boot_args, member), true},
	BOOT_ARGS(FLAG, TEXT)
#undef FLAG
#undef TEXT
};

const char *args_known(void)
{
#define FLAG(word, member)	 " " word
#define TEXT(word, member, what) " " word what
	return &BOOT_ARGS(FLAG, TEXT)[1];
#undef FLAG
#undef TEXT
}

/* The `len` characters at `s` are the key of the argument, up to the '='. */
static bool same_key(const struct arg *a, const char *s, size_t len)
{
	size_t key = strcspn(a->word, "=");
	const char *equals = memchr(s, '=', len);

	return key == (equals ? (size_t)(equals - s) : len) &&
	       strncmp(s, a->word, key) == 0;
}

static int set_text(char *member, const char *value, size_t len)
{
	if (len == 0 || len >= ARGS_TEXT)
		return -E_INVAL;
	memcpy(member, value, len);
	member[len] = '\0';
	return 0;
}

/* The word has the argument's key; whether it has a value that fits. */
static int set(struct boot_args *args, const struct arg *a, const char *s,
	       size_t len)
{
	char *member = (char *)args + a->offset;
	size_t known = strlen(a->word);

	if (len < known || strncmp(s, a->word, known) != 0)
		return -E_INVAL;
	if (a->is_text)
		return set_text(member, s + known, len - known);
	if (len != known)
		return -E_INVAL;
	*(bool *)member = true;
	return 0;
}

/* A key may stand in several lines of the table, with other values. */
static int read_word(struct boot_args *args, const char *s, size_t len)
{
	int err = -E_NOENT;

	for (unsigned i = 0; i < ARRAY_LEN(table) && err; i++) {
		if (same_key(&table[i], s, len))
			err = set(args, &table[i], s, len);
	}
	return err;
}

int args_read(struct boot_args *args, const char *line)
{
	size_t len, cut;
	int err = 0;

	memset(args, 0, sizeof(*args));
	while (!err && *(line += strspn(line, BLANKS))) {
		len = strcspn(line, BLANKS);
		err = read_word(args, line, len);
		if (err) {
			cut = len < ARGS_TEXT ? len : ARGS_TEXT - 1;
			memcpy(args->bad, line, cut);
			args->bad[cut] = '\0';
		}
		line += len;
	}
	return err;
}
