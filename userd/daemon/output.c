// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * output.c - where events are written (see output.h).
 *
 * Where there is no room, writing is tried again every second: meanwhile the ring
 * buffer fills, and its producer counts what it cannot put in.
 */
#include "daemon/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "daemon/event.h"
#include "daemon/journald.h"
#include "lib/say.h"

static struct {
	int fd;
	bool journal;
	bool stuck; /* told of a full disk already */
} output = { .fd = -1 };

static void wait_second(void)
{
	struct timespec second = { .tv_sec = 1 };

	nanosleep(&second, NULL);
}

/**
 * gth_output_open() - choose where events go
 * @path: a file that is appended to; NULL: standard output, or the journal
 *
 * Return: 0 or -errno; the reason was said.
 */
int gth_output_open(const char *path)
{
	int err;

	if (path) {
		output.fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
		if (output.fd >= 0)
			return 0;
		err = -errno;
		gth_say("%s: %s", path, strerror(-err));
		return err;
	}
	if ((fcntl(STDOUT_FILENO, F_GETFL) & O_ACCMODE) == O_RDONLY) {
		gth_say("standard output is closed: name a file for the events with --events");
		return -EBADF;
	}
	output.fd = STDOUT_FILENO;
	output.journal = gth_journald_is(output.fd);
	return 0;
}

static int write_line(const char *line, size_t len, const volatile bool *stop)
{
	while (len) {
		ssize_t n = write(output.fd, line, len);

		if (n > 0) {
			output.stuck = false;
			line += n;
			len -= (size_t)n;
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno != ENOSPC && errno != EDQUOT && errno != EAGAIN)
			return -errno;
		if (!output.stuck)
			gth_say("cannot write events: no room; trying again every second");
		output.stuck = true;
		if (*stop)
			return -ENOSPC;
		wait_second();
	}
	return 0;
}

/* 0: it is there; -ENOTCONN: lines have to do; or another errno */
static int send_to_journal(const struct gth_event *event)
{
	int err;

	while ((err = gth_journald_send(event)) == -ENOMEM)
		wait_second();
	return err;
}

/**
 * gth_output_event() - write one event
 * @event: a copy; its strings need not end
 * @stop: do not wait for room once this is true
 *
 * Return: 0 or -errno.
 */
int gth_output_event(const struct gth_event *event, const volatile bool *stop)
{
	char *line;
	size_t len;
	int err;

	/* What the journal does not take as an entry arrives as a line of the stream. */
	if (output.journal && !send_to_journal(event))
		return 0;
	while (!(line = gth_event_line(event)))
		wait_second();
	len = strlen(line);
	line[len] = '\n'; /* in place of the NUL: one write for the line and its end */
	err = write_line(line, len + 1, stop);
	free(line);
	return err;
}
