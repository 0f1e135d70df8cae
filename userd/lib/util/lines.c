// SPDX-License-Identifier: GPL-2.0-or-later
/* lines.c - untrusted text, line by line (see lines.h). */
#include "lib/util/lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Larger than a line may be, or a line could not be distinguished from a longer one. */
#define BUFFER (4 * (size_t)GTH_LINE_MAX)

int gth_lines_init(struct gth_lines *l, int fd)
{
	*l = (struct gth_lines) { .fd = fd, .buffer = malloc(BUFFER) };
	return l->buffer ? 0 : -ENOMEM;
}

/* The same from a function: what is unpacked or decoded meanwhile. */
int gth_lines_init_from(struct gth_lines *l, gth_read_fn read, void *ctx)
{
	*l = (struct gth_lines) { .fd = -1, .read = read, .ctx = ctx, .buffer = malloc(BUFFER) };
	return l->buffer ? 0 : -ENOMEM;
}

void gth_lines_free(struct gth_lines *l)
{
	free(l->buffer);
	l->buffer = NULL;
}

static ssize_t read_more(struct gth_lines *l, char *at, size_t size)
{
	ssize_t n;

	if (l->read)
		return l->read(l->ctx, at, size);
	do {
		n = read(l->fd, at, size);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

/* Moves what is unread to the front and reads behind it. */
static int fill(struct gth_lines *l)
{
	ssize_t n;

	memmove(l->buffer, l->buffer + l->start, l->end - l->start);
	l->end -= l->start;
	l->start = 0;
	n = read_more(l, l->buffer + l->end, BUFFER - l->end);
	if (n < 0)
		return (int)n;
	l->eof = !n;
	l->end += (size_t)n;
	l->bytes += (unsigned long long)n;
	return 0;
}

/* Throws away the rest of a line that was refused as too long. */
static int skip_rest(struct gth_lines *l)
{
	while (l->skip) {
		char *lf = memchr(l->buffer + l->start, '\n', l->end - l->start);
		int err;

		l->start = lf ? (size_t)(lf - l->buffer) + 1 : l->end;
		l->skip = !lf && !l->eof;
		if (l->skip) {
			err = fill(l);
			if (err)
				return err;
		}
	}
	return 0;
}

/**
 * gth_lines_next() - the next line
 * @l: the reader
 * @line: set to it; stays valid until the next call
 * @len: set to its length, without the LF or CR LF; it may hold NULs
 *
 * Return: 1; 0 at the end; -EMSGSIZE: the line is longer than GTH_LINE_MAX,
 * and the next call goes on behind it; or a negative errno of what reads.
 */
int gth_lines_next(struct gth_lines *l, const char **line, size_t *len)
{
	size_t seen = 0;
	char *lf;
	int err;

	err = skip_rest(l);
	if (err)
		return err;
	for (;;) {
		lf = memchr(l->buffer + l->start + seen, '\n', l->end - l->start - seen);
		seen = l->end - l->start;
		if (lf || l->eof || seen > GTH_LINE_MAX + 1)
			break;
		err = fill(l);
		if (err)
			return err;
	}
	if (!lf && !seen)
		return 0;

	l->number++;
	*line = l->buffer + l->start;
	*len = lf ? (size_t)(lf - *line) : seen;
	l->start += *len + (lf ? 1 : 0);
	l->skip = !lf && !l->eof;
	if (*len && (*line)[*len - 1] == '\r')
		--*len;
	return *len > GTH_LINE_MAX || l->skip ? -EMSGSIZE : 1;
}
