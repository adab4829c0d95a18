/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * client.h - calling a service that may die over it.
 *
 * init holds the endpoints, so while a service is being started again its
 * callers wait. Only who was being served when it died is told: -E_PEER; his
 * request is sent again, CLIENT_TRIES times in all. So a request that was
 * carried out just before may be carried out twice: each protocol says why that
 * does no harm, or how the service tells.
 *
 * A service that dies while the bytes of its reply are being copied leaves a
 * part of them; that is -E_PEER, too, and of handles that came none is kept.
 */
#ifndef USER_CLIENT_H
#define USER_CLIENT_H
#include "ipc.h"

#define CLIENT_TRIES 8

/*
 * ipc_call(), again after -E_PEER. -E_STALE: init has given the service up. The
 * words and the room in m->extra are as at the first try each time.
 */
long client_call(uint64_t endpoint, struct message *m);

/*
 * The same, and the answer's first word is the result: every protocol here
 * replies with 0, a count or a negative error in it.
 */
long client_ask(uint64_t endpoint, struct message *m);

#endif
