// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ringbuf.c - reads events from the ring buffer and writes them (see
 * ringbuf.h).
 *
 * Each record is written before the next one is taken.
 */
#include "daemon/events/ringbuf.h"

#include <errno.h>
#include <stdatomic.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "daemon/events/output.h"
#include "daemon/hooks/hooks.h"
#include "lib/util/say.h"

#define POLL_MS 500

static const volatile bool never;

static struct {
	struct ring_buffer *ring;
	int events;
	const volatile bool *stop;
	atomic_int next;    /* a ring buffer to go on with; -1: none */
	atomic_ulong turns; /* of gth_ringbuf_run(), and events that were written */
} drain = { .events = -1, .stop = &never, .next = -1 };

static int take(void *ctx, void *data, size_t size)
{
	int err;

	(void)ctx;
	if (size < sizeof(struct gth_event)) {
		gth_say("an event of %zu bytes is too short: the module is of another version; load "
			"the one that was installed with this daemon",
			size);
		return 0;
	}
	err = gth_output_event(data, drain.stop);
	drain.turns++;
	return err;
}

static int open_ring(int events)
{
	int err;

	drain.events = events;
	if (events < 0)
		return events;
	drain.ring = ring_buffer__new(events, take, NULL, NULL);
	if (drain.ring)
		return 0;
	err = -errno;
	gth_ringbuf_close();
	return err;
}

/* gth_ringbuf_open() - start reading the ring buffer of the attached hooks; 0 or -errno */
int gth_ringbuf_open(void)
{
	return open_ring(gth_hooks_events());
}

/*
 * gth_ringbuf_follow() - the hooks were replaced: go on with their ring buffer
 * @events: a descriptor, which is closed here; or -errno: there is none
 *
 * For any thread. The events left in the former ring buffer are written first.
 */
void gth_ringbuf_follow(int events)
{
	int before = events < 0 ? -1 : atomic_exchange(&drain.next, events);

	if (before >= 0)
		close(before);
}

static int change_ring(int events)
{
	int err = gth_ringbuf_rest();

	gth_ringbuf_close();
	return err ? err : open_ring(events);
}

/* gth_ringbuf_rest() - write the events that are in the buffer now; 0 or -errno */
int gth_ringbuf_rest(void)
{
	int n = ring_buffer__consume(drain.ring);

	return n < 0 ? n : 0;
}

/*
 * gth_ringbuf_run() - write events until *stop, and those that are in the buffer then. 0 or -errno.
 */
int gth_ringbuf_run(const volatile bool *stop)
{
	int n;

	drain.stop = stop;
	do {
		int next = atomic_exchange(&drain.next, -1);

		n = next < 0 ? 0 : change_ring(next);
		if (n)
			return n;
		drain.turns++;
		gth_output_follow();
		n = ring_buffer__poll(drain.ring, POLL_MS);
		if (n < 0 && n != -EINTR)
			return n;
	} while (!*stop);
	return gth_ringbuf_rest();
}

/*
 * gth_ringbuf_turns() - for any thread: if the number does not change within a second, the writer
 * waits
 */
unsigned long gth_ringbuf_turns(void)
{
	return drain.turns;
}

void gth_ringbuf_close(void)
{
	ring_buffer__free(drain.ring);
	drain.ring = NULL;
	if (drain.events >= 0)
		close(drain.events);
	drain.events = -1;
}
