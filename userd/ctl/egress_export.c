// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * egress_export.c - a copy of the egress journal that others can verify.
 *
 * It is made in a directory of another name beside its place, verified there, and
 * renamed: who finds it under its name has all of it. The journal may grow meanwhile.
 */
#include "egress.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl.h"
#include "lib/log/checkpoint.h"
#include "lib/log/tile.h"
#include "lib/util/io.h"
#include "lib/util/listing.h"
#include "lib/util/progress.h"
#include "lib/util/say.h"
#include "lib/util/visible.h"

static volatile sig_atomic_t interrupted;

struct export
{
	const struct egress_journal *j;
	int dir; /* the copy */
	struct gth_progress progress;
	uint64_t size;
	char bad[64];
};

static void on_signal(int number)
{
	(void)number;
	interrupted = 1;
}

/* A signal only sets a flag, so that this process can remove its files. */
static void catch_signals(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE };
	struct sigaction action = { .sa_handler = on_signal }, old;

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (!sigaction(signals[i], NULL, &old) && old.sa_handler != SIG_IGN)
			sigaction(signals[i], &action, NULL);
	signal(SIGXFSZ, SIG_IGN);
}

static int put_file(struct export *x, const char *path, const void *data, size_t len)
{
	int fd = openat(x->dir, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	int err = fd < 0 ? -errno : gth_write_all(fd, data, len);

	if (fd >= 0 && close(fd) && !err)
		err = -errno;
	return err;
}

static int copy_file(struct export *x, const char *name)
{
	size_t len = 0;
	uint8_t *data;
	int err;

	snprintf(x->bad, sizeof(x->bad), "%s", name);
	err = gth_tile_read_file(x->j->dir, name, GTH_NOTE_MAX, &data, &len);
	if (!err)
		err = put_file(x, name, data, len);
	free(data);
	return err;
}

static int copy_tile(struct export *x, const struct gth_tile *t)
{
	size_t len = 0;
	uint8_t *data;
	int err;

	gth_tile_path(t, x->bad);
	err = gth_tile_find(x->j->dir, t, &data, &len);
	if (err < 0)
		return err == -ENOENT ? -EBADMSG : err;
	err = gth_tile_make_dirs(x->dir, x->bad, 0777, false);
	if (!err)
		err = put_file(x, x->bad, data, len);
	free(data);
	return err;
}

static int copy_level(struct export *x, int level)
{
	struct gth_tile edge = gth_tile_edge(x->size, level);
	struct gth_tile t = { .level = level, .width = GTH_TILE_FULL };
	int err = 0;

	for (t.n = 0; t.n < edge.n && !err; t.n++) {
		err = interrupted ? -EINTR : copy_tile(x, &t);
		for (int i = 0; i < GTH_TILE_FULL && level == GTH_TILE_ENTRIES; i++)
			gth_progress_show(&x->progress, "copying", t.n * GTH_TILE_FULL, x->size);
	}
	if (!err && edge.width)
		err = copy_tile(x, &edge);
	return err;
}

static int check_one(uint64_t index, const void *entry, size_t len, void *arg)
{
	struct export *x = arg;

	(void)entry;
	(void)len;
	gth_progress_show(&x->progress, "verifying", index, x->size);
	return interrupted ? -EINTR : 0;
}

static int copy_all(struct export *x)
{
	struct gth_checkpoint c;
	int err = copy_file(x, "key");

	if (!err)
		err = copy_file(x, GTH_CHECKPOINT_FILE);
	/* An exported journal must be one that this machine still has after a power cut. */
	if (!err && fsync(x->j->dir) && errno != EINVAL && errno != EROFS)
		err = -errno;
	if (!err)
		err = gth_tlog_checkpoint(x->dir, &x->j->key, &c);
	if (err)
		return err;
	x->size = c.size;
	for (int level = GTH_TILE_ENTRIES; level < GTH_MERKLE_LEVELS && !err; level++)
		err = copy_level(x, level);
	if (!err)
		err = gth_tlog_verify(x->dir, &x->j->key, check_one, x, &c, x->bad);
	if (!err && syncfs(x->dir))
		err = -errno;
	return interrupted ? -EINTR : err;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st;
	(void)kind;
	(void)ftw;
	return remove(path);
}

/* Into place. Return: 0 or a negative errno */
static int publish(const char *temp, const char *to)
{
	mode_t mask = umask(0);
	char parent[PATH_MAX];
	char *slash;
	int fd;

	umask(mask);
	if (chmod(temp, 0777 & ~mask) || rename(temp, to))
		return -errno;
	snprintf(parent, sizeof(parent), "%s", to);
	slash = strrchr(parent, '/');
	if (slash)
		slash[slash == parent] = '\0';
	fd = open(slash ? parent : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	return 0;
}

/* Copies, publishes, or removes what there is of it; says what went wrong. */
static int export_to(struct export *x, char *temp, const char *to)
{
	char text[256];
	int err;

	x->dir = open(temp, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	err = x->dir < 0 ? -errno : copy_all(x);
	gth_progress_clear(&x->progress);
	if (x->dir >= 0)
		close(x->dir);
	if (err == -EINTR) {
		gth_say("interrupted: nothing was exported");
	} else if (err) {
		egress_explain(err, x->j, x->bad, text, sizeof(text));
		gth_say("%s: nothing was exported: %s", x->j->path, text);
	} else {
		err = publish(temp, to);
		if (err)
			gth_say("%s: %s", to, strerror(-err));
	}
	if (err)
		nftw(temp, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return err;
}

int egress_export(const struct egress_journal *j, const struct egress_options *o, const char *to)
{
	struct export x = { .j = j };
	char place[PATH_MAX], temp[PATH_MAX];
	size_t len = strlen(to);
	struct stat st;

	while (len > 1 && to[len - 1] == '/')
		len--;
	if (!len || snprintf(place, sizeof(place), "%.*s", (int)len, to) >= (int)sizeof(place) ||
	    snprintf(temp, sizeof(temp), "%s.tmp-XXXXXX", place) >= (int)sizeof(temp)) {
		gth_say("'%s' cannot be the name of a directory", to);
		return CTL_FAILED;
	}
	if (!lstat(place, &st)) {
		gth_say("%s: is there already; name a directory that is not", place);
		return CTL_FAILED;
	}
	gth_progress_init(&x.progress, o->progress);
	catch_signals();
	if (!mkdtemp(temp)) {
		gth_say("%s: %s", place, strerror(errno));
		return CTL_FAILED;
	}
	if (export_to(&x, temp, place))
		return CTL_FAILED;
	if (gth_listing.json)
		printf("{\"entries\": %llu}\n", (unsigned long long)x.size);
	else
		printf("%llu entries to %s\n", (unsigned long long)x.size, gth_shown(place));
	return CTL_OK;
}
