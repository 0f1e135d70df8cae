// SPDX-License-Identifier: GPL-2.0-or-later
/* content_change-name.c - changes by another name of the file, or of what a name is (see
 * content_change.h). */
#include "content_change.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* Writes by another path of the file. */
static int write_by(const char *path)
{
	int fd = gth_open_fd(path, O_WRONLY), ret = 0;

	if (fd < 0)
		return fd;
	if (pwrite(fd, "written", 7, EDIT_PAGE) != 7)
		ret = -errno;
	close(fd);
	return ret;
}

int edit_by_link(struct edit *e)
{
	char path[160];

	snprintf(path, sizeof(path), "%s.link", e->file.path);
	return link(e->file.path, path) ? -errno : write_by(path);
}

int edit_by_mount(struct edit *e)
{
	char dir[160], path[320];
	int ret;

	snprintf(dir, sizeof(dir), "%s.mount", e->file.path);
	snprintf(path, sizeof(path), "%s/%s", dir, gth_bare_name(e->file.path));
	/* It goes with the test. */
	if (unshare(CLONE_NEWNS) || mkdir(dir, 0700) || mount(e->dir, dir, NULL, MS_BIND, NULL))
		return -errno;
	ret = write_by(path);
	return umount2(dir, MNT_DETACH) ? -errno : ret;
}

int edit_by_proc(struct edit *e)
{
	int fd = gth_open_fd(e->file.path, O_PATH), ret;
	char path[64];

	if (fd < 0)
		return fd;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	ret = write_by(path);
	close(fd);
	return ret;
}

int edit_rename(struct edit *e)
{
	return rename(e->other.path, e->file.path) ? -errno : 0;
}

int edit_exchange(struct edit *e)
{
	if (renameat2(AT_FDCWD, e->other.path, AT_FDCWD, e->file.path, RENAME_EXCHANGE))
		return -errno;
	return 0;
}
