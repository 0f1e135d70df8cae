// SPDX-License-Identifier: GPL-2.0-or-later
/* room.c - space on the disk (see room.h). */
#include "room.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define RESERVE "reserve"
#define RESERVE_SIZE (4 << 20) /* bytes: the log of SQLite grows by as much before it is cut */

/* Has the disk of a file so many bytes free? Also no if that is not known. */
bool region_room(int fd, uint64_t bytes)
{
	struct statvfs fs;

	return !fstatvfs(fd, &fs) && fs.f_bavail * (uint64_t)fs.f_frsize >= bytes;
}

/**
 * region_reserve_make() - make the reserve file, if it is not there yet
 * @dirfd: the region's directory
 *
 * Return: 0; -ENOSPC: there is none; or an errno.
 */
int region_reserve_make(int dirfd)
{
	int fd = openat(dirfd, RESERVE, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600), err;
	struct stat st;

	if (fd < 0)
		return -errno;
	err = fstat(fd, &st) ? -errno : 0;
	if (!err && st.st_size < RESERVE_SIZE)
		err = -posix_fallocate(fd, 0, RESERVE_SIZE);
	/* A partial reserve would be taken for a whole one. */
	if (err)
		unlinkat(dirfd, RESERVE, 0);
	close(fd);
	return err;
}

/* Removes the reserve. Return: was there one? */
bool region_reserve_use(int dirfd)
{
	return !unlinkat(dirfd, RESERVE, 0);
}
