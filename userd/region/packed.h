/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * packed.h - reads the content of archives to its end, by libarchive.
 *
 * The engine does not report content that it cannot unpack. So archives in archives are read here
 * too, to find those that cannot be read. Content that is packed in a way that the engine does not
 * know is written out unpacked, to be scanned as well.
 *
 * Pure: bytes in memory, no file. libarchive may have faults that hostile bytes can use, so only
 * the confined process of unpack_role.c calls this.
 */
#ifndef REGION_PACKED_H
#define REGION_PACKED_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum region_packed {
	REGION_PACKED_READ,    /* all of it, or it is not an archive */
	REGION_PACKED_DAMAGED, /* cut off, or damaged */
	REGION_PACKED_ENCRYPTED,
	REGION_PACKED_METHOD, /* packed by a method that is not known here either */
	REGION_PACKED_LIMIT,
};

struct region_packed_limits {
	uint64_t bytes;	      /* unpacked, of all levels together */
	uint64_t held;	      /* in memory at a time, of all levels together */
	unsigned int members; /* of all levels together */
	unsigned int depth;   /* archives in archives; 0: the file itself may be one */
};

struct region_packed_sink {
	/* Return: 0, or a negative errno, which ends the reading. */
	int (*write)(void *context, const void *data, size_t len);
	void *context;
};

int region_packed_read(const void *data, size_t size, const struct region_packed_limits *l,
		       const struct region_packed_sink *sink);

#endif /* REGION_PACKED_H */
