// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * output.c - where events are written (see output.h).
 *
 * Where there is no room, writing is tried again every second: meanwhile the ring
 * buffer fills, and its producer counts what it cannot put in. A file never keeps
 * half a line: what was written of it is taken back.
 */
#include "daemon/events/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "daemon/events/event_json.h"
#include "daemon/events/journald.h"
#include "daemon/events/last_line.h"
#include "lib/util/say.h"

static struct {
	int fd;
	const char *path;   /* NULL: standard output */
	atomic_bool reopen; /* asked for by another thread */
	bool journal;
	bool stuck; /* told of a full disk already */
} output = { .fd = -1 };

static void wait_second(void)
{
	struct timespec second = { .tv_sec = 1 };

	nanosleep(&second, NULL);
}

/* A descriptor, at the end of what is whole; or -errno, and the reason was said. */
static int open_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);

	if (fd < 0) {
		int err = -errno;

		gth_say("%s: %s", path, strerror(-err));
		return err;
	}
	gth_last_line_mend(fd, path);
	return fd;
}

/**
 * gth_output_open() - choose where events go
 * @path: a file that is appended to, borrowed; NULL: standard output, or the journal
 *
 * A line at the end of the file that was not finished is cut off.
 *
 * Return: 0 or -errno; the reason was said.
 */
int gth_output_open(const char *path)
{
	int fd;

	if (path) {
		fd = open_file(path);
		if (fd < 0)
			return fd;
		output.fd = fd;
		output.path = path;
		return 0;
	}
	if ((fcntl(STDOUT_FILENO, F_GETFL) & O_ACCMODE) == O_RDONLY) {
		gth_say("standard output is closed: name a file for the events with --events");
		return -EBADF;
	}
	output.fd = STDOUT_FILENO;
	output.journal = gth_journald_is(output.fd);
	return 0;
}

/* gth_output_close() - the file; what is written next has to be opened for */
void gth_output_close(void)
{
	if (output.path)
		close(output.fd);
	output.fd = -1;
	output.path = NULL;
	output.journal = false;
}

/*
 * gth_output_reopen() - the file may have been renamed: open its path anew
 *
 * For any thread; the one that writes does it, before its next line and at
 * gth_output_follow().
 */
void gth_output_reopen(void)
{
	output.reopen = true;
}

/*
 * gth_output_follow() - do what gth_output_reopen() asked for; the writing thread's
 * Return: is what is written next the first in another descriptor?
 */
bool gth_output_follow(void)
{
	int fd;

	if (!atomic_exchange(&output.reopen, false) || !output.path)
		return false;
	fd = open_file(output.path);
	if (fd < 0) {
		gth_say("events go on into the file that was open before");
		return false;
	}
	close(output.fd);
	output.fd = fd;
	return true;
}

static bool no_room(int err)
{
	return err == -ENOSPC || err == -EDQUOT || err == -EAGAIN;
}

/* One attempt at what is left. Return: how much was written, or -errno. */
static ssize_t write_some(const char *line, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = write(output.fd, line + done, len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return done ? (ssize_t)done : -errno;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

/* Where the next byte goes; -1: what is written there cannot be taken back. */
static off_t position(void)
{
	struct stat st;

	if (fstat(output.fd, &st) || !S_ISREG(st.st_mode))
		return -1;
	return fcntl(output.fd, F_GETFL) & O_APPEND ? st.st_size : lseek(output.fd, 0, SEEK_CUR);
}

static bool take_back(off_t start)
{
	return start >= 0 && !ftruncate(output.fd, start) &&
	       lseek(output.fd, start, SEEK_SET) == start;
}

static int write_line(const char *line, size_t len, const volatile bool *stop)
{
	size_t done = 0;
	off_t start;

	for (;;) {
		ssize_t n;

		if (gth_output_follow())
			done = 0;
		start = done ? -1 : position();
		n = write_some(line + done, len - done);
		if (n < 0 && !no_room((int)n))
			return (int)n;
		done += n > 0 ? (size_t)n : 0;
		if (done == len)
			break;
		if (!output.stuck)
			gth_say("cannot write events: no room; trying again every second");
		output.stuck = true;
		if (take_back(start))
			done = 0;
		if (*stop) {
			gth_say("no room: one event is lost; those behind it wait for the next gotthardd");
			return -ENOSPC;
		}
		wait_second();
	}
	output.stuck = false;
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
 * Return: 0; -ENOSPC: no room, and *@stop; or another errno of write(2).
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
