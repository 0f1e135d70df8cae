// SPDX-License-Identifier: GPL-2.0-or-later
/* tile_write.c - tiles that are there after a power cut, and their removal (see tile.h). */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/log/tile.h"
#include "lib/util/atomic.h"
#include "lib/util/io.h"

static int open_dir(int dirfd, const char *path)
{
	int fd = openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static int sync_dir(int dirfd, const char *path)
{
	int fd = open_dir(dirfd, path);
	int err = 0;

	if (fd < 0)
		return fd;
	if (fsync(fd) && errno != EINVAL)
		err = -errno;
	close(fd);
	return err;
}

/*
 * Makes the directories that @path goes through. With @sync each is in its
 * parent after a power cut, also when it was there before: who made it may not
 * have lived long enough to see to that.
 */
int gth_tile_make_dirs(int dirfd, const char *path, mode_t mode, bool sync)
{
	char part[GTH_TILE_PATH_SIZE];
	const char *parent = ".";
	char up[GTH_TILE_PATH_SIZE];
	int err = 0;

	for (const char *slash = strchr(path, '/'); slash && !err; slash = strchr(slash + 1, '/')) {
		snprintf(part, sizeof(part), "%.*s", (int)(slash - path), path);
		if (mkdirat(dirfd, part, mode) && errno != EEXIST)
			return -errno;
		if (sync)
			err = sync_dir(dirfd, parent);
		parent = memcpy(up, part, sizeof(up));
	}
	return err;
}

/* Splits @path; @path becomes the directory. Return: the name in it. */
static char *split(char *path)
{
	char *slash = strrchr(path, '/');

	*slash = '\0';
	return slash + 1;
}

/* @mode: masked by umask. Return: 0: it is there, whole, also after a power cut; or a negative
 * errno. */
int gth_tile_write(int dirfd, const struct gth_tile *t, const uint8_t *data, size_t len,
		   mode_t mode)
{
	char path[GTH_TILE_PATH_SIZE];
	struct gth_atomic a;
	char *name;
	int dir, err;

	gth_tile_path(t, path);
	name = split(path);
	dir = open_dir(dirfd, path);
	if (dir < 0)
		return dir;
	err = gth_atomic_create(&a, dir, name, mode);
	if (!err) {
		err = gth_write_all(a.fd, data, len);
		if (!err)
			err = gth_atomic_commit((struct gth_atomic *const[]) { &a }, 1);
		gth_atomic_abort(&a);
	}
	close(dir);
	return err;
}

/* Removes all partial tiles of @t->n but the one of width @keep. */
static void remove_partials(int dirfd, const struct gth_tile *t, unsigned int keep)
{
	struct gth_tile partial = { .level = t->level, .n = t->n, .width = keep };
	char path[GTH_TILE_PATH_SIZE];
	struct dirent *entry;
	const char *name;
	DIR *dir;
	int fd;

	gth_tile_path(&partial, path);
	name = split(path);
	fd = open_dir(dirfd, path);
	if (fd < 0)
		return;
	dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return;
	}
	while ((entry = readdir(dir)))
		if (strcmp(entry->d_name, name) != 0 && strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			unlinkat(fd, entry->d_name, 0);
	closedir(dir);
	if (!keep)
		unlinkat(dirfd, path, AT_REMOVEDIR);
}

/*
 * Removes the partial tile that was @t when it had @before hashes or entries; only
 * once the checkpoint of @t lasts. A failure does no harm.
 */
void gth_tile_supersede(int dirfd, const struct gth_tile *t, unsigned int before)
{
	struct gth_tile old = { .level = t->level, .n = t->n, .width = before };
	char path[GTH_TILE_PATH_SIZE];

	if (t->width == GTH_TILE_FULL) {
		remove_partials(dirfd, t, 0);
	} else if (old.width) {
		gth_tile_path(&old, path);
		unlinkat(dirfd, path, 0);
	}
}

/*
 * Removes what an append that was broken off has left at this level: tiles of
 * its entries, temporary files, and partial tiles that had been superseded. For
 * who has the lock, and knows that the log is whole.
 */
void gth_tile_clean(int dirfd, uint64_t size, int level)
{
	struct gth_tile edge = gth_tile_edge(size, level);
	struct gth_tile full = { .level = level, .n = edge.n, .width = GTH_TILE_FULL };
	char path[GTH_TILE_PATH_SIZE];
	char *name;
	int dir;

	remove_partials(dirfd, &edge, edge.width);
	gth_tile_path(&full, path);
	unlinkat(dirfd, path, 0);
	name = split(path);
	dir = open_dir(dirfd, path);
	if (dir >= 0) {
		gth_atomic_sweep(dir, name);
		close(dir);
	}
	if (full.n--)
		remove_partials(dirfd, &full, 0);
}
