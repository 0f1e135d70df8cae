// SPDX-License-Identifier: GPL-2.0-or-later
/* no_content_change-inode.c - new attributes and names of a file (see no_content_change.h). */
#include "no_content_change.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

static int result(int ret)
{
	return ret ? -errno : 0;
}

/* Attributes of the inode */

int no_change_set_mode(struct edit *e)
{
	return result(chmod(e->file.path, 0700));
}

int no_change_set_owner(struct edit *e)
{
	return result(chown(e->file.path, GTH_USER, GTH_USER));
}

static int set_times(const struct edit *e, time_t accessed, long modified)
{
	const struct timespec times[2] = { { .tv_sec = accessed }, { .tv_nsec = modified } };

	return result(utimensat(AT_FDCWD, e->file.path, times, 0));
}

int no_change_time_of_access(struct edit *e)
{
	return set_times(e, 1, UTIME_OMIT);
}

int no_change_time_of_change(struct edit *e)
{
	return set_times(e, 1, 1);
}

int no_change_attribute(struct edit *e)
{
	return result(setxattr(e->file.path, "user.note", "seen", 4, 0));
}

int no_change_trusted_attribute(struct edit *e)
{
	return result(setxattr(e->file.path, "trusted.note", "seen", 4, 0));
}

int no_change_flag(struct edit *e)
{
	int flags;

	if (ioctl(e->fd, FS_IOC_GETFLAGS, &flags))
		return errno == ENOTTY ? -EOPNOTSUPP : -errno;
	flags |= FS_NODUMP_FL;
	return result(ioctl(e->fd, FS_IOC_SETFLAGS, &flags));
}

int no_change_keep_size(struct edit *e)
{
	return result(truncate(e->file.path, EDIT_SIZE));
}

/* Names */

int no_change_add_link(struct edit *e)
{
	char path[160];

	snprintf(path, sizeof(path), "%s.link", e->file.path);
	return result(link(e->file.path, path));
}

int no_change_remove_link(struct edit *e)
{
	char path[160];

	snprintf(path, sizeof(path), "%s.link", e->file.path);
	return result(unlink(path));
}

int no_change_rename(struct edit *e)
{
	char path[sizeof(e->file.path)];
	int ret;

	snprintf(path, sizeof(path), "%s/renamed", e->dir);
	ret = result(rename(e->file.path, path));
	strcpy(e->file.path, path);
	return ret;
}

int no_change_exchange(struct edit *e)
{
	int ret = edit_exchange(e);

	strcpy(e->file.path, e->other.path);
	return ret;
}

int no_change_mount_elsewhere(struct edit *e)
{
	char dir[128];

	snprintf(dir, sizeof(dir), "%s/mount", e->dir);
	/* It goes with the fixture's directory. */
	if (mkdir(dir, 0700) || mount(e->dir, dir, NULL, MS_BIND, NULL))
		return -errno;
	return result(umount(dir));
}
