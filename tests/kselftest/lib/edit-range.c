// SPDX-License-Identifier: GPL-2.0-or-later
/* edit-range.c - changes of a range at once, also by sharing blocks (see edit.h). */
#include "edit.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int allocate(struct edit *e, int mode, off_t at)
{
	int fd = gth_open_fd(e->file.path, O_WRONLY), ret;

	if (fd < 0)
		return fd;
	ret = fallocate(fd, mode, at, EDIT_PAGE) ? -errno : 0;
	close(fd);
	return ret;
}

int edit_punch_hole(struct edit *e)
{
	return allocate(e, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, EDIT_PAGE);
}

int edit_zero_range(struct edit *e)
{
	return allocate(e, FALLOC_FL_ZERO_RANGE, EDIT_PAGE);
}

int edit_collapse_range(struct edit *e)
{
	return allocate(e, FALLOC_FL_COLLAPSE_RANGE, EDIT_PAGE);
}

int edit_insert_range(struct edit *e)
{
	return allocate(e, FALLOC_FL_INSERT_RANGE, EDIT_PAGE);
}

int edit_extend(struct edit *e)
{
	return allocate(e, 0, EDIT_SIZE);
}

int edit_copy_range(struct edit *e)
{
	off_t from = EDIT_PAGE, to = EDIT_PAGE;
	int fd = gth_open_fd(e->file.path, O_WRONLY), ret = 0;

	if (fd < 0)
		return fd;
	if (copy_file_range(e->other_fd, &from, fd, &to, EDIT_PAGE, 0) != EDIT_PAGE)
		ret = errno ? -errno : -EIO;
	close(fd);
	return ret;
}

int edit_clone(struct edit *e)
{
	int fd = gth_open_fd(e->file.path, O_WRONLY), ret;

	if (fd < 0)
		return fd;
	ret = ioctl(fd, FICLONE, e->other_fd) ? -errno : 0;
	close(fd);
	return ret;
}

int edit_clone_range(struct edit *e)
{
	struct file_clone_range range = {
		.src_fd = e->other_fd,
		.src_offset = EDIT_PAGE,
		.src_length = EDIT_PAGE,
		.dest_offset = EDIT_PAGE,
	};
	int fd = gth_open_fd(e->file.path, O_WRONLY), ret;

	if (fd < 0)
		return fd;
	ret = ioctl(fd, FICLONERANGE, &range) ? -errno : 0;
	close(fd);
	return ret;
}
