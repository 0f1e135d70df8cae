// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * output.c - where events are written (see output.h).
 *
 * If the disk is full, writing is tried again every second; if a pipe is full, as soon as it is
 * read. Meanwhile the ring buffer fills, and its producer counts the events that it drops. A file
 * never keeps half a line: a part that was written is cut off again.
 */
#include "daemon/events/output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "daemon/events/event_json.h"
#include "daemon/events/journald.h"
#include "daemon/events/last_line.h"
#include "lib/util/io.h"
#include "lib/util/say.h"

static struct {
	int fd;
	const char *path;   /* NULL: standard output */
	atomic_bool reopen; /* asked for by another thread */
	bool journal;
	bool stuck; /* it was logged already */
} output = { .fd = -1 };

static void wait_second(void)
{
	struct timespec second = { .tv_sec = 1 };

	nanosleep(&second, NULL);
}

/*
 * A FIFO is opened for reading too, so that the daemon need not wait for a reader before it
 * protects the machine, and so that events stay in the FIFO while there is none.
 */
static int open_path(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0640);
	struct stat st;

	if (fd < 0 ? errno != ENXIO : !fstat(fd, &st) && !S_ISFIFO(st.st_mode)) {
		if (fd >= 0)
			fcntl(fd, F_SETFL, O_APPEND);
		return fd;
	}
	if (fd >= 0)
		close(fd);
	return open(path, O_RDWR | O_CLOEXEC);
}

/* Return: a descriptor, with whole lines only in the file; or -errno, and the reason was logged. */
static int open_file(const char *path)
{
	int fd = open_path(path);

	if (fd < 0) {
		int err = -errno;

		gth_say("%s: %s", path, strerror(-err));
		return err;
	}
	gth_last_line_mend(fd, path);
	return fd;
}

/**
 * gth_output_open() - choose the destination of events
 * @path: a file that is appended to, borrowed; NULL: standard output, or the journal
 *
 * A line at the end of the file that was not finished is cut off.
 *
 * Return: 0 or -errno; the reason was logged.
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

/* gth_output_close() - close the file; gth_output_open() comes before the next event */
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
 * For any thread. The writing thread does it, before its next line and at
 * gth_output_follow().
 */
void gth_output_reopen(void)
{
	output.reopen = true;
}

/*
 * gth_output_follow() - reopen the file if gth_output_reopen() was called; for the writing thread
 * Return: is there another descriptor now?
 */
bool gth_output_follow(void)
{
	int fd;

	if (!atomic_exchange(&output.reopen, false) || !output.path)
		return false;
	fd = open_file(output.path);
	if (fd < 0) {
		gth_say("the file of events cannot be opened again: events go on into the file "
			"that was open before");
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

/* One attempt to write the rest. @done: bytes written so far. Return: 0: all; or -errno. */
static int write_some(const char *line, size_t len, size_t *done)
{
	while (*done < len) {
		ssize_t n = gth_write_now(output.fd, line + *done, len - *done);

		if (n < 0)
			return (int)n;
		*done += (size_t)n;
	}
	return 0;
}

/* The position of the next byte; -1: not a regular file, so that nothing can be cut off again. */
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

/* Can it be written to within a second? Signals and errors are seen by the next attempt. */
static bool is_read(void)
{
	struct pollfd p = { .fd = output.fd, .events = POLLOUT };

	return poll(&p, 1, 1000) != 0;
}

static void say_stuck(int err)
{
	if (output.stuck)
		return;
	output.stuck = true;
	if (err == -EAGAIN)
		gth_say("cannot write events: their reader does not read; they wait until it does");
	else
		gth_say("cannot write events: the disk is full; tried again every second: make "
			"room");
}

static int write_line(const char *line, size_t len, const volatile bool *stop)
{
	size_t done = 0;
	off_t start;
	int err;

	for (;;) {
		if (gth_output_follow())
			done = 0;
		start = done ? -1 : position();
		err = write_some(line, len, &done);
		if (!err)
			break;
		if (!no_room(err))
			return err;
		if (take_back(start))
			done = 0;
		if (err == -EAGAIN && is_read())
			continue;
		say_stuck(err);
		if (*stop) {
			gth_say("one event could not be written and is lost; those behind it wait "
				"for the next gotthardd");
			return -ENOSPC;
		}
		if (err != -EAGAIN)
			wait_second();
	}
	output.stuck = false;
	return 0;
}

/* Return: 0; -ENOTCONN: there is no journal; or another errno */
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

	/*
	 * An event that the journal does not accept as an entry is written as a line to its stream.
	 */
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
