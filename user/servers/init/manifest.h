/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * manifest.h - what init starts, and what each service is given: the text of
 * etc/manifest, decoded. The format is described in user/README.md.
 *
 *	service blk
 *		file    servers/blk
 *		device  virtio-blk
 *		dma     1100K
 *		serves
 *		restart 5 in 60
 *
 * manifest_parse() is pure. Services are named by their number in the order of
 * the file; a set of them is a mask of 1 << number.
 */
#ifndef INIT_MANIFEST_H
#define INIT_MANIFEST_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MANIFEST_SERVICES 32
#define MANIFEST_NAME	  16 /* its NUL included */
#define MANIFEST_PATH	  64
#define MANIFEST_ARGS	  8
#define MANIFEST_RESTARTS 16
#define MANIFEST_TEXT	  128 /* of all arguments, their NULs included */

#define MANIFEST_EVERY	    0xffffffffu /* every service */
#define MANIFEST_NO_SERVICE (-1)

enum manifest_device {
	DEVICE_NONE,
	DEVICE_UART,
	DEVICE_VIRTIO_NET = 0x101, /* 0x100 + the device's ID, */
	DEVICE_VIRTIO_BLK = 0x102, /* virtio 1.1, chapter 5 */
};
#define DEVICE_VIRTIO 0x100

struct manifest_service {
	char name[MANIFEST_NAME];
	char file[MANIFEST_PATH];
	char text[MANIFEST_TEXT]; /* the arguments, one after another */
	unsigned args;
	bool serves;	   /* has an endpoint that others can call */
	uint32_t calls;	   /* gets handles of their endpoints */
	uint32_t finds;	   /* may ask init for them */
	uint32_t controls; /* may ask init to end them */
	bool calls_init;   /* has a handle to ask init with */
	int stdio;	   /* the service that shows its output, or none */
	unsigned machine;  /* RIGHT_* of its machine handle; 0: no handle */
	bool archive;	   /* gets the boot archive */
	enum manifest_device device;
	unsigned device_index; /* of that kind, from 0 */
	uint64_t dma, keep;    /* bytes; 0: none */
	unsigned restarts;     /* at most so many ... */
	unsigned seconds;      /* ... within so long */
	unsigned priority;
	uint64_t harts; /* a mask */
	bool final;	/* its end is the machine's */
};

struct manifest {
	unsigned count;
	struct manifest_service service[MANIFEST_SERVICES];
};

struct manifest_error {
	unsigned line; /* from 1 */
	const char *why;
	char word[MANIFEST_NAME]; /* that it is about; "" if none; cut */
};

/* 0, or -E_INVAL and what is wrong in *e; *m is then half filled. */
int manifest_parse(const char *text, size_t bytes, struct manifest *m,
		   struct manifest_error *e);

/* The number of the service of that name, or MANIFEST_NO_SERVICE. */
int manifest_find(const struct manifest *m, const char *name);

#endif
