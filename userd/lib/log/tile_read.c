// SPDX-License-Identifier: GPL-2.0-or-later
/* tile_read.c - tiles in a directory, from any writer (see tile.h). */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/log/tile.h"
#include "lib/util/io.h"
#include "lib/util/number.h"

/* A writer may take a tile away between two looks of a reader, but not so many times. */
#define TRIES 100

/* Objects that another process may have put there: -ENOENT; other errors are not the log's. */
static int absent(int err)
{
	return err == -ENOTDIR || err == -ELOOP || err == -EISDIR || err == -ENXIO ? -ENOENT : err;
}

/*
 * A whole file of at most @max bytes, with a NUL behind it, to be freed.
 * Return: 0; -ENOENT: no regular file; -EBADMSG: larger; or a negative errno.
 */
int gth_tile_read_file(int dirfd, const char *path, size_t max, uint8_t **data, size_t *len)
{
	int fd = openat(dirfd, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;
	ssize_t n = 0;
	int err = 0;

	*data = NULL;
	if (fd < 0)
		return absent(-errno);
	if (fstat(fd, &st))
		err = -errno;
	else if (!S_ISREG(st.st_mode))
		err = -ENOENT;
	else if ((uint64_t)st.st_size > max)
		err = -EBADMSG;
	if (!err) {
		*data = malloc((size_t)st.st_size + 1);
		n = *data ? gth_read_full(fd, *data, (size_t)st.st_size) : -ENOMEM;
		err = n < 0 ? (int)n : 0;
	}
	close(fd);
	if (err) {
		free(*data);
		*data = NULL;
		return err;
	}
	(*data)[n] = 0;
	*len = (size_t)n;
	return 0;
}

/* The file of exactly this tile. Return: 0; -ENOENT; -EBADMSG: not that long; an errno. */
int gth_tile_load(int dirfd, const struct gth_tile *t, uint8_t **data, size_t *len)
{
	size_t max = t->level == GTH_TILE_ENTRIES ? GTH_TILE_SIZE_MAX
						  : (size_t)t->width * GTH_MERKLE_HASH;
	char path[GTH_TILE_PATH_SIZE];
	int err;

	gth_tile_path(t, path);
	err = gth_tile_read_file(dirfd, path, max, data, len);
	if (!err && gth_tile_span(t->level, *data, *len, t->width) != *len) {
		free(*data);
		*data = NULL;
		err = -EBADMSG;
	}
	return err;
}

/* Which partial tiles of the number @t->n there are. Return: 0 or a negative errno. */
int gth_tile_partials(int dirfd, const struct gth_tile *t, bool has[GTH_TILE_FULL])
{
	struct gth_tile any = { .level = t->level, .n = t->n, .width = 0 };
	char path[GTH_TILE_PATH_SIZE];
	unsigned long long width;
	struct dirent *entry;
	DIR *dir;
	int fd, err;

	memset(has, 0, GTH_TILE_FULL * sizeof(*has));
	gth_tile_path(&any, path);
	*strrchr(path, '/') = '\0';
	fd = openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		err = absent(-errno);
		if (fd >= 0)
			close(fd);
		return err == -ENOENT ? 0 : err;
	}
	errno = 0;
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] != '0' &&
		    !gth_number_parse(entry->d_name, GTH_TILE_FULL - 1, &width))
			has[width] = true;
		errno = 0;
	}
	err = -errno;
	closedir(dir);
	return err;
}

/* The tile from another file, one that has more. */
static int load_wider(int dirfd, const struct gth_tile *t, uint8_t **data, size_t *len)
{
	struct gth_tile wider = { .level = t->level, .n = t->n, .width = GTH_TILE_FULL };
	bool has[GTH_TILE_FULL];
	int err;

	err = gth_tile_load(dirfd, &wider, data, len);
	if (err != -ENOENT)
		goto out;
	err = gth_tile_partials(dirfd, t, has);
	if (err)
		return err;
	while (--wider.width > t->width)
		if (has[wider.width])
			break;
	if (wider.width <= t->width)
		return -ENOENT;
	err = gth_tile_load(dirfd, &wider, data, len);
out:
	if (!err)
		*len = gth_tile_span(t->level, *data, *len, t->width);
	return err;
}

/**
 * gth_tile_find() - what a tile holds, for readers without a lock
 *
 * When a writer has put a wider tile in its place, that one is read; its end is
 * not returned.
 * Return: 0; 1: from a wider one; -ENOENT; -EBADMSG: a file is not as long as it
 * must be; or a negative errno.
 */
int gth_tile_find(int dirfd, const struct gth_tile *t, uint8_t **data, size_t *len)
{
	int err = -ENOENT;

	for (int i = 0; i < TRIES && err == -ENOENT; i++) {
		err = gth_tile_load(dirfd, t, data, len);
		if (err != -ENOENT || t->width == GTH_TILE_FULL)
			return err;
		err = load_wider(dirfd, t, data, len);
		if (!err)
			return 1;
	}
	return err;
}

static int exists(int dirfd, const struct gth_tile *t, char path[GTH_TILE_PATH_SIZE])
{
	struct stat st;

	gth_tile_path(t, path);
	if (!fstatat(dirfd, path, &st, AT_SYMLINK_NOFOLLOW))
		return 1;
	return absent(-errno) == -ENOENT ? 0 : -errno;
}

/**
 * gth_tile_beyond() - is there more than a log of this size can have left?
 * @path: set to the tile that shows it
 *
 * An append that was broken off leaves tiles of the entries that went together: of any
 * number of them in a tile that has some, of the first one in a new tile; and of one hash
 * more at the levels above.
 * Return: 0; 1: there is; or a negative errno.
 */
int gth_tile_beyond(int dirfd, uint64_t size, int level, char path[GTH_TILE_PATH_SIZE])
{
	struct gth_tile edge = gth_tile_edge(size, level);
	struct gth_tile t = { .level = level, .n = edge.n, .width = GTH_TILE_FULL };
	/* The widest that is possible. */
	unsigned int most = level <= 0 && edge.width ? GTH_TILE_FULL : edge.width + 1;
	bool has[GTH_TILE_FULL];
	int ret = 0;

	if (most < GTH_TILE_FULL)
		ret = exists(dirfd, &t, path);
	if (ret)
		return ret;
	for (int next = 0; next < 2; next++, t.n++) {
		ret = gth_tile_partials(dirfd, &t, has);
		if (ret)
			return ret;
		for (t.width = next ? 1 : most + 1; t.width < GTH_TILE_FULL; t.width++) {
			if (has[t.width]) {
				gth_tile_path(&t, path);
				return 1;
			}
		}
	}
	t = (struct gth_tile) { .level = level, .n = edge.n + 1, .width = GTH_TILE_FULL };
	return exists(dirfd, &t, path);
}
