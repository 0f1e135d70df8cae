// SPDX-License-Identifier: GPL-2.0-or-later
/* utc.c - Unix time for people (see utc.h). */
#include "lib/utc.h"

#include <stdio.h>
#include <time.h>

/* A time that no calendar reaches is written as @seconds with an 's'. */
void gth_utc_format(char out[GTH_UTC_SIZE], unsigned long long seconds)
{
	time_t t = (time_t)seconds;
	struct tm tm;

	if (t < 0 || !gmtime_r(&t, &tm) || !strftime(out, GTH_UTC_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm))
		snprintf(out, GTH_UTC_SIZE, "%llus", seconds);
}
