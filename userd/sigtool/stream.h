/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stream.h - records of one size, read from a file in order and hashed. */
#ifndef SIGTOOL_STREAM_H
#define SIGTOOL_STREAM_H

#include <linux/types.h>
#include <stddef.h>

#include "lib/util/sha256.h"

struct stream {
	int fd;	       /* borrowed; read from where it stands */
	size_t record; /* bytes */
	u8 *chunk;
	size_t size, have, at; /* bytes of chunk: in all, read, given away */
	u64 records;	       /* given away */
	struct gth_sha256 hash;
};

int stream_open(struct stream *s, int fd, size_t record);
int stream_next(struct stream *s, const void **record);
size_t stream_rest(const struct stream *s, const u8 **bytes);
int stream_digest(struct stream *s, u8 digest[GTH_SHA256_SIZE]);
void stream_close(struct stream *s);

#endif /* SIGTOOL_STREAM_H */
