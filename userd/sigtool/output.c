// SPDX-License-Identifier: GPL-2.0-or-later
/* output.c - a list that is written (see output.h). */
#include "sigtool/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int open_atomic(struct output *o, const char *path)
{
	const char *slash = strrchr(path, '/');
	char dir[PATH_MAX] = ".";
	int err;

	if (slash) {
		if (slash - path + 1 >= PATH_MAX)
			return -ENAMETOOLONG;
		memcpy(dir, path, (size_t)(slash - path) + 1);
		dir[slash - path + 1] = '\0';
	}
	o->dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (o->dirfd < 0)
		return -errno;
	err = gth_atomic_create(&o->file, o->dirfd, slash ? slash + 1 : path, 0666);
	o->fd = o->file.fd;
	return err;
}

/* @path may be "-", stdout. Return: 0 or a negative errno; output_abort() in both cases. */
int output_open(struct output *o, const char *path)
{
	struct stat st;

	*o = (struct output) { .fd = -1, .dirfd = -1, .file.fd = -1 };
	if (!strcmp(path, "-")) {
		o->direct = true;
		o->fd = STDOUT_FILENO;
		return 0;
	}
	if (stat(path, &st) || S_ISREG(st.st_mode))
		return open_atomic(o, path);
	o->direct = true;
	o->fd = open(path, O_WRONLY | O_CLOEXEC);
	return o->fd < 0 ? -errno : 0;
}

/* Return: 0 or a negative errno; output_abort() in both cases. */
int output_commit(struct output *o)
{
	int fd = o->fd;

	o->fd = -1;
	if (!o->direct)
		return gth_atomic_commit((struct gth_atomic *[]) { &o->file }, 1);
	return fd != STDOUT_FILENO && close(fd) ? -errno : 0;
}

/* Takes back what was not committed. */
void output_abort(struct output *o)
{
	if (o->direct && o->fd >= 0 && o->fd != STDOUT_FILENO)
		close(o->fd);
	if (!o->direct)
		gth_atomic_abort(&o->file);
	if (o->dirfd >= 0)
		close(o->dirfd);
	*o = (struct output) { .fd = -1, .dirfd = -1, .file.fd = -1 };
}
