// SPDX-License-Identifier: GPL-2.0-or-later
/* make_dir.c - a directory that is there after a power cut (see make_dir.h). */
#include "lib/util/make_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/**
 * gth_make_dir() - a directory, made if there is none
 * @at: its parent
 * @mode: if it is made; masked by umask
 *
 * The parent is synced also if it was there before: who made it may not have lived
 * long enough to see to that.
 *
 * Return: its descriptor; or a negative errno, -ENOTDIR among them: it is something else.
 */
int gth_make_dir(int at, const char *name, mode_t mode)
{
	int fd;

	if (mkdirat(at, name, mode) && errno != EEXIST)
		return -errno;
	if (fsync(at) && errno != EINVAL)
		return -errno;
	fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}
