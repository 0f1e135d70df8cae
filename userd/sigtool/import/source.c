// SPDX-License-Identifier: GPL-2.0-or-later
/* source.c - a file that is imported (see source.h). */
#include "sigtool/import/source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "sigtool/sigtool.h"

/* A gth_read_fn, of the bytes as they are. */
ssize_t source_read(void *source, void *data, size_t size)
{
	const struct source *s = source;
	ssize_t n;

	do {
		n = read(s->fd, data, size);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

/* Begins the file; @path may be "-". Return: an exit status, and an error was logged. */
int source_open(struct source *s, struct taking *t, const char *path)
{
	bool is_stdin = !strcmp(path, "-");

	taking_begin(t, is_stdin ? "(stdin)" : path);
	s->fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	encoding_init(&s->text, source_read, s);
	return s->fd < 0 ? taking_failed(t, 0, -errno) : STATUS_OK;
}

void source_close(struct source *s)
{
	if (s->fd > STDIN_FILENO)
		close(s->fd);
	s->fd = -1;
}

/*
 * Gives each line to @take; one that is too long is counted. Return: an exit status, and an
 * error was logged.
 */
int source_lines(struct taking *t, gth_read_fn read, void *read_ctx, source_line_fn take, void *ctx)
{
	static const char too_long[] = "a line of more than 65536 bytes";
	struct gth_lines lines;
	const char *line;
	size_t len;
	int err = gth_lines_init_from(&lines, read, read_ctx);

	while (!err) {
		int more = gth_lines_next(&lines, &line, &len);

		if (!more)
			break;
		if (more == -EMSGSIZE)
			err = taking_not(t, lines.number, TAKING_MALFORMED, too_long);
		else
			err = more < 0 ? more : take(t, ctx, line, len, lines.number);
	}
	gth_lines_free(&lines);
	return err ? taking_failed(t, lines.number, err) : STATUS_OK;
}

/* A whole file. Return: an exit status, and an error was logged. */
int source_file(struct taking *t, const char *path, const char *format, source_line_fn take,
		void *ctx)
{
	static struct source s;
	int status = source_open(&s, t, path);

	if (!status)
		status = source_lines(t, encoding_read, &s.text, take, ctx);
	if (!status)
		status = taking_end(t, format);
	source_close(&s);
	return status;
}
