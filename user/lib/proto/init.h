/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * proto/init.h - what init can be asked, by who has a handle to it.
 *
 *	request		words			bytes	reply
 *	INIT_FIND	-			name	handle's number, in the
 *							caller's own table
 *	INIT_LIST	room			-	bytes of text; the text
 *	INIT_COUNT	-			name	starts so far
 *	INIT_END	status			name	0
 *
 * Word 0 is the request; the reply's is 0, a positive result, or an error:
 * -E_NOENT (no such service), -E_PERM (the manifest does not permit it),
 * -E_STALE (it has ended for good), -E_INVAL. All but INIT_END can be sent
 * twice; ending a service twice ends two lives of it.
 */
#ifndef PROTO_INIT_H
#define PROTO_INIT_H
#include <stddef.h>
#include <stdint.h>

enum init_request { INIT_FIND = 1, INIT_LIST, INIT_COUNT, INIT_END };

#define INIT_NAME_MAX 15
#define INIT_TEXT_MAX 0x4000u

/* A SEND handle to the service of that name (`finds` in the manifest). */
long init_find(uint64_t init, const char *name);

/*
 * Services, tasks and threads as text, cut at `room` bytes (INIT_TEXT_MAX is
 * enough). Gives how many came.
 */
long init_list(uint64_t init, char *to, size_t room);

/* How often the service has been started. */
long init_count(uint64_t init, const char *name);

/* Ends the service (`controls` in the manifest), as if it had crashed. */
long init_end(uint64_t init, const char *name, int status);

#endif
