/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bytes.h - byte strings, and files in memory that hold them; a test that has no memory stops. */
#ifndef GTH_TEST_BYTES_H
#define GTH_TEST_BYTES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/util/io.h"

struct bytes {
	uint8_t *at;
	size_t len;
};

static inline struct bytes bytes_new(size_t len)
{
	struct bytes b = { malloc(len ? len : 1), len };

	if (!b.at)
		abort();
	return b;
}

static inline void bytes_free(struct bytes *b)
{
	free(b->at);
	*b = (struct bytes) { NULL, 0 };
}

static inline struct bytes bytes_copy(const void *at, size_t len)
{
	struct bytes b = bytes_new(len);

	memcpy(b.at, at, len);
	return b;
}

/* A file that holds them and stands at its start; close() it. */
static inline int bytes_file(struct bytes b)
{
	int fd = memfd_create("bytes", MFD_CLOEXEC);

	if (fd < 0 || gth_write_all(fd, b.at, b.len) || lseek(fd, 0, SEEK_SET))
		abort();
	return fd;
}

/* All that a file holds, wherever it stands. */
static inline struct bytes bytes_of(int fd)
{
	struct stat st;
	struct bytes b;

	if (fstat(fd, &st))
		abort();
	b = bytes_new((size_t)st.st_size);
	if (gth_pread_full(fd, b.at, b.len, 0) != st.st_size)
		abort();
	return b;
}

static inline bool bytes_equal(struct bytes a, struct bytes b)
{
	return a.len == b.len && !memcmp(a.at, b.at, a.len);
}

#endif /* GTH_TEST_BYTES_H */
