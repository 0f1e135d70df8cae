// SPDX-License-Identifier: GPL-2.0-or-later
/* sink.c - a buffered writer that can hash what goes through it (see sink.h). */
#include "lib/util/sink.h"

#include <stdlib.h>
#include <string.h>
#include <errno.h>

#include "lib/util/io.h"
#include "lib/util/sha256.h"

#define BUFFER (1U << 20)

int gth_sink_init(struct gth_sink *s, int fd, struct gth_sha256 *hash)
{
	*s = (struct gth_sink) { .fd = fd, .hash = hash, .buffer = malloc(BUFFER) };
	return s->buffer ? 0 : -ENOMEM;
}

/* Return: 0 or a negative errno. The buffer is lost after an error. */
int gth_sink_flush(struct gth_sink *s)
{
	size_t have = s->have;
	int err = 0;

	s->have = 0;
	if (s->hash && have)
		err = gth_sha256_update(s->hash, s->buffer, have);
	return err ? err : gth_write_all(s->fd, s->buffer, have);
}

int gth_sink_put(struct gth_sink *s, const void *data, size_t len)
{
	const char *at = data;

	s->written += len;
	while (len) {
		size_t n = BUFFER - s->have < len ? BUFFER - s->have : len;

		memcpy(s->buffer + s->have, at, n);
		s->have += n;
		at += n;
		len -= n;
		if (s->have == BUFFER) {
			int err = gth_sink_flush(s);

			if (err)
				return err;
		}
	}
	return 0;
}

void gth_sink_free(struct gth_sink *s)
{
	free(s->buffer);
	s->buffer = NULL;
}
