/* SPDX-License-Identifier: GPL-2.0-or-later */
/* feed.h - an input as a file that is read in pieces; the first byte is the size of a piece. */
#ifndef TESTS_FUZZ_FEED_H
#define TESTS_FUZZ_FEED_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>

struct feed {
	const uint8_t *at;
	size_t left, piece;
};

static inline struct feed feed_of(const uint8_t *data, size_t size)
{
	return (struct feed) { data + 1, size - 1, data[0] ? data[0] : 4096 };
}

/* A gth_read_fn. */
static inline ssize_t feed_read(void *ctx, void *data, size_t size)
{
	struct feed *f = ctx;
	size_t n = f->left < f->piece ? f->left : f->piece;

	n = n < size ? n : size;
	if (n)
		memcpy(data, f->at, n);
	f->at += n;
	f->left -= n;
	return (ssize_t)n;
}

#endif /* TESTS_FUZZ_FEED_H */
