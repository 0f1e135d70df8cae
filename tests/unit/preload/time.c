// SPDX-License-Identifier: GPL-2.0-or-later
/* time.c - preloaded: Unix time is as many seconds off as the file $TIME_OFF says, at each call
 * anew.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t id, struct timespec *t)
{
	int ret = (int)syscall(SYS_clock_gettime, id, t);
	const char *path = id == CLOCK_REALTIME ? getenv("TIME_OFF") : NULL;
	FILE *file = path ? fopen(path, "re") : NULL;
	long off = 0;

	if (file) {
		if (fscanf(file, "%ld", &off) != 1)
			off = 0;
		fclose(file);
	}
	t->tv_sec += off;
	return ret;
}

time_t time(time_t *out)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (out)
		*out = now.tv_sec;
	return now.tv_sec;
}
