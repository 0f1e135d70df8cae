// SPDX-License-Identifier: GPL-2.0-or-later
/* stream.c - records of one size, read in order and hashed (see stream.h). */
#include "sigtool/stream.h"

#include <errno.h>
#include <stdlib.h>

#include "lib/util/io.h"

#define CHUNK (512U << 10) /* bytes, about */

/* Return: 0 or -ENOMEM; stream_close() is to be called in either case. */
int stream_open(struct stream *s, int fd, size_t record)
{
	*s = (struct stream) { .fd = fd, .record = record, .size = CHUNK / record * record };
	s->chunk = malloc(s->size);
	return s->chunk ? gth_sha256_init(&s->hash) : -ENOMEM;
}

static int refill(struct stream *s)
{
	ssize_t n = gth_read_full(s->fd, s->chunk, s->size);

	if (n < 0)
		return (int)n;
	s->at = 0;
	s->have = (size_t)n;
	return n ? gth_sha256_update(&s->hash, s->chunk, (size_t)n) : 0;
}

/*
 * @record is good until the next call. Return: 1; 0: no whole record is left
 * (stream_rest() has what is); or a negative errno.
 */
int stream_next(struct stream *s, const void **record)
{
	if (s->at == s->have) {
		int err = refill(s);

		if (err)
			return err;
	}
	if (s->have - s->at < s->record)
		return 0;
	*record = s->chunk + s->at;
	s->at += s->record;
	s->records++;
	return 1;
}

/* Return: how many bytes are left behind the last whole record; fewer than one has. */
size_t stream_rest(const struct stream *s, const u8 **bytes)
{
	*bytes = s->chunk + s->at;
	return s->have - s->at;
}

/* Of all bytes from the start to the end of the file. Return: 0 or -ENOMEM. */
int stream_digest(struct stream *s, u8 digest[GTH_SHA256_SIZE])
{
	return gth_sha256_final(&s->hash, digest);
}

void stream_close(struct stream *s)
{
	gth_sha256_free(&s->hash);
	free(s->chunk);
	*s = (struct stream) { .fd = -1 };
}
