// SPDX-License-Identifier: GPL-2.0-or-later
/* time.c - preloaded: time(2) is as many seconds off as the file $TIME_OFF says, at each call anew.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

time_t time(time_t *out)
{
	const char *path = getenv("TIME_OFF");
	FILE *file = path ? fopen(path, "re") : NULL;
	struct timespec now;
	long off = 0;

	clock_gettime(CLOCK_REALTIME, &now);
	if (file) {
		if (fscanf(file, "%ld", &off) != 1)
			off = 0;
		fclose(file);
	}
	now.tv_sec += off;
	if (out)
		*out = now.tv_sec;
	return now.tv_sec;
}
