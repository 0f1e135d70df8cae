// SPDX-License-Identifier: GPL-2.0-or-later
/* liveness.c - does a process of the daemon make progress? (see liveness.h) */
#include "daemon/broker/liveness.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include "lib/util/pulse.h"

/*
 * A child under an attacker's control may write as fast as it can. The pipe is never polled, so
 * that a write wakes no process; it is as small as possible; and a look reads at most one pipe's
 * bytes.
 */
#define PIPE_BYTES 4096
#define LOOK_MS 1000
/* The loop comes round once a second. In a longer gap the broker itself did not run. */
#define PASS_MAX_MS 2000

void gth_liveness_init(struct gth_liveness *l)
{
	*l = (struct gth_liveness) { .fd = -1 };
}

/* gth_liveness_open() - before a start. @end: set to the process's end. Return: 0 or -errno. */
int gth_liveness_open(struct gth_liveness *l, int *end)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK))
		return -errno;
	gth_liveness_close(l);
	/* A failure does no harm: the default size only costs memory. */
	fcntl(ends[1], F_SETPIPE_SZ, PIPE_BYTES);
	l->fd = ends[0];
	*end = ends[1];
	return 0;
}

void gth_liveness_close(struct gth_liveness *l)
{
	if (l->fd >= 0)
		close(l->fd);
	gth_liveness_init(l);
}

/* gth_liveness_hear() - did it write since the last look? Then its silence begins anew. */
bool gth_liveness_hear(struct gth_liveness *l)
{
	char bytes[PIPE_BYTES];
	ssize_t n = l->fd < 0 ? 0 : read(l->fd, bytes, sizeof(bytes));

	if (n <= 0)
		return false;
	l->silent = 0;
	l->longer = bytes[n - 1] == GTH_PULSE_LONG;
	return true;
}

/**
 * gth_attention_pass() - how long this process has paid attention since the last look
 * @now: CLOCK_MONOTONIC in ms
 *
 * Return: ms; 0: too early for another look.
 */
uint64_t gth_attention_pass(struct gth_attention *a, uint64_t now)
{
	uint64_t passed = now - a->at;

	if (!a->at || now < a->at) {
		a->at = now;
		return 0;
	}
	if (passed < LOOK_MS)
		return 0;
	a->at = now;
	return passed < PASS_MAX_MS ? passed : PASS_MAX_MS;
}
