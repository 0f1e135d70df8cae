// SPDX-License-Identifier: GPL-2.0-or-later
/* no_content_change-use.c - reading of a file, and its file system's own affairs (see
 * no_content_change.h). */
#include "no_content_change.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/btrfs.h>
#include <linux/fs.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <unistd.h>

/* Reading, and not being let write */

int no_change_read_first(struct edit *e)
{
	char byte;

	return pread(e->fd, &byte, 1, 0) == 1 ? 0 : -EIO;
}

int no_change_read_mapping(struct edit *e)
{
	int i;

	e->map = mmap(NULL, EDIT_SIZE, PROT_READ, MAP_SHARED, e->fd, 0);
	if (e->map == MAP_FAILED)
		return -errno;
	for (i = 0; i < EDIT_SIZE; i += EDIT_PAGE)
		*(volatile char *)(e->map + i);
	return 0;
}

int no_change_be_copied(struct edit *e)
{
	int fd = gth_open_fd(e->other.path, O_WRONLY), ret;

	if (fd < 0)
		return fd;
	ret = copy_file_range(e->fd, NULL, fd, NULL, EDIT_SIZE, 0) == EDIT_SIZE ? 0 : -EIO;
	close(fd);
	return ret;
}

int no_change_fail_to_write(struct edit *e)
{
	pid_t pid = fork();

	if (!pid) {
		if (setgid(GTH_USER) || setuid(GTH_USER))
			_exit(1);
		_exit(gth_open(e->file.path, O_RDWR) == -EACCES ? 0 : 2);
	}
	return gth_wait_child(pid) ? -EIO : 0;
}

/* The file system's own affairs */

int no_change_make_dirty(struct edit *e)
{
	static uint8_t data[EDIT_SIZE];
	int fd = gth_open_fd(e->file.path, O_RDWR), ret = -EIO;

	if (fd < 0)
		return fd;
	if (pread(fd, data, EDIT_SIZE, 0) == EDIT_SIZE && !ftruncate(fd, 0) &&
	    pwrite(fd, data, EDIT_SIZE, 0) == EDIT_SIZE)
		ret = 0;
	close(fd);
	return ret;
}

int no_change_sync_file(struct edit *e)
{
	return fsync(e->fd) ? -errno : 0;
}

int no_change_sync_all(struct edit *e)
{
	(void)e;
	sync();
	return 0;
}

int no_change_forget_pages(struct edit *e)
{
	(void)e;
	return gth_write_file("/proc/sys/vm/drop_caches", "1", 1);
}

int no_change_forget_all(struct edit *e)
{
	(void)e;
	/* Pages of open files stay. */
	return gth_write_file("/proc/sys/vm/drop_caches", "3", 1);
}

int no_change_remount(struct edit *e)
{
	char parent[16];

	snprintf(parent, sizeof(parent), "%.4s", e->dir);
	if (mount(NULL, parent, NULL, MS_REMOUNT | MS_NOATIME, NULL) ||
	    mount(NULL, parent, NULL, MS_REMOUNT, NULL))
		return -errno;
	return 0;
}

int no_change_freeze(struct edit *e)
{
	if (ioctl(e->fd, FIFREEZE, 0) || ioctl(e->fd, FITHAW, 0))
		return -errno;
	return 0;
}

int no_change_dedupe(struct edit *e)
{
	static union {
		struct file_dedupe_range range;
		uint8_t room[sizeof(struct file_dedupe_range) +
			     sizeof(struct file_dedupe_range_info)];
	} u;
	struct gth_file same;
	struct gth_place place;
	int fd, ret;

	snprintf(place.dir, sizeof(place.dir), "%s", e->dir);
	ret = gth_copy(&same, &place, "same", e->file.path);
	if (ret)
		return ret;
	fd = gth_open_fd(same.path, O_RDONLY);
	if (fd < 0)
		return fd;
	u.range = (struct file_dedupe_range) { .src_length = EDIT_SIZE, .dest_count = 1 };
	u.range.info[0] = (struct file_dedupe_range_info) { .dest_fd = e->fd };
	if (ioctl(fd, FIDEDUPERANGE, &u.range))
		ret = -errno;
	else if (u.range.info[0].status)
		ret = u.range.info[0].status == -EINVAL ? -EOPNOTSUPP : u.range.info[0].status;
	else if (u.range.info[0].bytes_deduped != EDIT_SIZE)
		ret = -EIO;
	close(fd);
	return ret;
}

int no_change_snapshot(struct edit *e)
{
	struct btrfs_ioctl_vol_args args = { .fd = 0 };
	int fd, ret = 0;

	if (edit_file_system(e->dir) != EDIT_ON_BTRFS)
		return -EOPNOTSUPP;
	fd = gth_open_fd(MNT, O_RDONLY | O_DIRECTORY);
	if (fd < 0)
		return fd;
	args.fd = fd;
	snprintf(args.name, sizeof(args.name), "%s.snapshot", gth_bare_name(e->dir));
	if (ioctl(fd, BTRFS_IOC_SNAP_CREATE, &args) || ioctl(fd, BTRFS_IOC_SNAP_DESTROY, &args))
		ret = -errno;
	close(fd);
	return ret;
}
