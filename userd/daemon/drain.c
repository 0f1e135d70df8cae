// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * drain.c - from the ring buffer to lines in a file descriptor (see drain.h).
 *
 * A record that was taken out is written before the next one is looked at. Where
 * there is no room, writing is tried again every second: meanwhile the ring
 * buffer fills, and its producer counts what it cannot put in.
 */
#include "drain.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "event.h"
#include "hooks.h"
#include "lib/say.h"

#define POLL_MS 500

static struct {
	struct ring_buffer *ring;
	int events;
	int out;
	const volatile bool *stop;
	bool stuck; /* told of a full disk already */
} drain = { .events = -1 };

static void wait_second(void)
{
	struct timespec second = { .tv_sec = 1 };

	nanosleep(&second, NULL);
}

static int write_line(const char *line, size_t len)
{
	while (len) {
		ssize_t n = write(drain.out, line, len);

		if (n > 0) {
			drain.stuck = false;
			line += n;
			len -= (size_t)n;
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno != ENOSPC && errno != EDQUOT && errno != EAGAIN)
			return -errno;
		if (!drain.stuck)
			gth_say("cannot write events: no room; trying again every second");
		drain.stuck = true;
		if (drain.stop && *drain.stop)
			return -ENOSPC;
		wait_second();
	}
	return 0;
}

static int take(void *ctx, void *data, size_t size)
{
	char *line;
	size_t len;
	int err;

	(void)ctx;
	if (size < sizeof(struct gth_event)) {
		gth_say("an event of %zu bytes is too short: module and daemon do not match", size);
		return 0;
	}
	while (!(line = gth_event_line(data)))
		wait_second();
	len = strlen(line);
	line[len] = '\n'; /* in place of the NUL: one write for the line and its end */
	err = write_line(line, len + 1);
	free(line);
	return err;
}

/* gth_drain_open() - start reading the pinned ring buffer into @out; 0 or -errno */
int gth_drain_open(int out)
{
	int err;

	drain.out = out;
	drain.events = gth_hooks_events();
	if (drain.events < 0)
		return drain.events;
	drain.ring = ring_buffer__new(drain.events, take, NULL, NULL);
	if (drain.ring)
		return 0;
	err = -errno;
	gth_drain_close();
	return err;
}

/* gth_drain_rest() - write what is there now; 0 or -errno */
int gth_drain_rest(void)
{
	int n = ring_buffer__consume(drain.ring);

	return n < 0 ? n : 0;
}

/* gth_drain_run() - until *stop; what is there by then is written. 0 or -errno. */
int gth_drain_run(const volatile bool *stop)
{
	int n;

	drain.stop = stop;
	do {
		n = ring_buffer__poll(drain.ring, POLL_MS);
		if (n < 0 && n != -EINTR)
			return n;
	} while (!*stop);
	return gth_drain_rest();
}

void gth_drain_close(void)
{
	ring_buffer__free(drain.ring);
	drain.ring = NULL;
	if (drain.events >= 0)
		close(drain.events);
	drain.events = -1;
}
