// SPDX-License-Identifier: GPL-2.0-or-later
/* clock.c - one way to ask each clock (see clock.h). */
#include "lib/util/clock.h"

#include <time.h>

static uint64_t ms(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* Not time(2), which lags behind by a tick: of two calls the later one could be earlier. */
uint64_t gth_now(void)
{
	return ms(CLOCK_REALTIME) / 1000;
}

uint64_t gth_monotonic_ms(void)
{
	return ms(CLOCK_MONOTONIC);
}

uint64_t gth_boot_ms(void)
{
	return ms(CLOCK_BOOTTIME);
}
