// SPDX-License-Identifier: GPL-2.0-or-later
/* content_change-range.c - changes of a range at once, also by sharing blocks (see
 * content_change.h). */
#include "content_change.h"

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

/* As linux/ext4.h has it, which is not among the headers for user space. */
struct move_extent {
	__u32 reserved, donor_fd;
	__u64 orig_start, donor_start, len, moved_len; /* blocks */
};
#define EXT4_IOC_MOVE_EXT _IOWR('f', 15, struct move_extent)

/* The file gives its blocks to the other one, and gets those of that one. */
static int swap_blocks(int fd, int other)
{
	struct move_extent move = { .donor_fd = (__u32)fd, .len = EDIT_SIZE / EDIT_PAGE };

	/* Blocks that are yet to be allocated cannot be moved. */
	if (fsync(fd) || fsync(other) || ioctl(other, EXT4_IOC_MOVE_EXT, &move))
		return errno == ENOTTY ? -EOPNOTSUPP : -errno;
	/* Pages show what was there before. */
	if (fsync(fd))
		return -errno;
	return -posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
}

int edit_move_extents(struct edit *e)
{
	int fd, other, ret;

	if (edit_file_system(e->dir) != EDIT_ON_EXT4)
		return -EOPNOTSUPP;
	fd = gth_open_fd(e->file.path, O_WRONLY);
	other = gth_open_fd(e->other.path, O_RDWR);
	ret = fd < 0 ? fd : other < 0 ? other : swap_blocks(fd, other);
	close(fd);
	close(other);
	return ret;
}
