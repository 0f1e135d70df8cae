// SPDX-License-Identifier: GPL-2.0-or-later
/* fixture.c - before and after a test (see gth.h). */
#include "gth.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

gth_u64 gth_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (gth_u64)t.tv_sec;
}

/* gth_wait_until() - asks every 10 ms; false: not in GTH_PATIENCE seconds */
bool gth_wait_until(bool (*condition)(void *arg), void *arg)
{
	struct timespec start, now, pause = { .tv_nsec = 10000000 };

	clock_gettime(CLOCK_MONOTONIC, &start);
	do {
		if (condition(arg))
			return true;
		nanosleep(&pause, NULL);
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (now.tv_sec - start.tv_sec < GTH_PATIENCE);
	return condition(arg);
}

static int reset(void)
{
	unsigned int i;
	int err, ret = 0;

	for (i = 0; i < gth_knob_count; i++) {
		err = gth_set(gth_knobs[i].name, gth_knobs[i].initial);
		ret = ret ? ret : err;
	}
	err = gth_drop();
	if (err != -ENOENT)
		ret = ret ? ret : err;
	gth_forget_verdicts();
	return ret;
}

/*
 * gth_begin() - every knob at its initial value, no table, and an empty
 * directory below parent (NULL: none)
 */
int gth_begin(struct gth_place *place, const char *parent)
{
	int ret;

	place->dir[0] = '\0';
	ret = reset();
	if (ret || !parent)
		return ret;
	snprintf(place->dir, sizeof(place->dir), "%s/gth.XXXXXX", parent);
	if (!mkdtemp(place->dir))
		return -errno;
	return chmod(place->dir, 0755) ? -errno : 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void gth_end(struct gth_place *place)
{
	reset();
	if (place->dir[0])
		nftw(place->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}
