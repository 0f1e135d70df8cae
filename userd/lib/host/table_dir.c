// SPDX-License-Identifier: GPL-2.0-or-later
/* table_dir.c - the signature table that is loaded at every start (see table_dir.h). */
#include "lib/host/table_dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/util/io.h"

#define PREVIOUS ".previous"
#define TEMP_BEGINS ".new-"
#define TEMP TEMP_BEGINS "XXXXXX"
#define CHUNK (1 << 20)

static bool is_previous(const char *name)
{
	size_t len = strlen(name), end = strlen(PREVIOUS);

	return len > end && !strcmp(name + len - end, PREVIOUS);
}

/* Directories and links to them; what else lies there, such as a README, is ignored. */
static bool is_directory(int dirfd, const char *name)
{
	struct stat st;

	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW))
		return false;
	return S_ISDIR(st.st_mode) || S_ISLNK(st.st_mode);
}

static int scan(struct gth_table_dir *d)
{
	int fd = openat(d->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	int err;

	if (!dir) {
		err = -errno;
		if (fd >= 0)
			close(fd);
		return err;
	}
	d->tables = d->releases_before = 0;
	*d->name = *d->previous = '\0';
	errno = 0;
	while ((e = readdir(dir))) {
		bool previous = is_previous(e->d_name);

		if (e->d_name[0] != '.' && is_directory(d->fd, e->d_name)) {
			d->tables += !previous;
			d->releases_before += previous;
			snprintf(previous ? d->previous : d->name, NAME_MAX + 1, "%s", e->d_name);
		}
		errno = 0;
	}
	err = -errno;
	closedir(dir);
	return err;
}

/**
 * gth_table_dir_open() - what is kept
 * @d: set; to be closed by gth_table_dir_close()
 * @etc: the directory above, such as GTH_ETC
 * @change: for a change: the directory is made if it is not there, and belongs to
 *          this process until it is closed
 *
 * More than one table is the caller's to refuse: see tables.
 *
 * Return: 0; -ENOENT: nothing is kept; or another errno.
 */
int gth_table_dir_open(struct gth_table_dir *d, const char *etc, bool change)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s/" GTH_TABLE_DIR, etc), err;

	memset(d, 0, sizeof(*d));
	d->fd = -1;
	if (n < 0 || (size_t)n >= sizeof(path))
		return -ENAMETOOLONG;
	if (change &&
	    ((mkdir(etc, 0755) && errno != EEXIST) || (mkdir(path, 0755) && errno != EEXIST)))
		return -errno;
	d->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (d->fd < 0)
		return -errno;
	err = change && flock(d->fd, LOCK_EX) ? -errno : 0;
	if (!err)
		err = scan(d);
	if (err)
		gth_table_dir_close(d);
	return err;
}

void gth_table_dir_close(struct gth_table_dir *d)
{
	if (d->fd >= 0)
		close(d->fd);
	d->fd = -1;
}

/* A file that a release may lack. Return: 0, also if it is not there, or -errno. */
static int open_optional(int dir, const char *name, int *fd)
{
	*fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	return *fd < 0 && errno != ENOENT ? -errno : 0;
}

/*
 * gth_table_files_open() - manifest, body, and signature and proof if there are any, of @name,
 * below
 * @d
 *
 * Return: 0 or -errno.
 */
int gth_table_files_open(const struct gth_table_dir *d, const char *name,
			 struct gth_table_files *files)
{
	int dir = openat(d->fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC), err = 0;

	*files = GTH_TABLE_NO_FILES;
	if (dir < 0)
		return -errno;
	files->manifest = openat(dir, "manifest", O_RDONLY | O_CLOEXEC);
	if (files->manifest >= 0)
		files->body = openat(dir, "body", O_RDONLY | O_CLOEXEC);
	if (files->manifest < 0 || files->body < 0)
		err = -errno;
	if (!err)
		err = open_optional(dir, "manifest.p7s", &files->signature);
	if (!err)
		err = open_optional(dir, "proof", &files->proof);
	close(dir);
	if (err)
		gth_table_files_close(files);
	return err;
}

void gth_table_files_close(struct gth_table_files *files)
{
	const int fds[] = { files->manifest, files->body, files->signature, files->proof };

	for (size_t i = 0; i < sizeof(fds) / sizeof(*fds); i++)
		if (fds[i] >= 0)
			close(fds[i]);
	*files = GTH_TABLE_NO_FILES;
}

/* Files that were being staged when their process was killed; under the lock. */
static void sweep(const struct gth_table_dir *d)
{
	int fd = openat(d->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((e = readdir(dir)))
		if (!strncmp(e->d_name, TEMP_BEGINS, strlen(TEMP_BEGINS)))
			gth_table_dir_remove(d, e->d_name);
	closedir(dir);
}

static int copy(int dir, const char *name, int from)
{
	char *chunk = malloc(CHUNK);
	int to = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	int err = to < 0 ? -errno : chunk ? 0 : -ENOMEM;
	ssize_t n = 1;

	while (!err && n > 0) {
		n = gth_read_full(from, chunk, CHUNK);
		err = n < 0 ? (int)n : gth_write_all(to, chunk, (size_t)n);
	}
	if (!err && fsync(to))
		err = -errno;
	if (to >= 0)
		close(to);
	free(chunk);
	return err;
}

/**
 * gth_table_dir_stage() - copy a database beside the kept one
 * @d: opened for a change
 * @from: read from where they stand to their ends
 * @temp: set to the copy's name, for gth_table_dir_install() or gth_table_dir_remove()
 *
 * Return: 0, and the copy is on the disk; or -errno, and nothing is left.
 */
int gth_table_dir_stage(const struct gth_table_dir *d, const struct gth_table_files *from,
			char temp[NAME_MAX + 1])
{
	char path[64 + sizeof(TEMP)];
	int dir, err;

	sweep(d);
	/* mkdtemp(3) takes no directory */
	snprintf(path, sizeof(path), "/proc/self/fd/%d/" TEMP, d->fd);
	if (!mkdtemp(path))
		return -errno;
	snprintf(temp, NAME_MAX + 1, "%s", strrchr(path, '/') + 1);
	dir = openat(d->fd, temp, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	err = dir < 0 || fchmod(dir, 0755) ? -errno : 0;
	if (!err)
		err = copy(dir, "manifest", from->manifest);
	if (!err)
		err = copy(dir, "body", from->body);
	if (!err && from->signature >= 0)
		err = copy(dir, "manifest.p7s", from->signature);
	if (!err && from->proof >= 0)
		err = copy(dir, "proof", from->proof);
	if (!err && fsync(dir))
		err = -errno;
	if (dir >= 0)
		close(dir);
	if (err)
		gth_table_dir_remove(d, temp);
	return err;
}

/* gth_table_dir_remove() - a database or a link; files that are not of a database stay */
void gth_table_dir_remove(const struct gth_table_dir *d, const char *name)
{
	static const char *const files[] = { "manifest", "body", "manifest.p7s", "proof" };
	int dir;

	if (!unlinkat(d->fd, name, 0))
		return;
	dir = openat(d->fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir < 0)
		return;
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		unlinkat(dir, files[i], 0);
	close(dir);
	unlinkat(d->fd, name, AT_REMOVEDIR);
}

static int move(const struct gth_table_dir *d, const char *from, const char *to, unsigned int flags)
{
	if (!strcmp(from, to))
		return 0;
	return renameat2(d->fd, from, d->fd, to, flags) ? -errno : 0;
}

static int finish(struct gth_table_dir *d, int err)
{
	if (!err && fsync(d->fd))
		err = -errno;
	return err ? err : scan(d);
}

/* The database that was kept becomes the only one before. @old: where it is now. */
static int set_previous(struct gth_table_dir *d, const char *old, const char *name)
{
	char to[NAME_MAX + 1];
	int n = snprintf(to, sizeof(to), "%s" PREVIOUS, name);

	if (n < 0 || (size_t)n >= sizeof(to))
		return -ENAMETOOLONG;
	for (unsigned int left = d->releases_before; left; left--) {
		int err;

		gth_table_dir_remove(d, d->previous);
		err = scan(d);
		if (err)
			return err;
	}
	return move(d, old, to, RENAME_NOREPLACE);
}

/**
 * gth_table_dir_install() - keep what was staged, and the release before it
 * @d: directory with at most one table
 * @temp: of gth_table_dir_stage()
 * @name: of the database
 *
 * Return: 0; -EINVAL: a name that cannot be one here; or another errno.
 */
int gth_table_dir_install(struct gth_table_dir *d, const char *temp, const char *name)
{
	char before[NAME_MAX + 1];
	int err;

	if (!*name || *name == '.' || strchr(name, '/') || is_previous(name))
		return -EINVAL;
	snprintf(before, sizeof(before), "%s", d->name);
	if (!*before)
		return finish(d, move(d, temp, name, RENAME_NOREPLACE));
	/* From here on it is the kept one, if only under the other's name. */
	err = move(d, temp, before, RENAME_EXCHANGE);
	if (!err)
		err = set_previous(d, temp, before);
	if (!err)
		err = move(d, before, name, RENAME_NOREPLACE);
	return finish(d, err);
}

/**
 * gth_table_dir_swap() - the release before becomes the kept one, and the other way round
 * @d: directory with one table and one release before
 * @name: of the database that becomes the kept one
 *
 * Return: 0 or -errno.
 */
int gth_table_dir_swap(struct gth_table_dir *d, const char *name)
{
	char kept[NAME_MAX + 1], previous[NAME_MAX + 1];
	char other[NAME_MAX + sizeof(PREVIOUS)];
	int err;

	snprintf(kept, sizeof(kept), "%s", d->name);
	snprintf(previous, sizeof(previous), "%s", d->previous);
	snprintf(other, sizeof(other), "%s" PREVIOUS, kept);
	err = move(d, previous, kept, RENAME_EXCHANGE);
	if (!err)
		err = move(d, previous, other, RENAME_NOREPLACE);
	if (!err)
		err = move(d, kept, name, RENAME_NOREPLACE);
	return finish(d, err);
}
