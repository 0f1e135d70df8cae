/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * encoding.h - bytes of text as UTF-8, whatever its byte order mark says: without one, or with
 * that of UTF-8, they are as they were; UTF-16, which PowerShell writes, is decoded.
 */
#ifndef SIGTOOL_IMPORT_ENCODING_H
#define SIGTOOL_IMPORT_ENCODING_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/util/lines.h"

#define ENCODING_BUFFER 16384

struct encoding {
	gth_read_fn read;
	void *ctx;
	bool begun, wide, big; /* the first bytes were seen; UTF-16; big-endian */
	bool eof;
	u16 high; /* surrogate whose other half is to come, or 0 */
	u8 buffer[ENCODING_BUFFER];
	size_t at, end; /* what is unread in buffer */
};

void encoding_init(struct encoding *e, gth_read_fn read, void *ctx);
int encoding_peek(struct encoding *e, const u8 **bytes, size_t *len);
ssize_t encoding_read(void *encoding, void *data, size_t size);

#endif /* SIGTOOL_IMPORT_ENCODING_H */
