/* SPDX-License-Identifier: BSD-2-Clause */
#include "waiters.h"
#include "ipc.h"
#include <string.h>

bool waiters_answer(uint64_t reply, uint64_t word, const void *data, uint32_t n)
{
	struct ipc_extra extra = {.send = (uint64_t)data, .send_bytes = n};
	struct message m = {.word = {word}, .extra = n ? &extra : NULL};

	if (ipc_reply(reply, &m) == 0)
		return true;
	if (reply != SELF)
		handle_close(reply); /* if that did not close it */
	return false;
}

bool waiters_answer_first(struct waiters *w, uint64_t word, const void *data,
			  uint32_t n)
{
	uint64_t reply = w->who[0].reply;

	w->count--;
	memmove(&w->who[0], &w->who[1], w->count * sizeof(w->who[0]));
	return waiters_answer(reply, word, data, n);
}

long waiters_add(struct waiters *w, uint32_t room)
{
	long reply = reply_keep();

	if (reply < 0)
		return reply;
	if (w->count == WAITERS_MAX)
		waiters_answer_first(w, (uint64_t)-E_AGAIN, NULL, 0);
	w->who[w->count].reply = (uint64_t)reply;
	w->who[w->count].room = room;
	w->count++;
	return 0;
}
