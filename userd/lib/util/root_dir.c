// SPDX-License-Identifier: GPL-2.0-or-later
/* root_dir.c - a directory that other users cannot write to (see root_dir.h). */
#include "lib/util/root_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/util/make_dir.h"

/**
 * gth_root_dir_open() - the directory, if no other user can put anything there
 *
 * Return: a descriptor; -EPERM: another user can; -ENOENT; -EACCES; another errno.
 */
int gth_root_dir_open(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	int err = 0;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st))
		err = -errno;
	else if ((st.st_uid && st.st_uid != geteuid()) || st.st_mode & (S_IWGRP | S_IWOTH))
		err = -EPERM;
	if (!err)
		return fd;
	close(fd);
	return err;
}

/**
 * gth_root_dir_make() - the same; made with mode 0700 if it is missing
 *
 * An update of the package does not run systemd-tmpfiles everywhere.
 */
int gth_root_dir_make(const char *path)
{
	char parent[PATH_MAX];
	char *name;
	int at, fd = gth_root_dir_open(path);

	if (fd != -ENOENT)
		return fd;
	snprintf(parent, sizeof(parent), "%s", path);
	name = strrchr(parent, '/');
	if (!name)
		return -EINVAL;
	*name++ = '\0';
	at = open(*parent ? parent : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (at < 0)
		return -errno;
	fd = gth_make_dir(at, name, 0700);
	close(at);
	if (fd < 0)
		return fd;
	close(fd);
	return gth_root_dir_open(path);
}
