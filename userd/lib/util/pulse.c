// SPDX-License-Identifier: GPL-2.0-or-later
/* pulse.c - a process shows that it goes on (see pulse.h). One thread's. */
#include "lib/util/pulse.h"

#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>

#include "lib/util/clock.h"

#define BEAT_MS 1000 /* more beats than that say nothing more */

static struct {
	int fd;
	uint64_t last; /* CLOCK_MONOTONIC in ms */
	bool longer;   /* GTH_PULSE_LONG was the last that was written */
} pulse = { .fd = -1 };

/* gth_pulse_open() - @fd: the writing end of a pipe, O_NONBLOCK, borrowed; -1: no reader */
void gth_pulse_open(int fd)
{
	pulse.fd = fd;
	pulse.last = 0;
	pulse.longer = false;
}

/* A pipe that is full has beats in it that were not looked at yet; without its reader this
 * process ends by other means. Return: was it written? */
static bool say(char byte)
{
	return write(pulse.fd, &byte, 1) == 1;
}

/* gth_pulse() - a beat, if the last one is long enough ago: cheap in any loop */
void gth_pulse(void)
{
	uint64_t now;

	if (pulse.fd < 0)
		return;
	now = gth_monotonic_ms();
	if (!pulse.longer && now - pulse.last < BEAT_MS)
		return;
	if (say(GTH_PULSE_BEAT))
		pulse.longer = false;
	pulse.last = now;
}

/*
 * gth_pulse_long() - before a step that may take minutes by itself, such as fsync(2) of
 * a large file; gth_pulse() must follow it
 */
void gth_pulse_long(void)
{
	if (pulse.fd >= 0 && say(GTH_PULSE_LONG))
		pulse.longer = true;
}
