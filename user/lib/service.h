/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * service.h - what a program was given by who started it.
 *
 * Handles and facts come in the environment, one NAME=VALUE each; a handle's
 * value is its number, in decimal. Arguments stay a program's own.
 *
 *	door		RECEIVE: the endpoint at which this service is called
 *	NAME		SEND: the endpoint of the service of that name
 *	init		SEND: init itself (proto/init.h)
 *	stdio		SEND: the service that shows what is printed
 *	registers	the device: READ, WRITE
 *	interrupt	its interrupt, which signals ...
 *	signal		... this notification: SIGNAL, WAIT
 *	dma		memory for devices: READ, WRITE, DMA, DUPLICATE
 *	keep		memory that outlives this program: READ, WRITE
 *	machine		the machine, with some rights
 *	archive		the boot archive
 *
 * service_begin() comes first in main(int argc, char **argv, char **envp). If
 * there is a stdio, what is printed goes there from then on.
 */
#ifndef USER_SERVICE_H
#define USER_SERVICE_H
#include <stdint.h>

/* The bit of `signal` that the interrupt sets; the others are the driver's. */
#define SERVICE_INTERRUPT 1ul

void service_begin(char **environment);

/* The handle, or 0: it was not given. */
uint64_t service_handle(const char *name);

/* The text, or NULL. */
const char *service_text(const char *name);

/* The number, decimal or 0x..., or 0. */
uint64_t service_number(const char *name);

/*
 * Maps an object of `bytes`, shared, to be read and written; NULL if it cannot
 * be. `bytes` is rounded up to pages.
 */
void *service_map(uint64_t object, uint64_t bytes);

#endif
