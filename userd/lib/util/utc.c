// SPDX-License-Identifier: GPL-2.0-or-later
/* utc.c - Unix time for people (see utc.h). */
#include "lib/util/utc.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/util/number.h"

/* A time that no calendar reaches is written as @seconds with an 's'. */
void gth_utc_format(char out[GTH_UTC_SIZE], unsigned long long seconds)
{
	time_t t = (time_t)seconds;
	struct tm tm;

	if (t < 0 || !gmtime_r(&t, &tm) || !strftime(out, GTH_UTC_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm))
		snprintf(out, GTH_UTC_SIZE, "%llus", seconds);
}

/**
 * gth_utc_parse() - a time that a person wrote
 * @text: 2026-11-24T03:44:00Z, 2026-11-24 (its begin), or seconds of Unix time
 *
 * Return: 0; -EINVAL: it is none, or before 1970; -ERANGE: seconds beyond 2^63.
 */
int gth_utc_parse(const char *text, unsigned long long *seconds)
{
	static const char *const shapes[] = { "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d" };

	if (strspn(text, "0123456789") == strlen(text))
		return gth_number_parse(text, LLONG_MAX, seconds);
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		struct tm tm = { 0 };
		char again[GTH_UTC_SIZE];
		const char *end = strptime(text, shapes[i], &tm);
		time_t t;

		if (!end || *end)
			continue;
		t = timegm(&tm);
		/* strptime() takes less than two digits, and days that there are not. */
		if (t < 0 || !strftime(again, sizeof(again), shapes[i], &tm) ||
		    strcmp(again, text) != 0)
			return -EINVAL;
		*seconds = (unsigned long long)t;
		return 0;
	}
	return -EINVAL;
}
